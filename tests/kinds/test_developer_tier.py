"""Developer tier deployments: 24 hours from when they were made, said before they begin."""

from __future__ import annotations

from typing import Any

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from reconciler.reporting.page import Page
from tests.kinds.lives import HIDDEN, aged, living, needs, rule
from tests.planning.situations import NOON, OTHER_BYTES, wanted_deployment

STANDARD, BRIEF = {"sku": "Standard"}, {"sku": "DeveloperTier"}


def told(state: DeploymentState | None, **more: Any) -> str:
    """The step, and what a plan says of lives, on 80 columns."""
    wanted = wanted_deployment(**more)
    decision = KINDS["deployment"].decide(wanted, state, Context(NOON, Policy("shop"), needs(60)))
    said = [one for one in decision.notices if "prompts and answers" not in one]
    page = Page(width=80)
    return "\n".join(
        line for one in (str(decision.action.verb), *said) for line in page.wrap(one, 0)
    )


@pytest.mark.parametrize("sku", ["DeveloperTier", "developertier", "Developer"])
def test_made(sku: str) -> None:
    """Whoever approves one reads how long it lasts, and how it comes back."""
    assert told(None, sku=sku) == snapshot("""\
create
a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl
wake prod brings it back, or any apply with renew: true\
""")
    assert told(None, sku=sku, renew=True) == snapshot("""\
create
a DeveloperTier deployment ends 24 hours after it was made, called or not;
renew: true makes it again with the next apply\
""")
    assert told(None, **STANDARD) == snapshot("create")


def test_turned_into_one() -> None:
    """Its 24 hours began when it was made, so what is older may go at once: a plan says so."""
    cases = {
        "made 3 days ago": living(3, 1, **STANDARD),
        "made 19 hours ago": living(19 / 24, None, **STANDARD),
        "nobody knows when": aged(None, HIDDEN, **STANDARD),
        "idle, and warned of": living(40, 11, **STANDARD),
        "another model, too": living(3, 1, sha256=OTHER_BYTES, **STANDARD),
        "is one": living(0.5, None, **BRIEF),
    }
    lines = [f"{name}: {told(state, **BRIEF)}" for name, state in cases.items()]
    assert "\n".join(lines) == snapshot("""\
made 3 days ago: update
a DeveloperTier deployment ends 24 hours after it was made, and this one was
made 3d ago: the service may delete it at once; ftctl wake prod brings it back,
or any apply with renew: true
made 19 hours ago: update
a DeveloperTier deployment ends 24 hours after it was made, not after the
change: the service may delete it in 5h; ftctl wake prod brings it back, or any
apply with renew: true
nobody knows when: update
a DeveloperTier deployment ends 24 hours after it was made, and when this one
was made is not known: the service may delete it at once; ftctl wake prod brings
it back, or any apply with renew: true
idle, and warned of: update
a DeveloperTier deployment ends 24 hours after it was made, and this one was
made 40d ago: the service may delete it at once; ftctl wake prod brings it back,
or any apply with renew: true
another model, too: replace
a DeveloperTier deployment ends 24 hours after it was made, and this one was
made 3d ago: the service may delete it at once; ftctl wake prod brings it back,
or any apply with renew: true
is one: keep
deleted by the service in 12h, when its 24 hours are up\
""")


def test_made_anew() -> None:
    """With `update: replace`, another model begins another 24 hours."""
    old = living(0.5, None, sha256=OTHER_BYTES, **BRIEF)
    assert told(old, update="replace", **BRIEF) == snapshot("""\
replace
deleted by the service in 12h, when its 24 hours are up
a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl
wake prod brings it back, or any apply with renew: true\
""")
    assert told(old, update="versioned", **BRIEF) == snapshot("""\
replace
deleted by the service in 12h, when its 24 hours are up
a DeveloperTier deployment ends 24 hours after it was made, called or not; ftctl
wake prod brings it back, or any apply with renew: true\
""")
    assert told(old, **BRIEF) == snapshot("""\
replace
deleted by the service in 12h, when its 24 hours are up\
""")


def test_turned_into_another() -> None:
    """Its countdown holds until the change, and nobody has written what the service does then."""
    assert told(living(0.5, None, **BRIEF), **STANDARD) == snapshot("""\
update
deleted by the service in 12h, when its 24 hours are up; whether a change to
Standard prevents that is not documented\
""")
    assert told(living(0.5, None, sku="Developer"), **STANDARD) == snapshot("""\
update
deleted by the service in 12h, when its 24 hours are up; whether a change to
Standard prevents that is not documented\
""")


def test_never_asleep() -> None:
    """No rule of inactivity deletes one, also where something tells of its calls."""
    one = living(0.5, 0.4, **BRIEF)
    assert told(one, inactivity=rule(hibernateAfter="2h"), **BRIEF) == snapshot("""\
keep
deleted by the service in 12h, when its 24 hours are up\
""")
