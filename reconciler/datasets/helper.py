"""A second process that examines some of the batches of a file.

Whoever reads the file offers each batch to the helper, and examines it itself when the helper has
enough to do. What goes over the pipe is only where the batch stands: the helper reads those bytes
again, which the system still holds, and the reader sees to it that the file did not change in
between. Offers are so short that they never wait, and a few are under way at a time, since the
thread that takes the answers gets its turn late in a busy interpreter.

The process is a plain `python -m`: it starts the same way on every system, imports nothing of the
caller's, and ends when its input does. If it cannot start or dies, its batches are examined here
after all: slower, and nothing else.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple, cast

import msgspec

from reconciler.datasets.examination import Examiner, Task
from reconciler.datasets.lines import Line
from reconciler.datasets.tokens import load_alone
from reconciler.datasets.whole import Part

_UNDER_WAY = 4  # offers
_LENGTH = 8  # bytes, before each frame
_PACKAGES = str(Path(__file__).parents[2])

_Batch = Sequence[Line]


class Errand(msgspec.Struct, frozen=True):
    """All that the helper has to know at its start."""

    path: str
    task: Task


class Stretch(NamedTuple):
    """Lines of the file that follow each other."""

    first: int
    start: int
    end: int


class Helper:
    """The process, and the thread here that takes its answers."""

    def __init__(self, errand: Errand, add: Callable[[int, Part], None]) -> None:
        self._add = add
        self._under_way: dict[int, _Batch] = {}
        self._process = _started()
        self._asked = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        with suppress(OSError):
            _write(self._asked, msgspec.msgpack.encode(errand))
        self._thread = Thread(target=self._take_answers, daemon=True)
        self._thread.start()

    def takes(self, number: int, batch: _Batch) -> bool:
        """Whether it has time for the batch."""
        can_help = self._thread.is_alive() and all(line.is_whole for line in batch)
        if not can_help or len(self._under_way) >= _UNDER_WAY:
            return False
        self._under_way[number] = batch
        end = batch[-1].offset + len(batch[-1].data)
        stretch = Stretch(batch[0].number, batch[0].offset, end)
        with suppress(OSError):  # then nobody answers, and `close` says so
            _write(self._asked, msgspec.msgpack.encode((number, stretch)))
        return True

    def close(self, *, is_wanted: bool) -> dict[int, _Batch]:
        """Waits for what it has taken, unless nobody wants that; returns what it has not done."""
        with suppress(OSError):
            self._asked.close()
        if not is_wanted:
            self._process.kill()
        self._thread.join()
        self._process.kill()
        self._process.wait()
        self._answers.close()
        return self._under_way

    def _take_answers(self) -> None:
        answers = msgspec.msgpack.Decoder(tuple[int, Part])
        with suppress(OSError, EOFError, msgspec.MsgspecError):
            while True:
                number, part = answers.decode(_read(self._answers))
                self._add(number, part)
                del self._under_way[number]


def _started() -> "subprocess.Popen[bytes]":
    packages = os.pathsep.join(filter(None, (_PACKAGES, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": packages},
    )


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
    """Examine what is asked for, until nothing is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to both
    source, target = sys.stdin.buffer, sys.stdout.buffer
    errand = msgspec.msgpack.decode(_read(source), type=Errand)
    if errand.task.encoding:
        load_alone(errand.task.encoding)
    examiner = Examiner(errand.task)
    stretches = msgspec.msgpack.Decoder(tuple[int, Stretch])
    with Path(errand.path).open("rb", buffering=0) as file, suppress(EOFError, BrokenPipeError):
        while True:
            number, stretch = stretches.decode(_read(source))
            part = examiner.examine(_lines(file, stretch))
            _write(target, msgspec.msgpack.encode((number, part)))


def _lines(file: IO[bytes], stretch: Stretch) -> Iterator[Line]:
    file.seek(stretch.start)
    number, offset = stretch.first, stretch.start
    for data in file.read(stretch.end - stretch.start).split(b"\n"):
        yield Line(number, offset, data, is_whole=True)
        number, offset = number + 1, offset + len(data) + 1


if __name__ == "__main__":
    main()
