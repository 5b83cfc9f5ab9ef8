"""Where everything stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.address import Address
from reconciler.planning.kind import Found
from reconciler.reporting.formats import StatusOut
from reconciler.reporting.page import Page
from reconciler.reporting.status import rows, status_json, status_lines
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
    there_account,
    there_data,
    there_deployment,
    trained,
)


def shown(states: dict[Address, Any], *others: Found, page: Page | None = None) -> str:
    there = rows(desired(), observed(states))
    return "\n".join(status_lines(there, others, NOON, page or Page(80)))


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
    hosting: $1,224.00 in 30 days\
""")


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
    waits for finetunedmodel/bot\
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
    there = rows(desired(), observed(everything()))
    out = status_json(there, [found("old")], NOON + timedelta())
    StatusOut.model_validate(out)
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
