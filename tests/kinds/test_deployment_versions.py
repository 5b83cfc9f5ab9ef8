"""`update: versioned`: versions beside each other, and a pointer that moves between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.expectation import Expectation, mark
from reconciler.kinds.deployment.lifetime import Unknown
from reconciler.kinds.deployment.pointer import pointer
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.vanished import Missing
from reconciler.kinds.deployment.versions import arranged
from reconciler.planning.action import Cost
from reconciler.planning.approval import Approval
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.plan import Plan
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import DeploymentRecord
from tests.kinds.lives import gone, living, looked_at, needs, rule
from tests.kinds.tables import table
from tests.planning.situations import (
    BOT,
    BYTES,
    NOON,
    OTHER_BYTES,
    PROD,
    model_id,
    there_deployment,
    wanted_deployment,
    weights,
)

KIND = KINDS["deployment"]
NEW, OLD = weights()[:8], weights(OTHER_BYTES)[:8]
PROMPT = Expectation(prompt="What opens at nine?", contains="library")
VERIFIED = mark(NEW, [PROMPT])


def record(sha256: str = BYTES, name: str = "", **more: Any) -> DeploymentRecord:
    """A deployment of ours for `prod`; without a name, a version of it."""
    promoted, marks = more.pop("promoted", None), more.pop("marks", {})
    made = there_deployment(sha256, **more).record
    tags = made.tags | ({"ftctl-promoted": (NOON - promoted).isoformat()} if promoted else {})
    return replace(made, name=name or f"prod-{weights(sha256)[:8]}", tags=tags | marks)


def new(**more: Any) -> DeploymentRecord:
    return record(BYTES, **more)


def old(**more: Any) -> DeploymentRecord:
    return record(OTHER_BYTES, **more)


def third(**more: Any) -> DeploymentRecord:
    return record("cc" * 32, **more)


def plain(sha256: str = OTHER_BYTES, **more: Any) -> DeploymentRecord:
    """The deployment with the plain name, as `update: auto` has it."""
    return record(sha256, "prod", **more)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def versioned(**more: Any) -> Wanted:
    return wanted_deployment(**{"update": "versioned", "sku": "Standard", **more})


def shown(wanted: Wanted, cases: dict[str, list[DeploymentRecord]]) -> str:
    """The table of what is decided where these deployments are there."""
    records = {
        name: [replace(one, sku="Standard") for one in there] for name, there in cases.items()
    }
    return table(wanted, {name: looked_at(wanted.goal, all_) for name, all_ in records.items()})


def test_a_rollout() -> None:
    """Made beside, promoted, drained, retired: each look finds the next step by itself."""
    assert shown(
        versioned(),
        {
            "nothing there": [],
            "the first is made": [new()],
            "and promoted": [new(promoted=minutes(1))],
            "an older one is called": [old(promoted=minutes(90))],
            "the new one is being made": [old(promoted=minutes(90)), new(provisioning="Creating")],
            "the new one is there": [old(promoted=minutes(90)), new()],
            "just promoted": [old(promoted=minutes(90)), new(promoted=minutes(10))],
            "drained": [old(promoted=minutes(90)), new(promoted=minutes(60))],
            "retired": [new(promoted=minutes(60))],
        },
    ) == snapshot("""\
nothing there
  create missing: not on account/sweden, as prod-8c8a3a9d; 50,000 tokens a minute (capacity 50)
  = missing
the first is made
  update changed: prod-8c8a3a9d is there, and not promoted yet
  = pending deployment, model not promoted yet
and promoted
  keep as_wanted: as declared
  = ready deployment, model
an older one is called
  replace changed: another model: prod-8c8a3a9d is made, called once and promoted; prod-cd0a9d25
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for a look,
    hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
the new one is being made
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until then: $1.70
    more. If it does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for
    a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
the new one is there
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until then: $1.70
    more. If it does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for
    a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
just promoted
  wait draining: draining: prod-cd0a9d25 answers until 2026-11-20 12:50 UTC, and is deleted
    after that
  = ready deployment, model draining: prod-cd0a9d25 until 2026-11-20 12:50 UTC
drained
  update drained: delete prod-cd0a9d25; calls have gone elsewhere
  = ready deployment, model draining: prod-cd0a9d25 until 2026-11-20 12:00 UTC
