"""Plans on the serving side as a person sees them, on 80 columns: one for each thing it does.

Clean-up, in the order that the service demands, is in test_destroying.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds.deployment.expectation import Expectation, mark
from reconciler.kinds.deployment.holding import slots_key
from reconciler.kinds.deployment.supplies import NO_SLOT
from reconciler.planning.address import Address
from reconciler.planning.plan import plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.planning.supply import Supply
from reconciler.reporting.page import Page
from reconciler.reporting.plan_text import plan_lines, refusal_lines
from tests.kinds.lives import ago, gone, living, rule
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    CHATS,
    OTHER_BYTES,
    PROD,
    desired,
    job,
    observed,
    spine,
    there_account,
    there_data,
    there_deployment,
    trained,
    wanted_account,
    weights,
)

PAGE = Page(width=80)
PROMPT = Expectation(prompt="What opens at nine?", contains="library")
SWEDEN = wanted_account("sweden").goal
NORWAY = replace(wanted_account("norway").goal, region="norwayeast")
OLD = f"prod-{weights(OTHER_BYTES)[:8]}"


def shown(
    there: Any,
    *,
    states: Mapping[Address, Any] | None = None,
    supplies: Mapping[str, Supply] | None = None,
    policy: Policy | None = None,
    **deployment: Any,
) -> str:
    """The plan where the deployment of the spine is as `there`, and its model long trained."""
    model = trained(replace(job(), created_at=ago(60), finished_at=ago(59)))
    seen: dict[Address, Any] = {ACCOUNT: there_account(), CHATS: there_data(), BOT: model}
    if there is not None:
        seen[PROD] = there
    wants = desired(*spine(**deployment), policy=policy)
    look = observed(seen | dict(states or {}), supplies=supplies)
    made = plan(wants, look)
    refused = refusals(made, wants, look)
    return "\n".join([*plan_lines(made, PAGE), *(refusal_lines(refused, PAGE) if refused else [])])


def test_settings() -> None:
    """Capacity, in both of its units, a filter and a tag."""
    settings = {"capacity": 80, "tags": {"team": "cx"}, "properties": {"raiPolicyName": "strict"}}
    assert shown(there_deployment(), **settings) == snapshot("""\
