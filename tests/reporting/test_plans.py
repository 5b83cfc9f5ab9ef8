"""Plans as text and as JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest
from inline_snapshot import snapshot

from reconciler.planning.action import Notice
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan, plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.reporting.formats import PlanOut
from reconciler.reporting.page import Page
from reconciler.reporting.plan_json import plan_out
from reconciler.reporting.plan_text import notice_lines, plan_lines
from tests.planning.situations import (
    ACCOUNT,
    OTHER_BYTES,
    PROD,
    desired,
    everything,
    found,
    observed,
    there_account,
    there_deployment,
)

POLICY = Policy(project="shop", training_budget=Decimal(5))
NEW = plan(desired(policy=POLICY), observed({ACCOUNT: there_account()}))


def words(width: int) -> list[str]:
    return " ".join(plan_lines(NEW, Page(width))).split()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_widths(width: int) -> None:
    """On any width the same words are said."""
    assert words(width) == words(1000)


def test_narrow() -> None:
    """Forty columns are enough."""
    assert "\n".join(plan_lines(NEW, Page(40))) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200
    examples, 52,000 bytes, to sweden
? finetunedmodel/bot  (after
    dataset/chats)
    train: never trained:
    gpt-4.1-2025-04-14 on chats, as
    8c8a3a9d
    training $6.00: 1,000,000 tokens x 3
    epochs x $2.00 a million
    way back: cancelling is free until
    it starts; what has run by then is
    paid
? deployment/prod  (after
    finetunedmodel/bot)
    create: not on account/sweden;
    50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720
    hours, called or not
note: deployment/prod: GlobalStandard
    may process prompts and answers in
    any Azure region; data at rest stays
    in the region of the account
Plan: 2 to create, 1 to train. 1
resource as wanted.
Training: $6.00. Hosting: $1,224.00 in
30 days.\
""")


def test_verbose() -> None:
    """In full, each price has its source, and each step its way back."""
    assert "\n".join(plan_lines(NEW, Page(80), is_verbose=True)) == snapshot("""\
= account/sweden
    it is there
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
    way back: ftctl destroy --files
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    tokens are an estimate; price: Microsoft Learn, "Cost management for
    fine-tuning", 2026-03-19
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
    Microsoft Learn, "Cost management for fine-tuning", 2026-03-19
    way back: ftctl destroy, or delete it here and prune
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 2 to create, 1 to train. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_colours() -> None:
    """A plan without colours has no escapes; one with them has the same words."""
    plain = list(plan_lines(NEW, Page(80)))
    coloured = list(plan_lines(NEW, Page(80, has_color=True)))
    assert not any("\x1b" in line for line in plain)
    assert len(plain) == len(coloured)
    assert "\x1b[32m+ dataset/chats\x1b[0m" in coloured


def test_an_empty_plan() -> None:
    """A plan of nothing says that there is nothing to do."""
    assert list(plan_lines(Plan(), Page(80))) == ["Nothing to do."]


def test_json() -> None:
    """The JSON of a plan, with everything that scripts may rely on."""
    wants = desired(policy=POLICY)
    sees = observed({ACCOUNT: there_account()}, [found("old")])
    made = plan(wants, sees)
    out = plan_out(made, "shop", refusals(made, wants, sees))
    shown = out.model_dump(mode="json")
    assert PlanOut.model_validate(shown) == out
    assert (shown["format_version"], shown["project"], shown["has_changes"]) == (
        "1.0",
        "shop",
        True,
    )
    assert shown["actions"][0] == snapshot(
        {
            "address": "account/sweden",
            "verb": "keep",
            "reason": "it is there",
            "reason_code": "as_wanted",
            "changes": [],
            "cost": None,
            "undo": "",
        }
    )
    deferred = shown["deferred"][0]
    assert {name: deferred[name] for name in ("waits_for", "then", "reason_code")} == snapshot(
        {"waits_for": ["dataset/chats"], "then": "train", "reason_code": "new"}
    )
    assert {**deferred["cost"], "source": ""} == snapshot(
        {
            "training_low": 6.0,
            "training_high": 6.0,
            "hosting_per_month": None,
            "currency": "USD",
            "basis": "1,000,000 tokens x 3 epochs x $2.00 a million",
            "source": "",
            "offers": [],
        }
    )
    assert {tuple(one) for one in shown["notices"]} == {("address", "message")}
    assert shown["refusals"][0]["guard"] == "budget.trainingPerApply"
    assert shown["refusals"][0]["message"] == snapshot(
        "Training costs up to $6.00; the budget of one apply is $5.00."
    )
    assert shown["summary"] == snapshot(
        {
            "create": 2,
            "update": 0,
            "replace": 0,
            "delete": 0,
            "train": 1,
            "wait": 0,
            "keep": 1,
            "deferred": 2,
            "in_line": 0,
            "stuck": 0,
            "training_low": 6.0,
            "training_high": 6.0,
            "is_training_cost_known": True,
            "hosting_per_month": 1224.0,
            "is_hosting_cost_known": True,
        }
    )


def test_a_note_about_many() -> None:
    """The same note is said once, with the first of those it is about."""
    bots = [Address("deployment", f"bot-{number}") for number in range(4)]
    few = [Notice("Metrics come late.", bot) for bot in bots[:2]]
    notes = [*few, Notice("The quota is unknown."), *(Notice("It is idle.", bot) for bot in bots)]
    assert list(notice_lines(notes, Page(100))) == [
        "note: deployment/bot-0 and deployment/bot-1: Metrics come late.",
        "note: The quota is unknown.",
        "note: deployment/bot-0, deployment/bot-1 and 2 more: It is idle.",
    ]


def test_changes_in_json() -> None:
    """Each change has its field and both values, with their types."""
    states = everything() | {PROD: there_deployment(OTHER_BYTES, capacity=10)}
    out = plan_out(plan(desired(), observed(states)), "shop")
    assert [one.model_dump() for one in out.actions[-1].changes] == snapshot(
        [
            {"field": "model", "before": "cd0a9d25", "after": "8c8a3a9d"},
            {"field": "sku.capacity", "before": 10, "after": 50},
        ]
    )
