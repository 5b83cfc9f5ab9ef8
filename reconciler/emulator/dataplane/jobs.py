"""Fine-tuning jobs: created, listed, read, cancelled, paused, resumed, deleted."""

from urllib.parse import quote

from reconciler.emulator import faults
from reconciler.emulator.arm.holdings import deployment_of_model
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import base_model
from reconciler.emulator.dataplane import files, job_rules, journal, lineage
from reconciler.emulator.dataplane.learning import recipe, resolved
from reconciler.emulator.dataplane.timeline import TERMINAL, Course
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.paging import page
from reconciler.emulator.records import Job, StoredFile

EXAMPLES_AT_LEAST = 10
SHAPE_OF_METHOD = {
    "supervised": {"chat", "completions"},
    "dpo": {"preference"},
    "reinforcement": {"reinforcement", "chat"},
}


def create(call: Call) -> Response:
    """Everything is checked first; a refused job leaves nothing behind."""
    wanted = call.document()
    base = job_rules.starting_point(call, wanted)
    kind = job_rules.method_kind(wanted, base.model)
    job_rules.check_reinforcement(wanted, kind)
    training = job_rules.required_file(call, wanted, "training_file")
    validation = job_rules.optional_file(call, wanted, "validation_file")
    asked = job_rules.hyperparameters(wanted, kind)
    found = training.found
    tokens = job_rules.tokens_to_train(found, asked)
    key = call.new_id("ftjob-")
    job = Job(
        account=call.account.key,
        key=key,
        created=call.now,
        model=base.id,
        parent=base.parent,
        training_file=training.key,
        validation_file=validation.key if validation else "",
        seed=job_rules.seed(wanted, default=int(key[6:13], 16)),
        method=wanted.get("method"),
        hyperparameters=asked,
        kind=kind,
        suffix=job_rules.suffix(call, wanted),
        training_type=job_rules.training_type(call, wanted, base.model),
        metadata=job_rules.metadata(wanted),
        integrations=job_rules.integrations(wanted),
        preprocessing=call.pace.preprocessing,
        training=call.pace.training_time(tokens),
        pausing=call.pace.pausing,
        examples=found.examples,
        tokens=found.tokens,
        results_file=call.new_id("file-"),
    )
    job_rules.check_room(call, call.books.all(Job, call.account.key))
    job.failure = _content_failure(job, training) or _spoilt(call)
    _keep(call, job)
    return _created(call, job)


def _keep(call: Call, job: Job) -> None:
    call.books.keep(job)
    results = StoredFile(
        account=job.account,
        key=job.results_file,
        created=job.created,
        filename="results.csv",
        purpose="fine-tune-results",
        contents={"bytes": 0},
        job=job.key,
    )
    call.books.keep(results)


def _content_failure(job: Job, training: StoredFile) -> Document | None:
    """What preprocessing finds in a readable file that cannot be trained on."""
    found = training.found
    if found.problem:
        message = found.problem
    elif found.shape not in SHAPE_OF_METHOD[job.kind]:
        message = f"The training file has {found.shape} data, which does not fit {job.kind}."
    elif found.examples < EXAMPLES_AT_LEAST:
        message = (
            f"The training file has {found.examples} example(s), "
            f"but must have at least {EXAMPLES_AT_LEAST} examples."
        )
    else:
        return None
    failure: Document = {"code": "jsonlValidationFailed", "message": message}
    return failure | {"param": "training_file", "stage": "data"}


def _spoilt(call: Call) -> Document | None:
    kinds = {"job_failure", "rai_data", "rai_model"}
    action = faults.spoil(call.books, kinds, call.request, call.account.name)
    return None if action is None else faults.job_failure(action)


def _created(call: Call, job: Job) -> Response:
    body = shown(call, _course(call, job.key))
    if call.surface == "v1":
        return as_json(200, body)
    where = f"{call.request.origin}/{quote(call.account.name)}/openai/fine_tuning/jobs/{job.key}"
    return as_json(201, body, {"Location": where})


def listing(call: Call) -> Response:
    """Newest first."""
    wanted = {
        name[9:-1]: value
        for name, value in call.request.query.items()
        if name.startswith("metadata[") and name.endswith("]")
    }
    delay = call.switches.seconds("listing_delay_seconds")
    found = [
        shown(call, course)
        for course in reversed(_courses(call).values())
        if not course.job.deleted
        and course.job.created + delay <= call.now
        and wanted.items() <= (course.job.metadata or {}).items()
    ]
    return as_json(200, page(found, call.request.query, default=20))


def get(call: Call, job_id: str) -> Response:
    return as_json(200, shown(call, _course(call, job_id)))


def cancel(call: Call, job_id: str) -> Response:
    course = _course(call, job_id)
    status = course.status(call.now)
    if status in TERMINAL:
        raise _state_forbids(call, f"A job that has {status} cannot be cancelled.")
    course.job.cancelled = call.now
    call.books.keep(course.job)
    return get(call, job_id)


