"""What a manifest wants done about a deployment that nobody calls: written, checked, and due. Pure.

| `then:`     | before the service deletes it         | once the service has deleted it           |
|-------------|---------------------------------------|-------------------------------------------|
| `warn`      | says so from `warnAfter` on           | stays away and stands out until a person  |
|             |                                       | decides: `ftctl wake`, or another `then:` |
| `redeploy`  | nothing                               | is made again                             |
| `accept`    | nothing                               | stays away, and that is fine              |
| `keepAlive` | one short call when less than         | is made again                             |
|             | `keepAliveBefore` is left             |                                           |

`hibernateAfter` is for those whose hosting is not worth it while nobody calls: ftctl itself deletes
them, long before the service would, and `ftctl wake` brings them back. What has never been deployed
is deployed, whatever stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from reconciler.kinds.deployment.lifetime import IDLE_LIMIT, Life, Unknown
from reconciler.kinds.duration import Duration
from reconciler.kinds.writing import Part
from reconciler.planning.kind import Remark
from reconciler.providers.azure.activity import DELAY

Then = Literal["warn", "redeploy", "accept", "keepAlive"]
SHORTEST = timedelta(hours=1)  # metrics are read by the hour


class Inactivity(Part):
    """What happens to a deployment that nobody calls."""

    warn_after: Duration = Field(
        default=timedelta(days=10),
        description="how long without a call before plans say so",
        json_schema_extra={"default": "10d"},
    )
    then: Then = Field(
        default="warn",
        description="when the service has deleted it: warn and wait, redeploy it, accept that; "
        "or keepAlive with a short call",
    )
    keep_alive_before: Duration = Field(
        default=timedelta(days=2),
        description="how much of its life is left when keepAlive calls",
        json_schema_extra={"default": "2d"},
    )
    hibernate_after: Duration | None = Field(
        default=None,
        description="how long without a call before ftctl deletes it, to save its hosting",
    )

    @property
    def is_absence_fine(self) -> bool:
        """Whether it may be away until somebody asks for it."""
        return self.then == "accept" or self.hibernate_after is not None

    @property
    def acts_from(self) -> timedelta:
        """The age from which it matters when a deployment was called last."""
        spans = [self.warn_after, self.hibernate_after or IDLE_LIMIT]
        if self.then == "keepAlive":
            spans.append(IDLE_LIMIT - self.keep_alive_before)
        return min(spans)


def is_warned(rule: Inactivity, life: Life) -> bool:
    """Whether it was quiet for long enough to say what the service will do."""
    since = life.quiet_since
    return not isinstance(since, Unknown) and life.at - since >= rule.warn_after


def sleeps_at(
    rule: Inactivity, life: Life, newest: datetime | None, drained: datetime | None = None
) -> datetime | None:
    """From when on it hibernates; `newest` is when its model was trained, itself a use of it.

    Its other versions go with it, so not before `drained`, when the last of them may go.

    None where something will not tell later that it was there: without any call to its name since
    then, it would be taken for new, and made again. Of the last minutes nothing is known yet. A
    Developer tier deployment costs nothing to host, and ends soon enough.
    """
    since = life.idle_since
    if rule.hibernate_after is None or life.is_developer:
        return None
    if isinstance(since, Unknown) or isinstance(life.use, Unknown):
        return None
    traced = life.use.traced
    if traced is None or (newest and traced < newest):
        return None
    moment = max(since, newest or since) + rule.hibernate_after + DELAY
    return max(moment, drained or moment)


def hibernates(
    rule: Inactivity, life: Life, newest: datetime | None, drained: datetime | None
) -> bool:
    moment = sleeps_at(rule, life, newest, drained)
    return moment is not None and moment <= life.at


def is_to_be_called(rule: Inactivity, life: Life) -> bool:
    """Whether keepAlive is due. Where nobody knows of its calls, one too many does no harm."""
    end = life.expires_not_before if isinstance(life.use, Unknown) else life.expires_at
    if rule.then != "keepAlive" or life.is_developer or isinstance(end, Unknown):
        return False
    return end - life.at < rule.keep_alive_before


def remarks(rule: Inactivity, *, is_developer: bool, is_protected: bool) -> Iterator[Remark]:
    """What makes no sense together."""
    for name, span in (
        ("warnAfter", rule.warn_after),
        ("keepAliveBefore", rule.keep_alive_before),
        ("hibernateAfter", rule.hibernate_after),
    ):
        if span is not None and span >= IDLE_LIMIT:
            text = "must be less than 15d, when the service deletes it"
            yield Remark(("inactivity", name), f"inactivity.{name} {text}")
    short = rule.hibernate_after
    if short is not None and short < SHORTEST:
        text = "must be at least 1h: calls are counted by the hour"
        yield Remark(("inactivity", "hibernateAfter"), f"inactivity.hibernateAfter {text}")
    if short is not None and rule.then == "keepAlive":
        text = "it cannot be kept alive and hibernate as well"
        yield Remark(("inactivity", "hibernateAfter"), text, "Remove one of the two.")
    if short is not None and is_protected:
        text = "a protected deployment does not hibernate, so hibernateAfter does nothing"
        yield Remark(("inactivity", "hibernateAfter"), text, is_error=False)
    if is_developer and rule != Inactivity():
        text = "a DeveloperTier deployment ends after 24 hours, called or not, so inactivity"
        yield Remark(("inactivity",), f"{text} does nothing", is_error=False)
