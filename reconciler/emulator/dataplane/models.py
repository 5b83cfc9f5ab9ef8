"""Models: the base models, and those that jobs trained."""

from datetime import UTC, datetime

from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import MODELS, BaseModel
from reconciler.emulator.dataplane import lineage
from reconciler.emulator.dataplane.timeline import Course
from reconciler.emulator.messages import Document, Refusal, Response, as_json

# When this table of base models was made: 2026-10-06.
CATALOGUE_MADE = 1_791_244_800


def listing(call: Call) -> Response:
    return as_json(200, {"object": "list", "data": list(_all(call))})


def get(call: Call, model_id: str) -> Response:
    for model in _all(call):
        if model["id"].lower() == model_id.lower():
            return as_json(200, model)
    code = "notFound" if call.surface == "legacy" else "model_not_found"
    raise Refusal(404, code, f"The model '{model_id}' does not exist.", param="model")


def _all(call: Call) -> list[Document]:
    trained = list(lineage.trained(call.books, call.account.key, call.now))
    if call.surface == "v1":
        base = [_short(model.id, CATALOGUE_MADE) for model in MODELS]
        return base + [_short(each.job.model_id, each.finished) for each in trained]
    return [_base(model) for model in MODELS] + [_tuned(each) for each in trained]


def _short(model_id: str, made: float) -> Document:
    return {"id": model_id, "object": "model", "created": int(made), "owned_by": "system"}


def _base(model: BaseModel) -> Document:
    # Reported false for open-weight models that are tunable (Microsoft's field notes, 2026-08).
    tunable = bool(model.methods) and model.format == "OpenAI"
    return {
        "id": model.id,
        "object": "model",
        "created_at": CATALOGUE_MADE,
        "status": "succeeded",
        "lifecycle_status": "generally-available",
        "capabilities": _capabilities(fine_tune=tunable),
        "deprecation": {
            name: _unix(date)
            for name, date in zip(("inference", "fine_tune"), model.retirement, strict=True)
            if date
        },
    }


def _tuned(course: Course) -> Document:
    job = course.job
    return {
        "id": job.model_id,
        "object": "model",
        "created_at": int(course.finished),
        "status": "succeeded",
        "model": job.parent or job.model,
        "fine_tune": job.key,
        "lifecycle_status": "generally-available",
        "capabilities": _capabilities(fine_tune=False),
        "deprecation": {},
    }


def _capabilities(*, fine_tune: bool) -> Document:
    return {
        "fine_tune": fine_tune,
        "inference": True,
        "completion": False,
        "chat_completion": True,
        "embeddings": False,
    }


def _unix(date: str) -> int:
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
