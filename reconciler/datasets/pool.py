"""Examines the batches of a file on two cores, and puts together what is found.

A second process examines some of the batches: whoever has time takes the next one, and the parts
are added in the order of the file. Counting tokens would work in a thread as well, with one
vocabulary in memory instead of two; but whatever decodes and checks holds the interpreter's lock,
and with it two threads took a fifth longer (make bench-dataset, 2026-11).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from reconciler.datasets.examination import Examiner, Task
from reconciler.datasets.helper import Errand, Helper
from reconciler.datasets.lines import Line
from reconciler.datasets.tokens import load_alone
from reconciler.datasets.whole import Part, Whole


class Pool:
    """Takes batches in the order of the file. With a path, the file is worth a second core."""

    def __init__(self, task: Task, whole: Whole, path: Path | None) -> None:
        self._examiner = Examiner(task)
        self._whole = whole
        self._helper = _helper(task, self, path) if path else None
        if path and task.encoding:
            load_alone(task.encoding)
        self._given = self._added = 0
        self._early: dict[int, Part] = {}
        self._lock = Lock()

    def give(self, batch: Sequence[Line]) -> None:
        number, self._given = self._given, self._given + 1
        if self._helper is None or not self._helper.takes(number, batch):
            self._examine(number, batch)

    def _examine(self, number: int, batch: Sequence[Line]) -> None:
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
        is_wanted = kind is None
        left: Mapping[int, Sequence[Line]] = {}
        if self._helper is not None:
            left = self._helper.close(is_wanted=is_wanted)
        if is_wanted:
            for number, batch in left.items():
                self._examine(number, batch)
        if is_wanted and self._added < self._given:
            raise RuntimeError(f"{self._given - self._added} parts of a file were lost")


def _helper(task: Task, pool: Pool, path: Path) -> Helper | None:
    with suppress(OSError):
        return Helper(Errand(str(path.absolute()), task), pool.add)
    return None