retired
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_the_way_back() -> None:
    """While the earlier version drains, rolling back only moves the pointer."""
    assert shown(
        versioned(),
        {
            "still draining": [new(promoted=minutes(90)), old(promoted=minutes(10))],
            "it has the pointer again": [new(promoted=minutes(1)), old(promoted=minutes(10))],
            "gone": [old(promoted=minutes(90))],
        },
    ) == snapshot("""\
still draining
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until then: $1.70
    more. If it does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for
    a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
it has the pointer again
  wait draining: draining: prod-cd0a9d25 answers until 2026-11-20 12:59 UTC, and is deleted
    after that
  = ready deployment, model draining: prod-cd0a9d25 until 2026-11-20 12:59 UTC
gone
  replace changed: another model: prod-8c8a3a9d is made, called once and promoted; prod-cd0a9d25
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for a look,
    hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model\
""")


def test_what_was_never_called_goes_first() -> None:
    """A version that never had the pointer goes before the next one is made."""
    third = record("cc" * 32)
    assert shown(
        versioned(),
        {
            "beside the one that is called": [old(promoted=minutes(90)), third],
            "alone": [third],
            "after all": [new(promoted=minutes(90)), third],
        },
    ) == snapshot("""\
beside the one that is called
  replace changed: delete prod-eddc91cb, never promoted; another model: prod-8c8a3a9d is made,
    called once and promoted; prod-cd0a9d25 answers for another 1h and is then deleted. Both are
    hosted until then: $1.70 more. If it does not answer, prod-cd0a9d25 goes on being called,
    and prod-8c8a3a9d stays for a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
alone
  create missing: delete prod-eddc91cb, never promoted; not on account/sweden, as prod-8c8a3a9d;
    50,000 tokens a minute (capacity 50)
  = missing deployment, model
after all
  update drained: delete prod-eddc91cb, never promoted
  = ready deployment, model\
""")


def test_from_auto_to_versioned() -> None:
    """The deployment with the plain name counts as the old one; its name follows its model."""
    assert shown(
        versioned(),
        {
            "the same model": [plain(BYTES)],
            "another model": [plain()],
            "the new one is there": [plain(), new()],
            "promoted": [plain(), new(promoted=minutes(10))],
            "drained": [plain(), new(promoted=minutes(61))],
        },
    ) == snapshot("""\
the same model
  keep as_wanted: as declared
  note: it is called prod until its model changes, because the service may refuse a second
    deployment of one model
  = ready deployment, model
another model
  replace changed: another model: prod-8c8a3a9d is made, called once and promoted; prod answers
    for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it does not
    answer, prod goes on being called, and prod-8c8a3a9d stays for a look, hosted for $1,224.00
    in 30 days. Whoever calls it by the name prod has to follow `ftctl outputs` from now on
  deployment: prod -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
the new one is there
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted; prod
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod goes on being called, and prod-8c8a3a9d stays for a look, hosted for
    $1,224.00 in 30 days. Whoever calls it by the name prod has to follow `ftctl outputs` from
    now on
  deployment: prod -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
promoted
  wait draining: draining: prod answers until 2026-11-20 12:50 UTC, and is deleted after that
  = ready deployment, model draining: prod until 2026-11-20 12:50 UTC
drained
  update drained: delete prod; calls have gone elsewhere
  = ready deployment, model draining: prod until 2026-11-20 11:59 UTC\
""")


