"""Points on which the service's behaviour is not documented, or changes: each one a switch.

`GET /emulator/switches` lists them; `POST /emulator/switches` with `{"name": value}` turns them.
"""

from dataclasses import dataclass
from typing import Any

from reconciler.emulator.storage import Books


@dataclass(frozen=True, slots=True)
class Switch:
    """One open point; `choices` is empty where any number will do, mostly of seconds."""

    name: str
    default: Any
    choices: tuple[Any, ...]
    meaning: str


SWITCHES = (
    Switch("unset_fields", "omitted", ("omitted", "null"), "How unset fields of a job look."),
    Switch(
        "missing_training_type",
        "accept",
        ("accept", "refuse"),
        "Whether a job without trainingType is refused, in the service's misleading words.",
    ),
    Switch(
        "unprocessed_file",
        "refuse",
        ("refuse", "wait"),
        "What a job does whose training file is still being checked.",
    ),
    Switch("metadata", "echoed", ("echoed", "dropped"), "Whether jobs return their metadata."),
    Switch(
        "suffix_limit",
        "surface",
        ("surface", 18, 40, 64),
        "Longest suffix; `surface` means 40 on legacy paths and 64 on v1.",
    ),
    Switch(
        "quota_status",
        429,
        (400, 403, 429),
        "Status of quotaExceeded (jobs and files of an account).",
    ),
    Switch(
        "file_quota",
        "enforce",
        ("enforce", "ignore"),
        "Whether the fine-tuning files of an account may have 1 GB in total, or any size.",
    ),
    Switch("conflict_status", 409, (400, 409), "Status when a job's state forbids what was asked."),
    Switch(
        "continual_model_id",
        "base",
        ("base", "parent"),
        "Whether a model trained from a fine-tuned one keeps the old `.ft-` part in its id.",
    ),
    Switch("training_regions", "ignore", ("ignore", "enforce"), "Standard training by region."),
    Switch(
        "serving_regions",
        "ignore",
        ("ignore", "enforce"),
        "Fine-tuned models served by region: Standard, ProvisionedManaged and DataZoneStandard.",
    ),
    Switch("uploads_on_v1", "refuse", ("refuse", "allow"), "Chunked uploads below /openai/v1/."),
    Switch("put_without_tags", "clear", ("clear", "keep"), "Tags after a PUT that sends none."),
    Switch(
        "later_properties",
        "unknown",
        ("unknown", "known"),
        "What an api-version makes of properties of a deployment that came after it.",
    ),
    Switch(
        "model_source",
        "told",
        ("told", "untold"),
        "Whether a deployment tells the account that its model comes from.",
    ),
    Switch(
        "dynamic_throttling",
        "written",
        ("written", "ignored"),
        "What becomes of dynamicThrottlingEnabled in a PUT.",
    ),
    Switch(
        "change_model",
        "refuse",
        ("refuse", "allow"),
        "Whether a PUT may put another model behind an existing deployment.",
    ),
    Switch(
        "duplicate_model",
        "allow",
        ("allow", "refuse"),
        "Whether one fine-tuned model may have several deployments.",
    ),
    Switch(
        "quota_wording",
        "new",
        ("new", "old"),
        "Which of its two texts InsufficientQuota has.",
    ),
    Switch(
        "denied_status",
        403,
        (403, 401),
        "Status of the data plane where a role is missing.",
    ),
    Switch(
        "after_failed_write",
        "Failed",
        ("Failed", "Succeeded"),
        "State of a deployment of which a change or the deletion failed after it was accepted.",
    ),
    Switch(
        "following",
        "caller",
        ("caller", "subscription"),
        "Who may ask how a long-running write goes: its caller, or only roles of the subscription.",
    ),
    Switch("arm_page_size", 0, (), "Entries of one page of an ARM list; 0: all of them in one."),
    Switch("poll_after_seconds", 1, (), "Retry-After of long-running writes; never 0."),
    Switch("not_ready_seconds", 0, (), "After Succeeded, calls get DeploymentNotReady this long."),
    Switch("not_ready_status", 404, (400, 404, 409, 503), "Status of DeploymentNotReady."),
    Switch(
        "after_retirement",
        "answer",
        ("answer", "refuse"),
        "What fine-tuned deployments do once those of their base model have retired.",
    ),
    Switch(
        "too_few_tokens",
        "cut",
        ("cut", "refuse"),
        "Answer of a reasoning model to fewer than 16 max_completion_tokens: cut short, or a 400.",
    ),
    Switch(
        "failed_calls_count", "no", ("no", "yes"), "Whether refused calls reset the idle clock."
    ),
    Switch(
        "idle_while_paused", "runs", ("runs", "stops"), "The idle clock of a paused deployment."
    ),
    Switch("listing_delay_seconds", 0, (), "New jobs and files are missing from lists this long."),
    Switch("metrics_delay_seconds", 0, (), "Calls appear in the metrics this much later."),
    Switch(
        "metrics_span_seconds", 0, (), "Longest timespan that one metrics query may have; 0: any."
    ),
)
BY_NAME = {switch.name: switch for switch in SWITCHES}


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the switches stand now."""

    turned: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.turned.get(name, BY_NAME[name].default)

    def seconds(self, name: str) -> float:
        return float(self[name])

    def is_set(self, name: str, value: object) -> bool:
        return bool(self[name] == value)


def positions(books: Books) -> Positions:
    return Positions(books.setting("switches") or {})


def turn(books: Books, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        _check(name, value)
    books.set("switches", (books.setting("switches") or {}) | wanted)


def _check(name: str, value: object) -> None:
    if name not in BY_NAME:
        raise ValueError(f"no switch is called {name!r}; there are {', '.join(BY_NAME)}")
    choices = BY_NAME[name].choices
    if choices and value not in choices:
        raise ValueError(f"{name} is one of {list(choices)}, not {value!r}")
    if not choices and not _is_amount(value):
        raise ValueError(f"{name} is a number from 0 on, not {value!r}")


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9
