"""When jobs wait, run, pause and end: a pure function of the account's jobs and the time.

Nothing ever advances a job. Each job remembers when it was made, how long its parts take, and
what was done to it; from all jobs of an account together follows who holds which training slot
at any moment, past or future. Deleted jobs still count: they did hold their slots.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.emulator.records import Job

# Concurrent running jobs per account: 3 for standard and global together, 5 for developer
# (Microsoft Learn, Azure OpenAI quotas and limits, 2026-02-17).
SLOTS = {"shared": 3, "developer": 5}
QUEUE_LIMIT = 20
JOBS_KEPT = 100
BLINK = 1e-6  # seconds: Unix times as floats are no finer

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})
WAITING = frozenset({"pending", "queued"})


@dataclass(slots=True)
class Course:
    """One job's whole life, as far as it is decided: `runs` are the stretches on a slot."""

    job: Job
    prepared: float
    runs: list[tuple[float, float]] = field(default_factory=list)
    finished: float = float("inf")
    end: str = "succeeded"

    @property
    def started(self) -> float:
        return self.runs[0][0] if self.runs else float("inf")

    def status(self, now: float) -> str:
        if now >= self.finished:
            return self.end
        if now < self.prepared:
            return "pending"
        if now < self.started:
            return "queued"
        return "running" if self._is_on_slot(now) else self._in_between(now)

    def progress(self, now: float) -> float:
        """The trained share, from 0 to 1."""
        spent = sum(min(now, end) - start for start, end in self.runs if start < now)
        left = self.job.training - spent
        return 1.0 if left < BLINK else spent / self.job.training

    def moment_of(self, share: float) -> float:
        """When that share was trained; infinity when it never is."""
        left = share * self.job.training
        for start, end in self.runs:
            if left <= end - start + BLINK:
                return min(end, start + left)
            left -= end - start
        return float("inf")

    def expected_end(self) -> float:
        finished = self.finished
        return finished if finished != float("inf") else self.started + self.job.training

    def _is_on_slot(self, now: float) -> bool:
        return any(start <= now < end for start, end in self.runs)

    def _in_between(self, now: float) -> str:
        at, resumed = next(p for p in reversed(self.job.pauses) if p[0] is not None and p[0] <= now)
        if resumed is not None and now >= resumed:
            return "resuming"
        return "pausing" if at is not None and now < at + self.job.pausing else "paused"


def courses(jobs: Iterable[Job]) -> dict[str, Course]:
    """The course of every job of one account, by id."""
    found = {job.key: _prepared(job) for job in jobs}
    for lane, slots in SLOTS.items():
        _schedule([course for course in found.values() if _lane(course.job) == lane], slots)
    return found


def _lane(job: Job) -> str:
    return "developer" if job.training_type == "developerTier" else "shared"


def _prepared(job: Job) -> Course:
    course = Course(job, job.created + job.preprocessing)
    if job.cancelled is not None:
        course.finished, course.end = job.cancelled, "cancelled"
    if (job.failure or {}).get("stage") == "data" and course.prepared <= course.finished:
        course.finished, course.end = course.prepared, "failed"
    return course


def _schedule(lane: list[Course], slots: int) -> None:
    """First come, first served; a paused job gives its slot away and queues again."""
    free = [0.0] * slots
    waiting = [(course.prepared, course.job.seq, course.job.training, course) for course in lane]
    waiting.sort(key=lambda entry: entry[:2])
    while waiting:
        ready, number, left, course = heapq.heappop(waiting)
        start = max(ready, free[0])
        if start >= course.finished:
            continue
        stop, resumed = _run(course, start, left)
        heapq.heapreplace(free, stop)
        if resumed is not None:
            heapq.heappush(waiting, (resumed, number, left - (stop - start), course))


def _run(course: Course, start: float, left: float) -> tuple[float, float | None]:
    """Put one stretch on a slot: when it stops, and when its job wants a slot again, if ever."""
    end = start + left
    stop = min(end, course.finished)
    for at, resumed in course.job.pauses:
        if at is not None and start <= at < stop:
            course.runs.append((start, at))
            return at, resumed
    course.runs.append((start, stop))
    if stop == end and end <= course.finished:
        course.finished = end
        course.end = "failed" if course.job.failure else "succeeded"
    return stop, None