~ deployment/prod
    update: its settings differ from the manifest; 80,000 tokens a minute
    (capacity 80)
    raiPolicyName: Microsoft.DefaultV2 -> strict
    sku.capacity: 50 -> 80
    tags.team: (none) -> cx
    way back: apply the earlier manifest
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_another_account() -> None:
    """The weights go to another region."""
    places = {"sweden": SWEDEN, "norway": NORWAY}
    assert shown(None, account="norway", places=places) == snapshot("""\
+ deployment/prod
    create: not on account/norway; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in norwayeast
note: deployment/prod: the weights are copied from account/sweden: region
    swedencentral to norwayeast
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_another_model() -> None:
    """In place, deleted and made again, or beside the one that serves."""
    before = there_deployment(OTHER_BYTES)
    assert shown(before, update="replace", verify=(PROMPT,)) == snapshot("""\
± deployment/prod
    replace: another model: deleted and made again under the same name; calls
    fail meanwhile, for 2 to 10 minutes as a rule. It is then asked 1 prompt; if
    it fails, the earlier model is put back the same way, with a second gap
    model: cd0a9d25 -> 8c8a3a9d
    way back: apply the earlier manifest; the earlier model stays
Plan: 1 to replace. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")
    assert shown(before, update="auto") == snapshot("""\
± deployment/prod
    replace: another model: in place if the service can; else deleted and made
    again (calls fail meanwhile, for 2 to 10 minutes as a rule)
    model: cd0a9d25 -> 8c8a3a9d
    way back: apply the earlier manifest; the earlier model stays
Plan: 1 to replace. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")
    tags = before.record.tags | {"ftctl-promoted": ago(9).isoformat()}
    named = replace(before, record=replace(before.record, name=OLD, tags=tags))
    assert shown(named, update="versioned", drain=timedelta(hours=1)) == snapshot("""\
± deployment/prod
    replace: another model: prod-8c8a3a9d is made, called once and promoted;
    prod-cd0a9d25 answers for another 1h and is then deleted. Both are hosted
    until then: $1.70 more. If it does not answer, prod-cd0a9d25 goes on being
    called, and prod-8c8a3a9d stays for a look, hosted for $1,224.00 in 30 days
    deployment: prod-cd0a9d25 -> prod-8c8a3a9d
    model: cd0a9d25 -> 8c8a3a9d
    hosting $1,225.70 in 30 days: 720 hours, called or not, and $1.70 for other
    versions while they are there
    way back: apply the earlier manifest; until prod-cd0a9d25 is deleted, that
    only moves calls back
Plan: 1 to replace. 3 resources as wanted.
Hosting: $1,225.70 in 30 days.\
""")


def test_readiness() -> None:
    """Made and never called; and rejected for its answers."""
    record = there_deployment().record
    new = there_deployment(tags=record.tags | {"ftctl-called": "never"})
    assert shown(new, verify=(PROMPT,)) == snapshot("""\
~ deployment/prod
    update: nobody has called it since it serves this model: called once and
    asked 1 prompt
    way back: not needed: it only asks
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")
    failed = {"ftctl-verify": f"failed:{mark(weights()[:8], [PROMPT])}"}
    assert shown(there_deployment(tags=record.tags | failed), verify=(PROMPT,)) == snapshot("""\
! deployment/prod
    8c8a3a9d did not answer as verify expects, and is called all the same. The
    same prompts are not tried again: change them, or the model
Plan: 1 stuck. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_inactivity() -> None:
    """Warned of, kept alive, put to sleep."""
    idle = living(30, 11)
    assert shown(idle) == snapshot("""\
note: deployment/prod: deleted by the service in 4d unless called; last call 11d
    ago; hosting since then $448.80
Nothing to do: 4 resources as wanted.\
""")
    assert shown(living(30, 14), inactivity=rule(then="keepAlive")) == snapshot("""\
~ deployment/prod
    update: one short call, or the service deletes it in 1d
    way back: not needed: it is only called
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")
    assert shown(idle, inactivity=rule(hibernateAfter="3d")) == snapshot("""\
- deployment/prod
    delete: nobody called it for 11d; saves $1,224.00 in 30 days
    way back: ftctl wake prod; the model stays
Plan: 1 to delete. 3 resources as wanted.\
""")


def test_developer_tier() -> None:
    """Its day is told before it begins, and over once it has passed."""
    assert shown(None, sku="DeveloperTier") == snapshot("""\
+ deployment/prod
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $0.00 in 30 days: no charge by the hour
note: deployment/prod: DeveloperTier may process prompts and answers in any
    Azure region, and promises no data residency
note: deployment/prod: a DeveloperTier deployment ends 24 hours after it was
    made, called or not; ftctl wake prod brings it back, or any apply with
    renew: true
Plan: 1 to create. 3 resources as wanted.\
""")
    assert shown(gone(2), sku="DeveloperTier", renew=True) == snapshot("""\
+ deployment/prod
    create: not on account/sweden; the service deleted it when its 24 hours were
    up, and renew is true; 50,000 tokens a minute (capacity 50)
    hosting $0.00 in 30 days: no charge by the hour
note: deployment/prod: DeveloperTier may process prompts and answers in any
    Azure region, and promises no data residency
note: deployment/prod: a DeveloperTier deployment ends 24 hours after it was
    made, called or not; renew: true makes it again with the next apply
Plan: 1 to create. 3 resources as wanted.\
""")


def test_vanished() -> None:
    """By idleness, by somebody, with its account."""
    assert shown(gone(20, told=90)) == snapshot("""\
! deployment/prod
    the service deleted it, not called since 2026-10-30; ftctl wake prod brings
    it back, or any apply with inactivity: {then: redeploy}
Plan: 1 stuck. 3 resources as wanted.\
""")
    assert shown(gone(2)) == snapshot("""\
+ deployment/prod
    create: not on account/sweden; somebody deleted it: it was called 2d ago,
    and the service waits 15 days; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")
    assert shown(None, states={ACCOUNT: None}) == snapshot("""\
! account/sweden
    no account aoai-sweden in resource group rg-ml
? deployment/prod  (after account/sweden)
    create: the account itself cannot be seen; 50,000 tokens a minute (capacity
    50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 stuck. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_quota() -> None:
    """Found before anything is paid."""
    full = Supply("fine-tuned deployments in account/sweden", 10, 10, NO_SLOT)
    supplies = {slots_key("sweden", "fine-tuned"): full}
    assert shown(None, supplies=supplies, places={"sweden": SWEDEN}) == snapshot("""\
+ deployment/prod
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in swedencentral
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.
refused (limit): Of fine-tuned deployments in account/sweden, the plan needs 1
    more; 0 of 10 are left.
    Delete one, put deployment/prod into another account, or pass --force if the
    service allows this account more.
Nothing was done.\
""")


def test_budget() -> None:
    """A plan above the budget for hosting refuses itself."""
    policy = Policy(project="shop", hosting_budget=Decimal(1000))
    assert shown(None, policy=policy) == snapshot("""\
+ deployment/prod
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.
refused (budget.hostingPerMonth): Hosting would cost $1,224.00 in 30 days; the
    budget is $1,000.00.
    Raise spec.budget.hostingPerMonth of the Project, or remove a deployment.
Nothing was done.\
""")
