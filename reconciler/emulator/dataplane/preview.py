"""Preview features of v1 that this world only sketches: checkpoint copies and graders."""

from reconciler.emulator.call import Call
from reconciler.emulator.dataplane import jobs
from reconciler.emulator.messages import Document, Refusal, Response, as_json

# The opt-in header of checkpoint copies: Azure OpenAI v1 specification, read 2026-10.
OPT_IN = ("aoai-copy-ft-checkpoints", "preview")
GRADERS = frozenset({"string_check", "text_similarity", "score_model", "python", "multi"})


def copy(call: Call, job_id: str, checkpoint_id: str) -> Response:
    wanted = call.document()
    where = {name: wanted.get(name) for name in ("destinationResourceId", "region")}
    if not all(isinstance(value, str) and value for value in where.values()):
        raise call.malformed("destinationResourceId and region are required.")
    name = f"copies:{_checkpoint(call, job_id, checkpoint_id)}"
    made = [*(call.books.setting(name) or []), {**where, "status": "Completed"}]
    call.books.set(name, made)
    return copies(call, job_id, checkpoint_id)


def copies(call: Call, job_id: str, checkpoint_id: str) -> Response:
    """A copy is on record only: the destination does not get to see the model."""
    checkpoint = _checkpoint(call, job_id, checkpoint_id)
    body = {
        "checkpointedModelName": checkpoint,
        "fineTuningJobId": job_id,
        "copiedAccountDetails": call.books.setting(f"copies:{checkpoint}") or [],
    }
    return as_json(200, body)


def validate_grader(call: Call) -> Response:
    return as_json(200, {"grader": _grader(call)})


def run_grader(call: Call) -> Response:
    """Never really grades: a fixed reward, named as simulated."""
    grader = _grader(call)
    metadata = {"name": grader.get("name"), "type": grader["type"], "errors": {}}
    body = {
        "reward": 0.5,
        "metadata": {**metadata, "note": "Simulated by the emulator."},
        "sub_rewards": {},
        "model_grader_token_usage_per_model": {},
    }
    return as_json(200, body)


def _grader(call: Call) -> Document:
    grader = call.document().get("grader")
    if not isinstance(grader, dict) or str(grader.get("type")) not in GRADERS:
        raise call.malformed(f"grader.type is one of {', '.join(sorted(GRADERS))}.")
    return grader


def _checkpoint(call: Call, job_id: str, checkpoint_id: str) -> str:
    """The name behind a checkpoint of a job."""
    if call.request.headers.get(OPT_IN[0]) != OPT_IN[1]:
        raise Refusal(404, "404", "Resource not found")
    for found in jobs.checkpoints_of(call, job_id):
        if checkpoint_id in {found["id"], found["fine_tuned_model_checkpoint"]}:
            return str(found["fine_tuned_model_checkpoint"])
    raise Refusal(404, "not_found", f"The checkpoint '{checkpoint_id}' does not exist.")
