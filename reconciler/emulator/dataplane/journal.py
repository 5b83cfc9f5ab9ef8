"""What a job tells about itself: events and checkpoints, computed from its course."""

from collections.abc import Iterator

from reconciler.emulator.chance import hex32
from reconciler.emulator.dataplane.learning import recipe, row
from reconciler.emulator.dataplane.timeline import Course
from reconciler.emulator.messages import Document

# The order of events is that of a recorded run in the public microsoft-foundry/fine-tuning
# notebooks, 2025-12; the sentence with "Simulated" is ours.
SIMULATED = "Simulated by the emulator: durations, losses and billed tokens are made up."
STEP_EVENTS = 10
# The final model and the two before it (Microsoft Learn, "Fine-tuning", 2026-10).
CHECKPOINTS_KEPT = 3

Line = tuple[float, str, str, Document | None]


def events(course: Course, now: float) -> list[Document]:
    """Oldest first; only what has happened by now."""
    told = [line for line in _lines(course) if line[0] <= now]
    told.sort(key=lambda line: line[0])
    return [_event(course, number, line) for number, line in enumerate(told)]


def _event(course: Course, number: int, line: Line) -> Document:
    at, level, message, data = line
    return {
        "id": f"ftevent-{hex32(course.job.key, number)}",
        "object": "fine_tuning.job.event",
        "created_at": int(at),
        "level": level,
        "message": message,
        "type": "metrics" if data else "message",
        "data": data or {},
    }


def _lines(course: Course) -> Iterator[Line]:
    job = course.job
    yield job.created, "info", "Job enqueued. Waiting for jobs ahead to complete.", None
    yield job.created, "info", SIMULATED, None
    yield job.created, "info", "Preprocessing running for file training file.", None
    if course.finished < course.prepared:
        yield course.finished, "info", "Job cancelled.", None
        return
    yield course.prepared, "info", "Preprocessing completed for file training file.", None
    if job.validation_file:
        yield course.prepared, "info", "Preprocessing completed for file validation file.", None
    if course.runs:
        yield from _training(course)
    yield from _ending(course)


def _training(course: Course) -> Iterator[Line]:
    start = course.started
    for message in (
        "Job started.",
        "Data Import started.",
        "Finetuning started.",
        "Job queued, waiting for GPUs.",
        "Training started.",
        f"Created results file: {course.job.results_file}",
    ):
        yield start, "info", message, None
    yield from _steps(course)
    for at, resumed in course.job.pauses:
        if at is not None:
            yield at + course.job.pausing, "info", "Job paused.", None
        if resumed is not None:
            yield resumed, "info", "Job resumed.", None


def _steps(course: Course) -> Iterator[Line]:
    steps = recipe(course.job).steps
    # A long training tells a hundred steps, not ten thousand.
    stride = max(STEP_EVENTS, steps // 100 // STEP_EVENTS * STEP_EVENTS)
    for step in [1, *range(stride, steps + 1, stride)]:
        at = course.moment_of(step / steps)
        if at <= course.finished:
            found = row(course.job, step)
            yield at, "info", f"Step {step}: training loss={found['train_loss']}", found


def _ending(course: Course) -> Iterator[Line]:
    at, job = course.finished, course.job
    if course.end == "cancelled":
        yield at, "info", "Job cancelled.", None
    elif course.end == "failed" and job.failure:
        yield at, "error", f"Job failed. {job.failure['message']}", None
    elif course.end == "succeeded" and at != float("inf"):
        yield at, "info", "Job succeeded.", None
        yield at, "info", "Model Evaluation Passed.", None
        yield at, "info", f"Completed results file: {job.results_file}", None
        yield at, "info", f"Training tokens billed: {billed_tokens(course, at)}", None


def billed_tokens(course: Course, now: float) -> int:
    return int(course.job.tokens * recipe(course.job).n_epochs * course.progress(now))


def checkpoints(course: Course, now: float) -> list[Document]:
    """Newest first. One per epoch of a finished training; the current step of a paused one."""
    plan = recipe(course.job)
    status = course.status(now)
    if status == "succeeded":
        first = max(1, plan.n_epochs - CHECKPOINTS_KEPT + 1)
        steps = [epoch * plan.steps_per_epoch for epoch in range(plan.n_epochs, first - 1, -1)]
    elif status == "paused":
        steps = [max(1, int(course.progress(now) * plan.steps))]
    else:
        steps = []
    return [_checkpoint(course, step, plan.steps) for step in steps]


def _checkpoint(course: Course, step: int, last: int) -> Document:
    job = course.job
    metrics = row(job, step)
    name = job.model_id if step == last else f"{job.model_id}:ckpt-step-{step}"
    return {
        "id": f"ftchkpt-{hex32(job.key, 'checkpoint', step)}",
        "object": "fine_tuning.job.checkpoint",
        "created_at": int(min(course.moment_of(step / last), course.finished)),
        "fine_tuning_job_id": job.key,
        "fine_tuned_model_checkpoint": name,
        "step_number": step,
        "metrics": metrics,
    }