def test_from_versioned_to_auto() -> None:
    """A version goes on being called until the model changes; then the plain name takes over."""
    assert shown(
        versioned(update="auto"),
        {
            "the same model": [new(promoted=minutes(10))],
            "another model": [old(promoted=minutes(10))],
            "the new one is there": [old(promoted=minutes(90)), plain(BYTES)],
            "promoted": [old(promoted=minutes(90)), plain(BYTES, promoted=minutes(10))],
            "a leftover that never was called": [plain(BYTES), old()],
            "in the middle of a rollout": [plain(), new()],
            "while the plain name drains": [plain(), third(promoted=minutes(10))],
        },
    ) == snapshot("""\
the same model
  keep as_wanted: as declared
  note: it is called prod-8c8a3a9d until its model changes, because the service may refuse a
    second deployment of one model
  = ready deployment, model
another model
  replace changed: another model: prod is made, called once and promoted; prod-cd0a9d25 answers
    for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it does not
    answer, prod-cd0a9d25 goes on being called, and prod stays for a look, hosted for $1,224.00
    in 30 days. Whoever calls it by the name prod-cd0a9d25 has to follow `ftctl outputs` from
    now on
  deployment: prod-cd0a9d25 -> prod
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
the new one is there
  replace changed: another model: prod is there, to be called once and promoted; prod-cd0a9d25
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod-cd0a9d25 goes on being called, and prod stays for a look, hosted for
    $1,224.00 in 30 days. Whoever calls it by the name prod-cd0a9d25 has to follow `ftctl
    outputs` from now on
  deployment: prod-cd0a9d25 -> prod
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
promoted
  wait draining: draining: prod-cd0a9d25 answers until 2026-11-20 12:50 UTC, and is deleted
    after that
  = ready deployment, model draining: prod-cd0a9d25 until 2026-11-20 12:50 UTC
a leftover that never was called
  update drained: delete prod-cd0a9d25, never promoted
  = ready deployment, model
in the middle of a rollout
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model
while the plain name drains
  replace changed: another model: prod-8c8a3a9d is made, called once and promoted; prod-eddc91cb
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod-eddc91cb goes on being called, and prod-8c8a3a9d stays for a look,
    hosted for $1,224.00 in 30 days
  deployment: prod-eddc91cb -> prod-8c8a3a9d
  model: eddc91cb -> 8c8a3a9d
  note: draining: prod answers until 2026-11-20 12:50 UTC, and is deleted after that
  = degraded deployment, model differs in deployment, model\
""")


