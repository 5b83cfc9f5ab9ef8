"""A second process that examines some of the batches, so that both cores work.

Whoever reads the file offers each batch to the helper, and examines it itself when the helper is
busy. The process is a plain `python -m` with frames on its pipes: it starts the same way on every
system, imports nothing of the caller's, and ends when its input does. If it cannot start or dies,
its batches are examined here after all: slower, and nothing else.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from threading import Lock, Thread
from types import TracebackType
from typing import IO, Self

import msgspec

from reconciler.datasets.examination import Examiner, Task
from reconciler.datasets.lines import Line
from reconciler.datasets.tokens import load_ahead
from reconciler.datasets.whole import Part, Whole

_WAITING = 2  # batches: the next one is there when the helper has done one
_LENGTH = 8  # bytes, before each frame
_PACKAGES = str(Path(__file__).parents[2])

_Batch = Sequence[Line]


class Pool:
    """Examines batches here and in the helper, and adds up what is found in their order."""

    def __init__(self, task: Task, whole: Whole, *, has_help: bool) -> None:
        self._examiner = Examiner(task)
        self._whole = whole
        self._helper = Helper(task, self) if has_help else None
        self._given = self._added = 0
        self._early: dict[int, Part] = {}
        self._lock = Lock()

    def give(self, batch: _Batch) -> None:
        number, self._given = self._given, self._given + 1
        if self._helper is None or not self._helper.takes(number, batch):
            self.examine(number, batch)

    def examine(self, number: int, batch: _Batch) -> None:
        self.add(number, self._examiner.examine(batch))

    def add(self, number: int, part: Part) -> None:
        """Once all parts before it were added."""
        with self._lock:
            self._early[number] = part
            while (following := self._early.pop(self._added, None)) is not None:
                self._whole.add(following)
                self._added += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        if self._helper is not None:
            self._helper.close(is_wanted=kind is None)
        if kind is None and self._added < self._given:
            raise RuntimeError(f"{self._given - self._added} batches of a file were not examined")


class Helper:
    """The process, and the thread here that talks with it."""

    def __init__(self, task: Task, pool: Pool) -> None:
        self._pool = pool
        self._process = _started(task)
        self._queue: Queue[tuple[int, _Batch] | None] = Queue(_WAITING)
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def takes(self, number: int, batch: _Batch) -> bool:
        """Whether it has time for the batch."""
        try:
            self._queue.put_nowait((number, batch))
        except Full:
            return False
        return True

    def close(self, *, is_wanted: bool) -> None:
        """Waits for what it has taken, unless nobody wants it any more."""
        if is_wanted:
            self._queue.put(None)
            self._thread.join()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _serve(self) -> None:
        while (given := self._queue.get()) is not None:
            number, batch = given
            part = self._ask(batch)
            if part is None:
                self._pool.examine(number, batch)
            else:
                self._pool.add(number, part)

    def _ask(self, batch: _Batch) -> Part | None:
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        with suppress(OSError, EOFError, ValueError, msgspec.MsgspecError):
            _write(self._process.stdin, msgspec.msgpack.encode(batch))
            return msgspec.msgpack.decode(_read(self._process.stdout), type=Part)
        return None


def _started(task: Task) -> "subprocess.Popen[bytes] | None":
    command = [sys.executable, "-P", "-m", __name__]
    packages = os.pathsep.join(filter(None, (_PACKAGES, os.environ.get("PYTHONPATH"))))
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": packages},
        )
        if process.stdin is not None:
            _write(process.stdin, msgspec.msgpack.encode(task))
    except OSError:
        return None
    return process


def _write(stream: IO[bytes], frame: bytes) -> None:
    stream.write(len(frame).to_bytes(_LENGTH, "little"))
    stream.write(frame)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    """The next frame. Raises EOFError where there is none."""
    length = int.from_bytes(stream.read(_LENGTH), "little")
    frame = stream.read(length)
    if not length or len(frame) < length:
        raise EOFError
    return frame


def main() -> None:
    """Examine what comes in, until nothing does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to both
    task = msgspec.msgpack.decode(_read(sys.stdin.buffer), type=Task)
    if task.encoding:
        load_ahead(task.encoding)
    examiner = Examiner(task)
    batches = msgspec.msgpack.Decoder(list[Line])
    with suppress(EOFError, BrokenPipeError):
        while True:
            part = examiner.examine(batches.decode(_read(sys.stdin.buffer)))
            _write(sys.stdout.buffer, msgspec.msgpack.encode(part))


if __name__ == "__main__":
    main()
