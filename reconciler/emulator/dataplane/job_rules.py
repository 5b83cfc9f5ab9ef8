"""What the service refuses when a job is created, in the order in which it looks.

The codes are those of the legacy specification (azure-rest-api-specs, authoring
2025-04-01-preview); which status goes with which is documented only in part.
"""

import re
from dataclasses import dataclass

from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import (
    TRAINING_REGIONS,
    TRAINING_TYPES,
    BaseModel,
    base_model,
)
from reconciler.emulator.dataplane import files, lineage
from reconciler.emulator.dataplane.timeline import JOBS_KEPT, QUEUE_LIMIT, WAITING, courses
from reconciler.emulator.messages import Document, Refusal
from reconciler.emulator.records import Contents, Job, StoredFile

_SUFFIX = re.compile(r"[A-Za-z0-9_-]+")
_METADATA = (16, 64, 512)
_WHOLE = {"n_epochs", "batch_size", "eval_interval", "eval_samples"}
MOST = {"n_epochs": 100.0, "batch_size": 1024.0}
_REAL = {"learning_rate_multiplier", "beta", "l2_multiplier", "compute_multiplier"}
# tokens x epochs of one job (Microsoft Learn, Azure OpenAI quotas and limits, 2026-02-17).
TOKENS_TRAINED_AT_MOST = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Base:
    """What a job starts from: a base model, or a fine-tuned one of it."""

    model: BaseModel
    id: str
    parent: str


def bad(message: str, param: str) -> Refusal:
    return Refusal(400, "invalidPayload", message, param=param)


def starting_point(call: Call, wanted: Document) -> Base:
    name = _text(wanted, "model")
    if model := base_model(name):
        return Base(model, model.id, "")
    parent = lineage.find_trained(call.books, call.account.key, name, call.now)
    model = base_model(parent.model.split(".ft-")[0]) if parent else None
    if parent is None or model is None:
        raise bad(f"The specified base model '{name}' does not support fine-tuning.", "model")
    if not model.continues:
        raise bad(f"The model '{name}' does not support continuous fine-tuning.", "model")
    keeps = call.switches.is_set("continual_model_id", "parent")
    id_ = parent.model_id if keeps else model.id
    return Base(model, id_, name)


def method_kind(wanted: Document, model: BaseModel) -> str:
    method = wanted.get("method")
    if method is None:
        kind = "supervised"
    elif isinstance(method, dict) and isinstance(method.get("type"), str):
        kind = method["type"]
    else:
        raise bad("method must be an object with a type.", "method")
    if kind not in {"supervised", "dpo", "reinforcement"}:
        raise bad(f"method.type '{kind}' is not supported.", "method.type")
    if not model.methods:
        message = f"The specified base model '{model.id}' does not support fine-tuning."
        raise bad(message, "model")
    if kind not in model.methods:
        raise bad(f"The model '{model.id}' does not support the method '{kind}'.", "method")
    return kind


def training_type(call: Call, wanted: Document, model: BaseModel) -> str:
    given = wanted.get("trainingType")
    if given is None:
        if call.switches.is_set("missing_training_type", "refuse"):
            message = f"The specified base model '{model.id}' does not support fine-tuning."
            raise bad(message, "model")
        given = "standard" if "standard" in model.training else "globalStandard"
    found = TRAINING_TYPES.get(str(given).lower())
    if found is None:
        raise bad(f"trainingType '{given}' is not supported.", "trainingType")
    is_here = model.name not in TRAINING_REGIONS or (
        call.account.region in TRAINING_REGIONS[model.name]
    )
    is_free = call.switches.is_set("training_regions", "ignore") or found != "standard" or is_here
    if found not in model.training or not is_free:
        name = found[0].upper() + found[1:]
        message = f"The model '{model.id}' does not support fine-tuning with {name} TrainingType."
        raise bad(message, "trainingType")
    return found


def optional_file(call: Call, wanted: Document, param: str) -> StoredFile | None:
    return None if wanted.get(param) is None else required_file(call, wanted, param)


def required_file(call: Call, wanted: Document, param: str) -> StoredFile:
    """The file a job names; refused unless it was uploaded for this and has been checked."""
    file_id = _text(wanted, param)
    file = call.books.find(StoredFile, call.account.key, file_id)
    if file is None or not files.is_there(call, file):
        raise bad(f"The file '{file_id}' does not exist.", param)
    if file.purpose != "fine-tune":
        message = f"The file '{file_id}' has purpose '{file.purpose}', not 'fine-tune'."
        raise bad(message, param)
    status = files.status(file, call.now)
    waits = status == "pending" and call.switches.is_set("unprocessed_file", "wait")
    if status != "processed" and not waits:
        message = f"The file '{file_id}' is not ready: its status is '{status}', not 'processed'."
        raise bad(message, param)
    return file