def pause(call: Call, job_id: str) -> Response:
    """Only from running, once a step is done (Microsoft Learn, "Fine-tuning", 2026-10)."""
    course = _course(call, job_id)
    status = course.status(call.now)
    if status != "running":
        raise _state_forbids(call, f"A job that is {status} cannot be paused.")
    if course.progress(call.now) * recipe(course.job).steps < 1:
        raise _state_forbids(call, "A job can be paused once it has completed a training step.")
    model = base_model(course.job.model.split(".ft-")[0])
    if model is not None and not model.pausable:
        raise _state_forbids(call, "Jobs of this model cannot be paused by users.")
    course.job.pauses.append([call.now, None])
    call.books.keep(course.job)
    return get(call, job_id)


def resume(call: Call, job_id: str) -> Response:
    course = _course(call, job_id)
    status = course.status(call.now)
    if status != "paused":
        raise _state_forbids(call, f"A job that is {status} cannot be resumed.")
    course.job.pauses[-1][1] = call.now
    call.books.keep(course.job)
    return get(call, job_id)


def delete(call: Call, job_id: str) -> Response:
    """Removes the job and its model; refused while it runs or its model is deployed."""
    course = _course(call, job_id)
    job = course.job
    status = course.status(call.now)
    if status not in TERMINAL:
        raise _state_forbids(call, f"A job that is {status} cannot be deleted; cancel it first.")
    if name := deployment_of_model(call, job):
        message = f"The model '{job.model_id}' is in use by the deployment '{name}'."
        raise Refusal(409, "conflict", message)
    job.deleted = True
    call.books.keep(job)
    files.forget(call, job.training_file)
    return Response(204)


def events(call: Call, job_id: str) -> Response:
    """Newest first."""
    told = journal.events(_course(call, job_id), call.now)
    return as_json(200, page(told[::-1], call.request.query, default=20))


def checkpoints(call: Call, job_id: str) -> Response:
    return as_json(200, page(checkpoints_of(call, job_id), call.request.query, default=10))


def checkpoints_of(call: Call, job_id: str) -> list[Document]:
    return journal.checkpoints(_course(call, job_id), call.now)


def shown(call: Call, course: Course) -> Document:
    """The recorded shape of a job: unset fields are left out (or null: a switch)."""
    job, status = course.job, course.status(call.now)
    has_ended = status in TERMINAL
    error = dict(job.failure) if status == "failed" and job.failure else None
    if error:
        error.pop("stage", None)
    numbers = _hyperparameters(call, course)
    body: Document = {
        "id": job.key,
        "object": "fine_tuning.job",
        "created_at": int(job.created),
        "model": job.parent or job.model,
        "training_file": job.training_file,
        "validation_file": job.validation_file or None,
        "seed": job.seed,
        "hyperparameters": numbers,
        "method": _method(job, numbers),
        "status": status,
        "estimated_finish": None if has_ended else _estimate(course),
        "suffix": job.suffix or None,
        "trainingType": job.training_type,
        "integrations": job.integrations,
        "metadata": job.metadata if call.switches.is_set("metadata", "echoed") else None,
        "error": error,
        "fine_tuned_model": job.model_id if status == "succeeded" else None,
        "finished_at": int(course.finished) if has_ended else None,
        "organization_id": None,
        "result_files": [job.results_file] if call.now >= course.started else None,
        "trained_tokens": journal.billed_tokens(course, call.now) if has_ended else None,
    }
    if status == "failed":
        body["trained_tokens"] = None
    if call.switches.is_set("unset_fields", "null"):
        return body
    return {name: value for name, value in body.items() if value is not None}


def _estimate(course: Course) -> int | None:
    end = course.expected_end()
    return None if end == float("inf") else int(end)


def _hyperparameters(call: Call, course: Course) -> Document:
    """-1 means auto until the training starts and resolves it."""
    job = course.job
    names = ("batch_size", "learning_rate_multiplier", "n_epochs")
    numbers = {name: job.hyperparameters.get(name, -1) for name in names} | job.hyperparameters
    return numbers | resolved(job) if call.now >= course.started else numbers


def _method(job: Job, numbers: Document) -> Document | None:
    if job.method is None:
        return None
    inner = dict(job.method.get(job.kind) or {})
    return {**job.method, job.kind: inner | {"hyperparameters": numbers}}


def _courses(call: Call) -> dict[str, Course]:
    return lineage.all_courses(call.books, call.account.key)


def _course(call: Call, job_id: str) -> Course:
    course = _courses(call).get(job_id)
    if course is None or course.job.deleted:
        code = "notFound" if call.surface == "legacy" else "not_found"
        raise Refusal(404, code, f"The fine-tuning job '{job_id}' does not exist.")
    return course


def _state_forbids(call: Call, message: str) -> Refusal:
    return Refusal(int(call.switches["conflict_status"]), "unexpectedEntityState", message)
