"""Which trained models and checkpoints an account has: they come out of its jobs."""

from collections.abc import Iterator

from reconciler.emulator.dataplane.journal import checkpoints
from reconciler.emulator.dataplane.timeline import Course, courses
from reconciler.emulator.records import Job
from reconciler.emulator.storage import Books


def all_courses(books: Books, account: str) -> dict[str, Course]:
    """Worked out once per request, and again after a change."""
    by_account = books.worked_out.setdefault(Job.__name__, {})
    if account not in by_account:
        by_account[account] = courses(books.all(Job, account))
    found: dict[str, Course] = by_account[account]
    return found


def course_of(books: Books, account: str, job: Job) -> Course:
    return all_courses(books, account)[job.key]


def trained(books: Books, account: str, now: float) -> Iterator[Course]:
    """The courses that ended with a model which still exists."""
    for course in all_courses(books, account).values():
        if not course.job.deleted and course.status(now) == "succeeded":
            yield course


def find_trained(books: Books, account: str, name: str, now: float) -> Job | None:
    """The job behind a model id, a checkpoint's name or a checkpoint's id."""
    for course in all_courses(books, account).values():
        if course.job.deleted:
            continue
        status = course.status(now)
        if status == "succeeded" and course.job.model_id == name:
            return course.job
        if status in {"succeeded", "paused"} and ("ckpt" in name or "chkpt" in name):
            found = checkpoints(course, now)
            if any(name in {c["id"], c["fine_tuned_model_checkpoint"]} for c in found):
                return course.job
    return None
