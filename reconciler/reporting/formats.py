"""The JSON outputs: stable, versioned, and documented by the schemas that these models give.

A field is never removed or renamed without a new major version; new ones may come at any time.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.standing import Phase
from reconciler.providers.checks import Result

FORMAT_VERSION = "1.0"


class ChangeOut(BaseModel):
    field: str
    before: Any = None
    after: Any = None


class OfferOut(BaseModel):
    """The same training at another training type. US dollars."""

    at: str
    training_low: float
    training_high: float
    how: str = Field(description="how the price was derived; empty where it is listed")


class CostOut(BaseModel):
    """US dollars. A null is a price that is not known, or that this action does not have."""

    training_low: float | None
    training_high: float | None
    hosting_per_month: float | None = Field(description="30 days of it and its versions")
    currency: Literal["USD"] = "USD"
    basis: str
    source: str
    offers: list[OfferOut] = Field(description="cheaper than this")


class ActionOut(BaseModel):
    address: str
    verb: Verb
    reason: str = Field(description="for people; do not branch on it")
    reason_code: ReasonCode
    changes: list[ChangeOut]
    cost: CostOut | None
    undo: str


class QueueOut(BaseModel):
    """A queue of the service that has no place."""

    what: str
    limit: int
    taken: int = Field(description="how many stand in it, jobs of other people included")
    ahead: int = Field(description="how many of the plan take a place before this one")


class DeferredOut(BaseModel):
    """A resource that has to wait. The other fields are those of the action it will take."""

    address: str
    waits_for: list[str]
    queue: QueueOut | None = Field(description="where it waits for a place, if it does")
    then: Verb
    reason: str
    reason_code: ReasonCode
    changes: list[ChangeOut]
    cost: CostOut | None
    undo: str


class NoticeOut(BaseModel):
    address: str | None
    message: str


class RefusalOut(BaseModel):
    guard: str
    message: str
    way_out: str


class SummaryOut(BaseModel):
    """How many resources each verb has, later ones included, and how many are not free to go."""

    create: int
    update: int
    replace: int
    delete: int
    train: int
    wait: int
    keep: int
    deferred: int
    in_line: int = Field(description="how many of the deferred wait for a place in a queue")
    stuck: int
    training_low: float = Field(description="US dollars")
    training_high: float
    is_training_cost_known: bool
    hosting_per_month: float = Field(description="30 days of every deployment, in US dollars")
    is_hosting_cost_known: bool


class PlanOut(BaseModel):
    """The output of `ftctl plan --format json`."""

    format_version: Literal["1.0"] = "1.0"
    project: str
    has_changes: bool
    actions: list[ActionOut]
    deferred: list[DeferredOut]
    notices: list[NoticeOut]
    refusals: list[RefusalOut]
    summary: SummaryOut


class ResourceOut(BaseModel):
    address: str
    phase: Phase
    ids: dict[str, str] = Field(description="what the service calls it, by what it is")
    since: str | None
    detail: str
    harms: list[str] = Field(description="for which the service refused it, in its words")
    waits_for: list[str]
    hosting_per_month: float | None = Field(description="30 days of it, in US dollars")


class OtherOut(BaseModel):
    address: str
    account: str
    is_ours: bool
    detail: str


class StatusOut(BaseModel):
    """The output of `ftctl status --format json`. `others` is filled by --all."""

    format_version: Literal["1.0"] = "1.0"
    at: str
    hosting_per_month: float = Field(
        description="30 days of all that is wanted and there, in US dollars"
    )
    is_hosting_cost_known: bool
    hosting_budget: float | None = Field(description="what the Project allows for 30 days")
    resources: list[ResourceOut]
    others: list[OtherOut]


class IdleRowOut(BaseModel):
    """A null is not known, or not there to be known; `last_call` is the last that was answered."""

    address: str
    account: str
    is_wanted: bool
    is_ours: bool
    presence: Literal["there", "gone", "away"] = Field(
        description="at that moment: gone by then, or away already now"
    )
    created_at: str | None
    last_call: str | None
    last_refused_call: str | None
    ends_at: str | None = Field(description="when the service deletes it, or the manifest does")
    hosting: float | None = Field(description="US dollars since it was made, at today's price")
    hosting_since_call: float | None
    outlook: str = Field(description="for people; do not branch on it")


class IdleOut(BaseModel):
    """The output of `ftctl idle --format json`: at a moment, if nobody calls any more."""

    format_version: Literal["1.0"] = "1.0"
    now: str
    at: str
    deployments: list[IdleRowOut]


class FailureOut(BaseModel):
    address: str
    message: str
    code: str
    hint: str


class ApplyOut(BaseModel):
    """The output of `ftctl apply --format json` and `ftctl destroy --format json`."""

    format_version: Literal["1.0"] = "1.0"
    outcome: Literal[
        "settled",
        "still running",
        "timed out",
        "interrupted",
        "stuck",
        "unreachable",
        "refused",
    ]
    exit_code: int
    done: list[ActionOut]
    running: list[ActionOut]
    failed: list[FailureOut]
    stuck: list[ActionOut]
    in_line: list[DeferredOut] = Field(
        description="what a later run submits: no place in the queue"
    )
    blocked: dict[str, list[str]] = Field(description="address: what it could not be done for")
    unapproved: list[ActionOut]
    left: list[ActionOut] = Field(description="deletes that only a later run will do")
    plan: PlanOut = Field(description="what was approved")


class VersionOut(BaseModel):
    version: str = Field(description="the digits that name the weights")
    model: str
    job: str
    account: str
    trained_at: str
    data: str | None = Field(description="the file it was trained on, if that is still there")
    is_wanted: bool = Field(description="whether this is what the manifests ask for")
    is_promoted: bool = Field(description="whether it keeps the gate that the manifest sets")
    cost: float | None = Field(description="US dollars")
    metrics: dict[str, float]
    deployments: list[str]


class HistoryOut(BaseModel):
    """The output of `ftctl history --format json`, newest first."""

    format_version: Literal["1.0"] = "1.0"
    address: str
    versions: list[VersionOut]


class CheckOut(BaseModel):
    account: str
    name: str
    result: Result
    detail: str = Field(description="what was found")
    remedy: str = Field(description="what a person may do")


class DoctorOut(BaseModel):
    """The output of `ftctl doctor --format json`."""

    format_version: Literal["1.0"] = "1.0"
    exit_code: int
    checks: list[CheckOut]


class PointerOut(BaseModel):
    deployment: str = Field(description="what it is called on the service now")
    endpoint: str
    api_version: str
    base_url: str = Field(description="what an OpenAI client takes")
    model: str
    version: str = Field(description="the digits that name the weights")
    account: str


class OutputsOut(BaseModel):
    """The output of `ftctl outputs --format json`. A null is a deployment that is not there."""

    format_version: Literal["1.0"] = "1.0"
    project: str
    deployments: dict[str, PointerOut | None] = Field(description="by the name in the manifest")
    away: list[str] = Field(description="the nulls that last until ftctl wake NAME")


OUTPUTS: dict[str, type[BaseModel]] = {
    "plan-output": PlanOut,
    "status-output": StatusOut,
    "idle-output": IdleOut,
    "apply-output": ApplyOut,
    "doctor-output": DoctorOut,
    "history-output": HistoryOut,
    "outputs-output": OutputsOut,
}