def suffix(call: Call, wanted: Document) -> str:
    given = wanted.get("suffix")
    if given is None:
        return ""
    limit = call.switches["suffix_limit"]
    if limit == "surface":
        limit = 64 if call.surface == "v1" else 40
    if not isinstance(given, str) or not _SUFFIX.fullmatch(given) or len(given) > limit:
        message = f"The suffix must have 1 to {limit} characters out of A-Z, a-z, 0-9, '-' and '_'."
        raise bad(message, "suffix")
    return given


def seed(wanted: Document, default: int) -> int:
    given = wanted.get("seed")
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**31:
        raise bad("seed must be a whole number between 0 and 2147483647.", "seed")
    return given


def metadata(wanted: Document) -> Document | None:
    given = wanted.get("metadata")
    if given is None:
        return None
    pairs, longest_key, longest_value = _METADATA
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise bad("metadata must map strings to strings.", "metadata")
    if len(given) > pairs:
        message = f"metadata has {len(given)} pairs; at most {pairs} are allowed."
        raise Refusal(400, "object_above_max_properties", message, param="metadata")
    if any(len(key) > longest_key or len(value) > longest_value for key, value in given.items()):
        message = f"A metadata key or value is longer than {longest_key} or {longest_value}."
        raise Refusal(400, "string_above_max_length", message, param="metadata")
    return given


def hyperparameters(wanted: Document, kind: str) -> Document:
    """From the method, or from the older field beside it; `auto` and absent are the same."""
    place = f"method.{kind}.hyperparameters"
    inner = (wanted.get("method") or {}).get(kind) or {}
    if not isinstance(inner, dict):
        raise bad(f"method.{kind} must be an object.", f"method.{kind}")
    given = inner.get("hyperparameters")
    if given is None:
        place, given = "hyperparameters", wanted.get("hyperparameters") or {}
    if not isinstance(given, dict):
        raise bad(f"{place} must be an object.", place)
    chosen = {name: value for name, value in given.items() if not _is_auto(value)}
    for name, value in chosen.items():
        _check_number(f"{place}.{name}", name, value)
    return chosen


def _is_auto(value: object) -> bool:
    return value is None or value == "auto"


def _check_number(place: str, name: str, value: object) -> None:
    """In wide bounds: the service advises narrower ones and enforces none that are documented."""
    if name not in _WHOLE | _REAL:
        return
    most = MOST.get(name, 1e6)
    numbers = int if name in _WHOLE else int | float
    if isinstance(value, bool) or not isinstance(value, numbers) or not 0 < value <= most:
        sort = "whole number" if name in _WHOLE else "number"
        message = f"{place} must be 'auto' or a {sort} above 0 and up to {most:g}, not {value!r}."
        raise bad(message, place)


def check_reinforcement(wanted: Document, kind: str) -> None:
    """A reinforcement job brings a grader and a validation file (Microsoft Learn, RFT, 2026)."""
    if kind != "reinforcement":
        return
    if wanted.get("validation_file") is None:
        raise bad("A reinforcement job needs a validation file.", "validation_file")
    inner = wanted["method"].get("reinforcement")
    if not isinstance(inner, dict) or not isinstance(inner.get("grader"), dict):
        raise bad("A reinforcement job needs a grader.", "method.reinforcement.grader")


def integrations(wanted: Document) -> list[Document] | None:
    """Weights & Biases only, and only its form is looked at."""
    given = wanted.get("integrations")
    if given is None:
        return None
    if not isinstance(given, list) or not all(
        isinstance(each, dict) and each.get("type") == "wandb" for each in given
    ):
        raise bad("integrations must be a list of objects of type wandb.", "integrations")
    return given


def tokens_to_train(found: Contents, asked: Document) -> int:
    tokens = found.tokens * int(asked.get("n_epochs", 3))
    if tokens > TOKENS_TRAINED_AT_MOST:
        raise bad("The job would train more than 2 billion tokens.", "training_file")
    return tokens


def check_room(call: Call, jobs: list[Job]) -> None:
    """100 jobs are kept and 20 may queue (quotas and limits, 2026-02-17)."""
    kept = sum(not job.deleted for job in jobs)
    waiting = sum(course.status(call.now) in WAITING for course in courses(jobs).values())
    if kept >= JOBS_KEPT:
        raise over_quota(call, f"The resource keeps {JOBS_KEPT} fine-tuning jobs; delete some.")
    if waiting >= QUEUE_LIMIT:
        raise over_quota(call, f"{QUEUE_LIMIT} fine-tuning jobs are queued already.")


def over_quota(call: Call, message: str) -> Refusal:
    return Refusal(int(call.switches["quota_status"]), "quotaExceeded", message)


def _text(wanted: Document, param: str) -> str:
    value = wanted.get(param)
    if not isinstance(value, str) or not value:
        raise bad(f"The field '{param}' is required.", param)
    return value
