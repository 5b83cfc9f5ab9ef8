"""What goes on while a deployment waits for a person, and what that costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.expectation import Expectation, mark
from reconciler.kinds.deployment.lifetime import Life, Use
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.versions import arranged
from reconciler.planning.action import Decision, ReasonCode, Verb
from reconciler.planning.approval import Approval
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.plan import Plan, hosting_cost, plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.providers.azure.listings import DeploymentRecord
from tests.kinds.lives import ago, needs, rule
from tests.planning.situations import (
    BYTES,
    NOON,
    OTHER_BYTES,
    PROD,
    desired,
    everything,
    observed,
    spine,
    there_deployment,
    wanted_deployment,
    weights,
)

PROMPT = Expectation(prompt="What opens at nine?", contains="library")
FAILED = {"ftctl-verify": f"failed:{mark(weights()[:8], [PROMPT])}"}
MONTH = Decimal("1224.00")


def version(sha256: str, promoted: float | None = None, **more: Any) -> DeploymentRecord:
    """A version of ours, with the pointer since so many days ago."""
    made = there_deployment(sha256, **{"created_at": ago(promoted or 0), **more}).record
    tags = {} if promoted is None else {"ftctl-promoted": ago(promoted).isoformat()}
    return replace(made, name=f"prod-{weights(sha256)[:8]}", tags={**made.tags, **tags})


def marked(record: DeploymentRecord, tags: dict[str, str]) -> DeploymentRecord:
    return replace(record, tags={**record.tags, **tags})


def there(wanted: Wanted, *records: DeploymentRecord) -> DeploymentState:
    state = arranged(wanted.goal, records)
    assert state is not None
    made = state.record.created_at or NOON
    return replace(state, life=Life(NOON, state.record.sku, made, Use()))


def decided(wanted: Wanted, state: DeploymentState, at: datetime = NOON) -> Decision:
    return KINDS["deployment"].decide(wanted, state, Context(at, Policy(project="shop"), needs()))


def test_a_paused_version() -> None:
    """The one that is called is kept alive meanwhile, and what has drained goes."""
    wanted = wanted_deployment(update="versioned", inactivity=rule(then="keepAlive"))
    paused, drained = version(BYTES, provisioning="Paused"), version("cc" * 32, 30)
    called = decided(wanted, there(wanted, paused, version(OTHER_BYTES, 14.5), drained))
    assert called.action.code is ReasonCode.KEEP_ALIVE
    rest = decided(wanted, there(wanted, paused, version(OTHER_BYTES, 9), drained))
    assert rest.action.code is ReasonCode.DRAINED
    assert [one.split(";")[0] for one in rest.notices] == ["the service says Paused"]
    assert rest.action.cost is not None
    assert rest.action.cost.hosting_per_month == 2 * MONTH


def test_a_drain_that_ends_meanwhile() -> None:
    """The plan that left a rejection to a person has told of it, so it is approved."""
    wanted = wanted_deployment(update="versioned", verify=(PROMPT,))
    records = (
        marked(version(BYTES), FAILED),
        version(OTHER_BYTES, 50 / 1440),
        version("cc" * 32, 1),
    )
    before = decided(wanted, there(wanted, *records))
    assert before.action.code is ReasonCode.VERIFY_FAILED
    after = decided(wanted, there(wanted, *records), NOON + timedelta(minutes=11))
    assert after.action.code is ReasonCode.DRAINED
    assert Approval.of(Plan((before.action,))).covers(after.action)


def test_what_follows_a_wait() -> None:
    """A call is told of only where nothing else comes first: that would take another plan."""
    never = {"ftctl-called": "never"}
    wanted = wanted_deployment(verify=(PROMPT,))
    cases = {
        "as declared": there_deployment(provisioning="Updating"),
        "another model": there_deployment(OTHER_BYTES, provisioning="Updating"),
        "another capacity": there_deployment(provisioning="Updating", capacity=10),
    }
    told = {
        name: decided(wanted, replace(one, record=marked(one.record, never))).action.reason
        for name, one in cases.items()
    }
    assert told == snapshot(
        {
            "as declared": "the service says Updating; then called once and asked 1 prompt",
            "another model": "the service says Updating",
            "another capacity": "the service says Updating",
        }
    )
    asked = decided(wanted, cases["as declared"]).action
    assert (asked.verb, asked.reason) == snapshot(
        (Verb.WAIT, "the service says Updating; then asked 1 prompt")
    )


def test_taken_over_after_a_rejection() -> None:
    """Whoever takes a deployment over says so, also where its answers were wrong."""
    wanted = wanted_deployment(verify=(PROMPT,), may_adopt=True, capacity=10)
    action = decided(wanted, there_deployment(OTHER_BYTES, tags=FAILED)).action
    assert [one.field for one in action.changes] == ["owner", "sku.capacity"]


def test_a_name_that_is_taken() -> None:
    """What is ours goes on costing while a stranger has the name of the next version."""
    spine_ = spine(update="versioned")
    stranger = replace(version(BYTES), tags={})
    state = there(spine_[-1], version(OTHER_BYTES, 5), stranger)
    made = plan(desired(*spine_), observed(everything() | {PROD: state}))
    assert made.actions[-1].code is ReasonCode.FOREIGN
    assert hosting_cost(made.hosted) == (MONTH, [])
    alone = there_deployment(tags={})
    none = plan(desired(), observed(everything() | {PROD: alone}))
    assert hosting_cost(none.hosted) == (Decimal(0), [])


def test_a_drain_above_the_budget() -> None:
    """Two versions beside each other for two weeks cost more than one."""
    policy = Policy(project="shop", hosting_budget=Decimal(1300))
    spine_ = spine(update="versioned", drain=timedelta(days=14))
    wants = desired(*spine_, policy=policy)
    look = observed(everything() | {PROD: there(spine_[-1], version(OTHER_BYTES, 5))})
    made = plan(wants, look)
    assert [one.verb for one in made.steps] == [Verb.REPLACE]
    assert [one.message for one in refusals(made, wants, look)] == snapshot(
        ["Hosting would cost $1,795.20 in 30 days; the budget is $1,300.00."]
    )
