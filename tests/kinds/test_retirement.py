"""The end of a base model, of training on it, and of what serves it, as plans announce it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.facts import facts_of as serving_facts
from reconciler.kinds.fine_tuned_model.facts import facts_of
from reconciler.kinds.retirement import AHEAD, Dates, soon
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.plan import plan
from reconciler.planning.policy import Policy
from reconciler.providers.azure.catalogue import built_in
from reconciler.reporting.page import Page
from tests.planning.situations import (
    ACCOUNT,
    NOON,
    desired,
    everything,
    observed,
    picture,
    spine,
    there_account,
    there_deployment,
    trained,
    wanted_deployment,
    wanted_model,
)

FACTS = facts_of(built_in(), "gpt-4.1")
DATES = FACTS.dates
TRAINING, DEPLOYMENTS = date(2027, 4, 14), date(2027, 10, 14)
MOMENTS = {
    "before all": datetime(2026, 4, 1, tzinfo=UTC),
    "half a year before the base model": datetime(2026, 4, 17, tzinfo=UTC),
    "today": NOON,
    "the eve of the end of training": datetime(2027, 4, 13, 23, tzinfo=UTC),
    "the end of training": datetime(2027, 4, 14, tzinfo=UTC),
    "half a year before the deployments": datetime(2027, 4, 17, tzinfo=UTC),
    "the end": datetime(2027, 10, 14, tzinfo=UTC),
}


def noted(wanted: Wanted, state: object) -> str:
    """What a person would be told, from moment to moment."""
    lines: list[str] = []
    for name, now in MOMENTS.items():
        context = Context(now, Policy(project="shop"), {})
        notices = KINDS[wanted.address.kind].decide(wanted, state, context).notices
        texts = [f"{name}:", *(line for one in notices for line in Page(80).wrap(one, 4))]
        lines += texts if notices else [f"{name}: -"]
    return "\n".join(lines)


def test_before_a_training() -> None:
    """Who is about to train is told whether it is still possible, and for how long."""
    assert noted(wanted_model(facts=FACTS), None) == snapshot("""\
before all: -
half a year before the base model:
    gpt-4.1-2025-04-14 retires on 2026-10-14, in 180 days (Microsoft Learn,
    "Model retirements", 2026-07)
today:
    gpt-4.1-2025-04-14 retired on 2026-10-14: only subscriptions that have
    trained it before may still do so; training on it retires on 2027-04-14, in
    145 days (Microsoft Learn, "Model retirements", 2026-07)
the eve of the end of training:
    gpt-4.1-2025-04-14 retired on 2026-10-14: only subscriptions that have
    trained it before may still do so; training on it retires on 2027-04-14, in
    1 day (Microsoft Learn, "Model retirements", 2026-07)
the end of training:
    training on gpt-4.1-2025-04-14 retired on 2027-04-14; expect the service to
    refuse it (Microsoft Learn, "Model retirements", 2026-07)
half a year before the deployments:
    training on gpt-4.1-2025-04-14 retired on 2027-04-14; expect the service to
    refuse it (Microsoft Learn, "Model retirements", 2026-07)
the end:
    training on gpt-4.1-2025-04-14 retired on 2027-04-14; expect the service to
    refuse it (Microsoft Learn, "Model retirements", 2026-07)\
""")


def test_after_a_training() -> None:
    """A trained model is told of what can still be done, and not of what is over."""
    assert noted(wanted_model(facts=FACTS), trained()) == snapshot("""\
before all: -
half a year before the base model: -
today:
    training on gpt-4.1-2025-04-14 retires on 2027-04-14, in 145 days (Microsoft
    Learn, "Model retirements", 2026-07)
the eve of the end of training:
    training on gpt-4.1-2025-04-14 retires on 2027-04-14, in 1 day (Microsoft
    Learn, "Model retirements", 2026-07)
the end of training: -
half a year before the deployments: -
the end: -\
""")


def test_of_a_deployment() -> None:
    """A deployment is told when it will stop answering."""
    facts = serving_facts(built_in(), "GlobalStandard", "OpenAI", DATES)
    assert noted(wanted_deployment(facts=facts), there_deployment()) == snapshot("""\
before all: -
half a year before the base model: -
today: -
the eve of the end of training: -
the end of training: -
half a year before the deployments:
    fine-tuned deployments of gpt-4.1-2025-04-14 retire on 2027-10-14, in 180
    days (Microsoft Learn, "Model retirements", 2026-07)
the end:
    fine-tuned deployments of gpt-4.1-2025-04-14 retired on 2027-10-14; the
    service refuses calls (Microsoft Learn, "Model retirements", 2026-07)\
""")


def test_a_base_model_alone() -> None:
    """Where only the end of the base model is known, only that is announced."""
    facts = facts_of(built_in(), "gpt-5")
    context = Context(NOON, Policy(), {})
    [notice] = KINDS["finetunedmodel"].decide(wanted_model(facts=facts), None, context).notices
    assert notice.startswith("gpt-5-2025-08-07 retires on 2027-02-06, in 78 days (Microsoft Learn")


@pytest.mark.parametrize("days", [1, 2, AHEAD.days, AHEAD.days + 1, 0, -1])
def test_half_a_year_ahead(days: int) -> None:
    """A day is announced from 180 days ahead until the eve of it."""
    said = soon((NOON + timedelta(days=days)).date(), NOON)
    assert bool(said) == (0 < days <= AHEAD.days)
    assert said.endswith("day" if days == 1 else "days") or not said


def test_unknown_dates() -> None:
    """Where no day is known, nothing is said."""
    nothing = replace(FACTS, dates=Dates("gpt-4.1"))
    assert noted(wanted_model(facts=nothing), None).count(": -") == len(MOMENTS)


def plainly(*, is_new: bool) -> str:
    account, data, _model, deployment = spine()
    model = wanted_model(data, facts=FACTS)
    states = {ACCOUNT: there_account()} if is_new else everything()
    return picture(plan(desired(account, data, model, deployment), observed(states)))


def test_a_plan() -> None:
    """On 80 columns: what another tier would cost, and how long the base model can be trained."""
    assert plainly(is_new=True) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    at DeveloperTier: $3.00 (derived from GlobalStandard)
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: finetunedmodel/bot: gpt-4.1-2025-04-14 retired on 2026-10-14: only
    subscriptions that have trained it before may still do so; training on it
    retires on 2027-04-14, in 145 days (Microsoft Learn, "Model retirements",
    2026-07)
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 2 to create, 1 to train. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")
    assert plainly(is_new=False) == snapshot("""\
note: finetunedmodel/bot: training on gpt-4.1-2025-04-14 retires on 2027-04-14,
    in 145 days (Microsoft Learn, "Model retirements", 2026-07)
Nothing to do: 4 resources as wanted.\
""")