def test_other_peoples_names() -> None:
    """What has the name of a version and is not ours is never touched."""
    theirs = {"tags": {"owner": "cx"}}
    assert shown(
        versioned(),
        {
            "the name of the new one": [old(promoted=minutes(9)), replace(new(), **theirs)],
            "the plain name": [replace(plain(), **theirs)],
            "some other version": [new(promoted=minutes(9)), replace(old(), **theirs)],
        },
    ) == snapshot("""\
the name of the new one
  keep foreign: a deployment prod-8c8a3a9d exists that this project did not make; delete that
    one
  = degraded deployment, model prod-8c8a3a9d was not made by this project
the plain name
  create missing: not on account/sweden, as prod-8c8a3a9d; 50,000 tokens a minute (capacity 50)
  = missing
some other version
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_strangers_hide_nothing() -> None:
    """One that sleeps goes on sleeping, whatever others call theirs, until the name is needed."""
    sleeper = rule(hibernateAfter="3d")
    stranger = replace(new(), tags={"owner": "cx"})
    asleep = replace(gone(9), strangers=(stranger,))
    told = [
        table(wanted_deployment(inactivity=sleeper, update=update), {update: asleep}, None, needs())
        for update in ("auto", "versioned")
    ]
    woken = Policy(project="shop", awake=frozenset({"prod"}))
    awake = wanted_deployment(inactivity=sleeper, update="versioned")
    told.append(table(awake, {"asked for, and the name is taken": asleep}, woken, needs()))
    assert "\n".join(told) == snapshot("""\
auto
  keep asleep: it sleeps, not called since 2026-11-11; ftctl wake prod brings it back
  = asleep it sleeps, not called since 2026-11-11; ftctl wake prod brings it back
versioned
  keep asleep: it sleeps, not called since 2026-11-11; ftctl wake prod brings it back
  = asleep it sleeps, not called since 2026-11-11; ftctl wake prod brings it back
asked for, and the name is taken
  keep foreign: a deployment prod-8c8a3a9d exists that this project did not make; delete that
    one
  = asleep it sleeps, not called since 2026-11-11; ftctl wake prod brings it back\
""")


def test_settings_of_versions() -> None:
    """What is called is kept as declared; a version that is not called yet is made so first."""
    assert shown(
        versioned(),
        {
            "of the one that is called": [new(promoted=minutes(9), capacity=10)],
            "of the one that is not": [old(promoted=minutes(9)), new(capacity=10)],
            "of the one that drains": [
                old(promoted=minutes(90), capacity=10),
                new(promoted=minutes(9)),
            ],
        },
    ) == snapshot("""\
of the one that is called
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  = degraded deployment, model differs in sku.capacity
of the one that is not
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until then: $1.70
    more. If it does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for
    a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
of the one that drains
  wait draining: draining: prod-cd0a9d25 answers until 2026-11-20 12:51 UTC, and is deleted
    after that
  = ready deployment, model draining: prod-cd0a9d25 until 2026-11-20 12:51 UTC\
""")


def test_verification() -> None:
    """A version that failed its prompts is not tried again, and the old one is still looked after.

    One that passed needs not be asked again.
    """
    failed = {"ftctl-verify": f"failed:{VERIFIED}"}
    passed = {"ftctl-verify": f"passed:{VERIFIED}"}
    assert shown(
        versioned(verify=(PROMPT,)),
        {
            "nothing there": [],
            "the first is made": [new()],
            "the first failed": [new(marks=failed)],
            "beside the old one": [old(promoted=minutes(9)), new(marks=failed)],
            "with settings to change": [
                old(promoted=minutes(9), capacity=10),
                new(marks=failed),
            ],
            "failed other prompts": [
                old(promoted=minutes(9)),
                new(marks={"ftctl-verify": "failed:0123"}),
            ],
            "passed": [new(promoted=minutes(9), marks=passed)],
            "never asked": [new(promoted=minutes(9))],
        },
    ) == snapshot("""\
nothing there
  create missing: not on account/sweden, as prod-8c8a3a9d; 50,000 tokens a minute (capacity 50);
    has to pass 1 prompt. If it does not answer as expected, nothing is called yet, and
    prod-8c8a3a9d stays for a look, hosted for $1,224.00 in 30 days
  = missing
the first is made
  update changed: prod-8c8a3a9d is there, and not promoted yet; has to pass 1 prompt. If it does
    not answer as expected, nothing is called yet, and prod-8c8a3a9d stays for a look, hosted
    for $1,224.00 in 30 days
  = pending deployment, model not promoted yet
the first failed
  keep verify_failed: 8c8a3a9d did not answer as verify expects, calls go nowhere yet;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
  = failed deployment, model 8c8a3a9d did not answer as verify expects, calls go nowhere yet;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
beside the old one
  keep verify_failed: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
with settings to change
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  = degraded deployment, model differs in sku.capacity
failed other prompts
  replace changed: another model: prod-8c8a3a9d is there, to be called once, asked 1 prompt and
    promoted; prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until
    then: $1.70 more. If it does not answer as expected, prod-cd0a9d25 goes on being called, and
    prod-8c8a3a9d stays for a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in deployment, model
passed
  keep as_wanted: as declared
  = ready deployment, model
never asked
  update unchecked: nobody has asked it the 1 prompt of verify yet
  = ready deployment, model its answers have not been checked\
""")


def test_what_is_due_while_a_version_stands_rejected() -> None:
    """What has drained goes all the same; what is called stays, and so does the one to look at."""
    failed = {"ftctl-verify": f"failed:{VERIFIED}"}
    third = record("cc" * 32, promoted=minutes(200))
    untried, broken = record("dd" * 32), {"provisioning": "Failed"}
    assert shown(
        versioned(verify=(PROMPT,)),
        {
            "drained": [third, old(promoted=minutes(90)), new(marks=failed)],
            "never called": [untried, old(promoted=minutes(90)), new(marks=failed)],
            "still draining": [third, old(promoted=minutes(9)), new(marks=failed)],
            "nothing else answers": [third, old(promoted=minutes(90), **broken), new(marks=failed)],
        },
    ) == snapshot("""\
drained
  update drained: delete prod-eddc91cb; calls have gone elsewhere
  note: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25; prod-8c8a3a9d stays for
    a look, and is hosted meanwhile. The same prompts are not tried again: change them, or the
    model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
never called
  update drained: delete prod-b0a72e2a, never promoted
  note: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25; prod-8c8a3a9d stays for
    a look, and is hosted meanwhile. The same prompts are not tried again: change them, or the
    model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
still draining
  keep verify_failed: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
  note: draining: prod-eddc91cb answers until 2026-11-20 12:51 UTC, and is deleted after that
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
nothing else answers
  keep verify_failed: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25;
    prod-8c8a3a9d stays for a look, and is hosted meanwhile. The same prompts are not tried
    again: change them, or the model\
""")
    theirs = replace(new(), tags={"owner": "cx"})
    there = {"the name of the new one is taken": [third, old(promoted=minutes(90)), theirs]}
    assert shown(versioned(), there) == snapshot("""\
the name of the new one is taken
  update drained: delete prod-eddc91cb; calls have gone elsewhere
  note: a deployment prod-8c8a3a9d exists that this project did not make; delete that one
  = degraded deployment, model prod-8c8a3a9d was not made by this project\
""")


def test_two_that_drain() -> None:
    """Each has a moment of its own, with its day."""
    third = record("cc" * 32, promoted=minutes(99))
    there = {"two": [third, old(promoted=minutes(50)), new(promoted=minutes(10))]}
    assert shown(versioned(), there) == snapshot("""\
two
  wait draining: draining: prod-eddc91cb answers until 2026-11-20 12:10 UTC and prod-cd0a9d25
    answers until 2026-11-20 12:50 UTC, and each is deleted after that
  = ready deployment, model draining: prod-eddc91cb until 2026-11-20 12:10 UTC, prod-cd0a9d25
    until 2026-11-20 12:50 UTC\
""")


def test_what_goes_after_another_step() -> None:
    """One approval covers both, so the plan names what is deleted in the end."""
    changed = new(promoted=minutes(90), capacity=10)
    before = old(promoted=minutes(99))
    cases = {
        "drained": [before, changed],
        "drained, and never called": [before, third(), changed],
        "draining": [before, new(promoted=minutes(10), capacity=10)],
        "one drained, one draining": [
            third(promoted=minutes(200)),
            before,
            new(promoted=minutes(10)),
            record("dd" * 32, promoted=minutes(150)),
        ],
    }
    assert shown(versioned(), cases) == snapshot("""\
drained
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  note: then delete prod-cd0a9d25; calls have gone elsewhere
  = degraded deployment, model differs in sku.capacity
drained, and never called
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  note: then delete prod-cd0a9d25; calls have gone elsewhere; delete prod-eddc91cb, never
    promoted
  = degraded deployment, model differs in sku.capacity
draining
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  note: draining: prod-cd0a9d25 answers until 2026-11-20 12:50 UTC, and is deleted after that
  = degraded deployment, model differs in sku.capacity
one drained, one draining
  update drained: delete prod-b0a72e2a and prod-eddc91cb; calls have gone elsewhere
  note: draining: prod-cd0a9d25 answers until 2026-11-20 12:50 UTC, and is deleted after that
  = ready deployment, model draining: prod-eddc91cb until 2026-11-20 10:30 UTC, prod-b0a72e2a
    until 2026-11-20 11:21 UTC, prod-cd0a9d25 until 2026-11-20 12:50 UTC\
""")


def test_status_of_what_has_drained() -> None:
    """A moment that is past is none until which it drains."""
    records = [third(promoted=minutes(200)), old(promoted=minutes(90)), new(promoted=minutes(10))]
    state = looked_at(versioned().goal, [replace(one, sku="Standard") for one in records])
    assert isinstance(state, DeploymentState)
    aged = replace(state, life=living(1, 0).life)
    assert KIND.describe(versioned(), aged, {}).detail == snapshot(
        "drained: prod-eddc91cb, deleted by the next apply; "
        "draining: prod-cd0a9d25 until 2026-11-20 12:50 UTC"
    )


def test_it_does_not_sleep_while_versions_drain() -> None:
    """An older version may still be called, and would go with it."""
    sleeper = versioned(drain=timedelta(days=30), inactivity=rule(hibernateAfter="3d"))
    before = old(promoted=timedelta(days=60))

    def idle(promoted: int, *calls: float) -> DeploymentState:
        newest = new(promoted=timedelta(days=promoted))
        found = arranged(sleeper.goal, [replace(one, sku="Standard") for one in (before, newest)])
        assert found
        return replace(found, life=living(promoted, *(calls or (None,))).life)

    cases = {
        "the old one drains": idle(10, 9),
        "the old one drains, and no call would tell": idle(10),
        "it has drained": idle(31, 9),
        "not idle for long enough": idle(10, 1),
    }
    assert table(sleeper, cases, needs=needs(60)) == snapshot("""\
the old one drains
  wait draining: draining: prod-cd0a9d25 answers until 2026-12-10 12:00 UTC, and is deleted
    after that
  note: idle for 9d; it does not hibernate while prod-cd0a9d25 drains
  = ready deployment, model draining: prod-cd0a9d25 until 2026-12-10 12:00 UTC
the old one drains, and no call would tell
  wait draining: draining: prod-cd0a9d25 answers until 2026-12-10 12:00 UTC, and is deleted
    after that
  note: idle for 10d, and never called. It does not hibernate, because its calls are all that
    would tell that it was there; one is enough
  = ready deployment, model draining: prod-cd0a9d25 until 2026-12-10 12:00 UTC; deleted by the
    service in 5d unless called; never called; hosting so far $408.00
it has drained
  delete hibernate: nobody called it for 9d; saves $1,224.00 in 30 days
  note: then delete prod-cd0a9d25; calls have gone elsewhere
  = ready deployment, model drained: prod-cd0a9d25, deleted by the next apply
not idle for long enough
  wait draining: draining: prod-cd0a9d25 answers until 2026-12-10 12:00 UTC, and is deleted
    after that
  = ready deployment, model draining: prod-cd0a9d25 until 2026-12-10 12:00 UTC\
""")


def test_hosting_of_versions() -> None:
    """Whatever is there is paid: an older version until it is deleted, a rejected one for good."""
    failed = {"ftctl-verify": f"failed:{VERIFIED}"}
    third = record("cc" * 32, promoted=minutes(200))
    context = Context(NOON, Policy(project="shop"), {})

    def cost(wanted: Wanted, *records: DeploymentRecord, sku: str = "Standard") -> Cost | None:
        there = [replace(one, sku=sku) for one in records]
        return KIND.decide(wanted, looked_at(wanted.goal, there), context).action.cost

    def hosting(wanted: Wanted, *records: DeploymentRecord, sku: str = "Standard") -> str:
        found = cost(wanted, *records, sku=sku)
        return str(found and found.hosting_per_month)

    before, asking = old(promoted=minutes(9)), versioned(verify=(PROMPT,))
    assert {
        "made": hosting(versioned()),
        "one": hosting(versioned(), new(promoted=minutes(9))),
        "to be made": hosting(versioned(), before),
        "to be promoted": hosting(versioned(), before, new()),
        "draining": hosting(versioned(), old(promoted=minutes(90)), new(promoted=minutes(30))),
        "drained": hosting(versioned(), old(promoted=minutes(90)), new(promoted=minutes(61))),
        "a long drain": hosting(versioned(drain=timedelta(days=45)), before),
        "rejected": hosting(asking, before, new(marks=failed)),
        "rejected, with one that drains": hosting(
            asking, third, old(promoted=minutes(30)), new(marks=failed)
        ),
        "in place": hosting(versioned(update="auto"), plain()),
        "from Developer": hosting(versioned(), before, sku="developer"),
        "from one of unknown price": hosting(versioned(), before, sku="ProvisionedManaged"),
    } == snapshot(
        {
            "made": "1224.00",
            "one": "1224.00",
            "to be made": "1225.70",
            "to be promoted": "1225.70",
            "draining": "1224.85",
            "drained": "1224.00",
            "a long drain": "2448.00",
            "rejected": "2448.00",
            "rejected, with one that drains": "2448.85",
            "in place": "1224.00",
            "from Developer": "1224.00",
            "from one of unknown price": "None",
        }
    )
    found = cost(versioned(), before)
    assert found
    assert found.basis == snapshot(
        "720 hours, called or not, and $1.70 for other versions while they are there"
    )


def test_settings_that_come_with_a_version() -> None:
    """What changes for those who call is shown against what is called now, at each step."""
    wanted = versioned(properties={"raiPolicyName": "strict"}, capacity=10, sku="GlobalStandard")
    before = old(promoted=minutes(90))
    beside = new(capacity=10, rai_policy="strict")
    broken = new(provisioning="Failed")
    there = {"not there": [before], "there": [before, beside], "failed": [before, broken]}
    assert shown(wanted, there) == snapshot("""\
not there
  replace changed: another model: prod-8c8a3a9d is made, called once and promoted; prod-cd0a9d25
    answers for another 1h and is then deleted. Both are hosted until then: $1.70 more. If it
    does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for a look,
    hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  raiPolicyName: Microsoft.DefaultV2 -> strict
  sku.capacity: 50 -> 10
  sku.name: Standard -> GlobalStandard
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = degraded deployment, model differs in deployment, model, raiPolicyName, sku.capacity,
    sku.name
there
  replace changed: another model: prod-8c8a3a9d is there, to be called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted until then: $1.70
    more. If it does not answer, prod-cd0a9d25 goes on being called, and prod-8c8a3a9d stays for
    a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  raiPolicyName: Microsoft.DefaultV2 -> strict
  sku.capacity: 50 -> 10
  sku.name: Standard -> GlobalStandard
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = degraded deployment, model differs in deployment, model, raiPolicyName, sku.capacity,
    sku.name
failed
  replace changed: the service says Failed of prod-8c8a3a9d; another model: prod-8c8a3a9d is
    made, called once and promoted; prod-cd0a9d25 answers for another 1h and is then deleted.
    Both are hosted until then: $1.70 more. If it does not answer, prod-cd0a9d25 goes on being
    called, and prod-8c8a3a9d stays for a look, hosted for $1,224.00 in 30 days
  deployment: prod-cd0a9d25 -> prod-8c8a3a9d
  model: cd0a9d25 -> 8c8a3a9d
  raiPolicyName: Microsoft.DefaultV2 -> strict
  sku.capacity: 50 -> 10
  sku.name: Standard -> GlobalStandard
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = degraded deployment, model differs in deployment, model, raiPolicyName, sku.capacity,
    sku.name\
""")


def test_verification_in_place() -> None:
    """In place, the mark of a failure stands on the model that was put back."""
    failed = {"ftctl-verify": f"failed:{VERIFIED}"}
    assert shown(
        versioned(update="auto", verify=(PROMPT,)),
        {
            "put back": [plain(marks=failed)],
            "put back, with settings to change": [plain(marks=failed, capacity=10)],
            "nothing there": [],
            "there was none to put back": [plain(BYTES, marks=failed)],
            "another model": [plain()],
        },
    ) == snapshot("""\
put back
  keep verify_failed: 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25. The same
    prompts are not tried again: change them, or the model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, calls go to cd0a9d25.
    The same prompts are not tried again: change them, or the model
put back, with settings to change
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  = degraded deployment, model differs in sku.capacity
nothing there
  create missing: not on account/sweden; 50,000 tokens a minute (capacity 50); has to pass 1
    prompt. If it does not answer as expected, it is called all the same, and stays, hosted for
    $1,224.00 in 30 days
  = missing
there was none to put back
  keep verify_failed: 8c8a3a9d did not answer as verify expects, and is called all the same. The
    same prompts are not tried again: change them, or the model
  = degraded deployment, model 8c8a3a9d did not answer as verify expects, and is called all the
    same. The same prompts are not tried again: change them, or the model
another model
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule). It is then asked 1 prompt; if it
    fails, the earlier model is put back the same way, with a second gap if there was one before
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model\
""")


def test_a_gap_and_another() -> None:
    """Where it has to be deleted first, putting the earlier model back costs a second gap."""
    wanted = versioned(update="replace", verify=(PROMPT,))
    assert shown(wanted, {"replaced": [plain()]}) == snapshot("""\
