"""What will have become of a deployment at some moment if nobody calls it any more. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, assert_never

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import sleeps_at
from reconciler.kinds.deployment.lifetime import Life, Unknown, is_developer
from reconciler.kinds.deployment.vanished import Again, StayAway
from reconciler.kinds.deployment.versions import Leaving
from reconciler.planning.action import ReasonCode

Presence = Literal["there", "gone", "away"]


@dataclass(frozen=True)
class Forecast:
    """A deployment at a moment: there, gone by then, or away already now."""

    presence: Presence
    text: str
    life: Life | None = None  # at that moment, or at its end if that comes earlier
    ends_at: datetime | None = None

    @property
    def hosting(self) -> Decimal | None:
        return self.life.hosting_since(self.life.created_at) if self.life else None

    @property
    def hosting_since_call(self) -> Decimal | None:
        return self.life.hosting_since(self.life.quiet_since) if self.life else None


@dataclass(frozen=True)
class End:
    """How a life ends if nothing else happens. No moment: it does not, or nobody knows."""

    at: datetime | None
    text: str


def of_one_there(life: Life, end: End, then: datetime) -> Forecast:
    """What is there now is there, even if it is due to go."""
    is_gone = end.at is not None and end.at <= then and life.at < then
    until = max(life.at, end.at if is_gone and end.at else then)
    return Forecast("gone" if is_gone else "there", end.text, replace(life, at=until), end.at)


def of_one_missing(step: Again | StayAway, *, has_model: bool = True) -> Forecast:
    made = _made(step.code, has_model=has_model) if isinstance(step, Again) else ""
    return Forecast("away", "; ".join(filter(None, [step.why, made])))


def _made(code: ReasonCode, *, has_model: bool) -> str:
    """When an apply makes it."""
    if code is ReasonCode.ABSENT:
        return "once it can, an apply makes what is missing"
    return "the next apply makes it" if has_model else "an apply makes it once its model is there"


def end_by_rule(
    goal: DeploymentGoal,
    life: Life,
    trained_at: datetime | None,
    drained_at: datetime | None = None,
) -> End:
    """What the service and its manifest lead to, and the drain of its other versions."""
    rule, end = goal.inactivity, end_by_service(life)
    if life.is_developer:
        is_made_again = goal.renew or not is_developer(goal.sku)
        return End(end.at, f"{end.text}; {AGAIN if is_made_again else _woken(goal)}")
    stays_awake = goal.is_protected or life.is_paused
    asleep = None if stays_awake else sleeps_at(rule, life, trained_at, drained_at)
    if asleep and (end.at is None or asleep <= end.at):
        text = f"an apply from {_day(asleep)} on deletes it, to save its hosting; {_woken(goal)}"
        return End(asleep, text)
    if end.at is None:
        return end
    # No apply calls what is paused; once it is gone, keepAlive makes it again.
    then = "redeploy" if life.is_paused and rule.then == "keepAlive" else rule.then
    match then:
        case "keepAlive":
            text = f"an apply from {_day(end.at - rule.keep_alive_before)} on calls it once"
            return End(None, f"{text}, which keeps it alive")
        case "redeploy":
            return End(end.at, f"{end.text}; {AGAIN}")
        case "warn" | "accept":
            return End(end.at, f"{end.text}; {_woken(goal)}")
        case _:
            assert_never(then)


def end_by_drain(life: Life, leaving: Leaving | None) -> End:
    """Of another version: the end of its drain, unless the service comes first."""
    end = end_by_service(life)
    if leaving is None or (end.at and leaving.until and end.at < leaving.until):
        return end
    if leaving.until is None:
        return End(life.at, "never promoted; the next apply deletes it")
    return End(leaving.until, f"an apply from {_day(leaving.until)} on deletes it")


AGAIN = "the next apply makes it again"


def _woken(goal: DeploymentGoal) -> str:
    return f"ftctl wake {goal.name} brings it back"


# Source: azure-rest-api-specs, Microsoft.CognitiveServices 2026-03-01.
RESUMED = "calls are refused until somebody resumes it (POST .../resume, api-version 2026-03-01)"


def end_by_service(life: Life) -> End:
    end = life.expires_at
    if life.is_paused:
        moment = None if isinstance(end, Unknown) else end
        return End(moment, f"paused; {RESUMED}; {while_paused(life)}")
    if isinstance(end, Unknown):
        hint = f" ({end.hint})" if end.hint else ""
        return End(None, f"when the service deletes it is not known: {end.why}{hint}")
    unless = "" if life.is_developer else " unless it is called"
    return End(end, f"the service deletes it on {_day(end)}{unless}")


def while_paused(life: Life) -> str:
    """UNVERIFIED: whether its days without a call run on, and its hosting is charged."""
    end = life.expires_not_before if isinstance(life.expires_at, Unknown) else life.expires_at
    moment = "any moment"
    if not isinstance(end, Unknown) and end > life.at:
        moment = f"from {_day(end)} on"
    may = f"may charge its hosting while it is paused, and delete it {moment}"
    return f"the service {may}; neither is documented"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
