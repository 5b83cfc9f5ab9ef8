"""Examines the batches of a file on two cores, and puts together what is found.

Counting tokens takes most of the time where it is asked for, and does not hold the interpreter's
lock: then a thread counts, beside the one that reads on, and there is one vocabulary in memory.
Without counting, a second process examines some of the batches. Either way whoever has time takes
the next batch, and the parts are added in the order of the file.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from reconciler.datasets.examination import Examiner, Reading, Task
from reconciler.datasets.helper import Errand, Helper
from reconciler.datasets.lines import Line
from reconciler.datasets.tokens import load_ahead
from reconciler.datasets.whole import Part, Whole

_WAITING = 2  # readings: the next one is there when one is counted


class Pool:
    """Takes batches in the order of the file. With a path, the file is worth a second core."""

    def __init__(self, task: Task, whole: Whole, path: Path | None) -> None:
        self._examiner = Examiner(task)
        self._whole = whole
        self._counter = Counter(self._examiner, self) if path and task.encoding else None
        self._helper = _helper(task, self, path) if path and not task.encoding else None
        if self._counter is not None:
            load_ahead(task.encoding)
        self._given = self._added = 0
        self._early: dict[int, Part] = {}
        self._lock = Lock()

    def give(self, batch: Sequence[Line]) -> None:
        number, self._given = self._given, self._given + 1
        if self._helper is None or not self._helper.takes(number, batch):
            self._examine(number, batch)

    def _examine(self, number: int, batch: Sequence[Line]) -> None:
        reading = self._examiner.read(batch)
        if self._counter is None or not self._counter.takes(number, reading):
            self.add(number, self._examiner.count(reading))

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
        is_wanted = kind is None
        left: Mapping[int, Sequence[Line]] = {}
        if self._helper is not None:
            left = self._helper.close(is_wanted=is_wanted)
        if is_wanted:
            for number, batch in left.items():
                self._examine(number, batch)
        if self._counter is not None:
            self._counter.close(is_wanted=is_wanted)
        if is_wanted and self._added < self._given:
            raise RuntimeError(f"{self._given - self._added} parts of a file were lost")


def _helper(task: Task, pool: Pool, path: Path) -> Helper | None:
    with suppress(OSError):
        return Helper(Errand(str(path.absolute()), task), pool.add)
    return None


class Counter:
    """A thread that counts what was read, while it has time."""

    def __init__(self, examiner: Examiner, pool: Pool) -> None:
        self._examiner = examiner
        self._pool = pool
        self._queue: Queue[tuple[int, Reading] | None] = Queue(_WAITING)
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def takes(self, number: int, reading: Reading) -> bool:
        """Whether it has time."""
        try:
            self._queue.put_nowait((number, reading))
        except Full:
            return False
        return True

    def close(self, *, is_wanted: bool) -> None:
        """Waits for what it has taken, unless nobody wants that."""
        if is_wanted:
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (taken := self._queue.get()) is not None:
            number, reading = taken
            self._pool.add(number, self._examiner.count(reading))