replaced
  replace changed: another model: deleted and made again under the same name; calls fail
    meanwhile, for 2 to 10 minutes as a rule. It is then asked 1 prompt; if it fails, the
    earlier model is put back the same way, with a second gap
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model\
""")


def test_the_pointer() -> None:
    """Applications call the one that was promoted last; while there is none, they call nothing."""
    goal = versioned().goal

    def points_to(*records: DeploymentRecord) -> str | None:
        found = pointer(goal, arranged(goal, records))
        return found and found.deployment

    assert points_to() is None
    assert pointer(goal, Missing(NOON, Unknown("nobody knows"))) is None
    assert points_to(new()) is None
    assert points_to(plain()) == "prod"
    assert points_to(plain(), new()) == "prod"
    assert points_to(plain(), new(promoted=minutes(1))) == f"prod-{NEW}"
    assert points_to(old(promoted=minutes(1)), new(promoted=minutes(2))) == f"prod-{OLD}"
    assert points_to(new(promoted=minutes(1), provisioning="Creating")) is None
    assert points_to(new(promoted=minutes(1), provisioning="Accepted")) == f"prod-{NEW}"
    assert points_to(replace(plain(), tags={})) is None


def test_what_was_approved_covers_the_whole_path() -> None:
    """The first plan covers every later step of a rollout; so does one made in the middle of it."""
    wanted = versioned()
    looks = [
        [old(promoted=minutes(90))],
        [old(promoted=minutes(90)), new()],
        [old(promoted=minutes(90)), new(promoted=minutes(10))],
        [old(promoted=minutes(90)), new(promoted=minutes(61))],
    ]
    context = Context(NOON, Policy(project="shop"), {})
    actions = [
        KIND.decide(wanted, arranged(wanted.goal, [*there]), context).action for there in looks
    ]
    for number, approved in enumerate(actions):
        approval = Approval.of(Plan((approved,)))
        assert all(approval.covers(later) for later in actions[number:] if later.is_active)


def test_protected_versions() -> None:
    """Until the pointer has moved, protection counts; the old one then goes as it was approved."""
    wanted = versioned(is_protected=True)
    context = Context(NOON, Policy(project="shop"), {})
    mark = {"ftctl-protect": "true"}

    def verb(*records: DeploymentRecord) -> tuple[str, bool]:
        there = [replace(one, sku="Standard") for one in records]
        action = KIND.decide(wanted, arranged(wanted.goal, there), context).action
        return action.verb.value, action.is_protected

    before = old(promoted=minutes(90), marks=mark)
    assert verb(before) == ("replace", True)
    assert verb(before, new(marks=mark)) == ("replace", True)
    assert verb(before, new(promoted=minutes(61), marks=mark)) == ("update", True)


def test_destroying_versions() -> None:
    """Destroying takes all versions, and nothing that only looks like one."""
    goal = versioned().goal
    stranger = replace(record("cc" * 32), tags={})
    state = arranged(goal, [old(promoted=minutes(9)), new(), stranger])
    assert state is not None
    assert [one.name for one in state.together] == [f"prod-{OLD}", f"prod-{NEW}"]
    assert KIND.retire(PROD, state).reason == snapshot(
        "from account/sweden, with prod-8c8a3a9d; calls to it fail from then on"
    )


def test_the_version_that_its_model_wants() -> None:
    """What is served is what the model says: an older version, or one of another name."""
    older = {"model": model_id(OTHER_BYTES), "account": "sweden", "version": OLD}
    needs = {BOT: Standing(Phase.DEGRADED, older)}
    context = Context(NOON, Policy(project="shop"), needs)
    wanted = wanted_deployment()

    def decided(sha256: str, **more: Any) -> str:
        state = there_deployment(sha256, **more)
        return KIND.decide(wanted, state, context).action.verb.value

    assert decided(OTHER_BYTES) == "keep"
    assert decided(BYTES) == "replace"
    nameless = {"model": "gpt-4.1-mini.ft-1-imported", "account": "sweden", "version": "0a0b0c0d"}
    context = Context(NOON, Policy(project="shop"), {BOT: Standing(Phase.READY, nameless)})
    assert decided(BYTES, model="GPT-4.1-mini.ft-1-imported") == "keep"


def test_the_first_call() -> None:
    """A model that was put behind a name and not called since is called, unless nobody is to."""
    never = {"ftctl-called": "never"}
    cases = {
        "being made": [plain(BYTES, provisioning="Creating", marks=never)],
        "made": [plain(BYTES, marks=never)],
        "made by somebody who may not call it": [plain(BYTES, marks={"ftctl-called": "forbidden"})],
    }
    told = [
        shown(wanted_deployment(sku="Standard", **more), cases)
        for more in ({}, {"verify": (PROMPT,)}, {"probe": False})
    ]
    assert "\n\n".join(told) == snapshot("""\
being made
  wait pending: the service says Creating; then called once
  = pending deployment, model Creating
made
  update unchecked: nobody has called it since it serves this model: called once
  = pending deployment, model not called yet, so nobody knows whether it answers
made by somebody who may not call it
  keep as_wanted: as declared
  = ready deployment, model

being made
  wait pending: the service says Creating; then called once and asked 1 prompt
  = pending deployment, model Creating
made
  update unchecked: nobody has called it since it serves this model: called once and asked 1
    prompt
  = pending deployment, model not called yet, so nobody knows whether it answers
made by somebody who may not call it
  update unchecked: nobody has asked it the 1 prompt of verify yet
  = ready deployment, model its answers have not been checked

being made
  wait pending: the service says Creating
  = pending deployment, model Creating
made
  keep as_wanted: as declared
  = ready deployment, model
made by somebody who may not call it
  keep as_wanted: as declared
  = ready deployment, model\
""")
