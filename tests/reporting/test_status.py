"""Where everything stands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Wanted
from reconciler.planning.policy import Policy
from reconciler.reporting.page import Page
from reconciler.reporting.status import status, status_lines, status_out
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    CHATS,
    NOON,
    PROD,
    desired,
    everything,
    failed,
    found,
    job,
    observed,
    spine,
    there_account,
    there_data,
    there_deployment,
    trained,
    wanted_deployment,
)


def shown(
    states: dict[Address, Any],
    *others: Found,
    page: Page | None = None,
    policy: Policy | None = None,
    wanted: Iterable[Wanted] = (),
) -> str:
    there = status(desired(*wanted, policy=policy), observed(states, others))
    return "\n".join(status_lines(there, page or Page(80)))


def test_nothing_there() -> None:
    """What is missing says what it waits for."""
    assert shown({ACCOUNT: there_account()}) == snapshot("""\
account/sweden      ready     90d
    account: aoai-sweden
dataset/chats       missing
finetunedmodel/bot  missing
    waits for dataset/chats
deployment/prod     missing
    waits for finetunedmodel/bot\
""")


def test_training() -> None:
    """What runs has its age and its id."""
    states = {ACCOUNT: there_account(), CHATS: there_data(), BOT: trained(job(status="running"))}
    assert shown(states) == snapshot("""\
account/sweden      ready     90d
    account: aoai-sweden
dataset/chats       ready     2d
    sweden: file-1
finetunedmodel/bot  running   1d     training
    job: ftjob-1
deployment/prod     missing
    waits for finetunedmodel/bot\
""")


def test_everything_there() -> None:
    """What is ready has the ids that the service gave."""
    assert shown(everything()) == snapshot("""\
account/sweden      ready     90d
    account: aoai-sweden
dataset/chats       ready     2d
    sweden: file-1
finetunedmodel/bot  ready     20h
    model: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
    account: sweden
    version: 8c8a3a9d
    job: ftjob-1
deployment/prod     ready     19h
    deployment: prod
    model: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
    hosting: $1,224.00 in 30 days
Hosting: $1,224.00 in 30 days.\
""")


def last_line(states: dict[Address, Any], **more: Any) -> str:
    return shown(states, **more).splitlines()[-1]


def test_hosting_in_all() -> None:
    """The sum of what is there, and what of it is allowed; nothing where nothing is hosted."""
    policy = Policy(project="shop", hosting_budget=Decimal(6000))
    assert last_line(everything(), policy=policy) == snapshot(
        "Hosting: $1,224.00 in 30 days of $6,000.00 allowed."
    )
    unpriced = (*spine()[:-1], wanted_deployment(sku="ProvisionedManaged"))
    assert last_line(everything(), wanted=unpriced) == snapshot("Hosting: unknown price.")
    two = (*spine(), wanted_deployment(name="more", sku="ProvisionedManaged"))
    more = Address("deployment", "more")
    states = everything() | {more: there_deployment(name="more")}
    assert last_line(states, wanted=two, policy=policy) == snapshot(
        "Hosting: $1,224.00 in 30 days of $6,000.00 allowed, and more of unknown price."
    )
    assert "Hosting" not in shown({ACCOUNT: there_account()}, policy=policy)


def test_a_long_age() -> None:
    """An age of many letters stands apart from what follows."""
    made = NOON - timedelta(days=110, hours=23)
    states = everything() | {PROD: there_deployment(capacity=10, created_at=made)}
    assert shown(states).splitlines()[-5] == snapshot(
        "deployment/prod     degraded  110d 23h differs in sku.capacity"
    )


def test_failed_and_degraded() -> None:
    """What failed says why; what differs says in what."""
    states = everything() | {
        BOT: trained(failed("The server had an error.")),
        PROD: there_deployment(capacity=10),
    }
    assert shown(states) == snapshot("""\
account/sweden      ready     90d
    account: aoai-sweden
dataset/chats       ready     2d
    sweden: file-1
finetunedmodel/bot  failed
    the service failed it: The server had an error.
    job: ftjob-1
deployment/prod     degraded  19h    differs in sku.capacity
    deployment: prod
    model: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
    hosting: $1,224.00 in 30 days
    waits for finetunedmodel/bot
Hosting: $1,224.00 in 30 days.\
""")


def test_others() -> None:
    """With --all, what nobody here wants, and whose it is."""
    text = shown(everything(), found("old"), found("theirs", is_ours=False))
    assert "\n".join(text.splitlines()[-4:]) == snapshot("""\
deployment/old  (ours, not wanted, in sweden)
    GlobalStandard 50
deployment/theirs  (not ours, in sweden)
    GlobalStandard 50\
""")


def test_colours() -> None:
    """Colours only when asked, and around the same words."""
    assert "\x1b" not in shown(everything())
    assert "\x1b[32mready   \x1b[0m" in shown(everything(), page=Page(80, has_color=True))


def test_json() -> None:
    """The same as JSON, by the schema."""
    policy = Policy(project="shop", hosting_budget=Decimal(6000))
    seen = status(desired(policy=policy), observed(everything(), [found("old")]))
    out = json.loads(status_out(seen).model_dump_json())
    assert out["hosting_per_month"] == 1224
    assert out["is_hosting_cost_known"]
    assert out["hosting_budget"] == 6000
    assert out["resources"][2] == snapshot(
        {
            "address": "finetunedmodel/bot",
            "phase": "ready",
            "ids": {
                "model": "gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d",
                "account": "sweden",
                "version": "8c8a3a9d",
                "job": "ftjob-1",
            },
            "since": "2026-11-19T16:00:00+00:00",
            "detail": "",
            "harms": [],
            "waits_for": [],
            "hosting_per_month": None,
        }
    )
    assert out["others"] == snapshot(
        [
            {
                "address": "deployment/old",
                "account": "sweden",
                "is_ours": True,
                "detail": "GlobalStandard 50",
            }
        ]
    )
