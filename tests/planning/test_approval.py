"""What a person approved bounds every later step."""

from __future__ import annotations

import pytest

from reconciler.planning.action import Action, Deferred, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.approval import COVERS, Approval
from reconciler.planning.plan import Plan

BOT = Address("finetunedmodel", "bot")
OTHER = Address("finetunedmodel", "other")


def action(verb: Verb, code: ReasonCode = ReasonCode.CHANGED, at: Address = BOT) -> Action:
    return Action(at, verb, code, "")


def approval(verb: Verb) -> Approval:
    return Approval.of(Plan((action(verb),)))


# One row an approved verb; an x where it covers the step of the column.
TABLE = """
         create update replace delete train
create   x      x      .       .      .
update   .      x      .       .      .
replace  x      x      x       .      .
delete   .      .      .       x      .
train    .      .      .       .      x
wait     .      .      .       .      .
keep     .      .      .       .      .
"""


def cells() -> list[tuple[Verb, Verb, bool]]:
    head, *rows = TABLE.strip("\n").splitlines()
    return [
        (Verb(approved), Verb(step), mark == "x")
        for approved, *marks in map(str.split, rows)
        for step, mark in zip(head.split(), marks, strict=True)
    ]


@pytest.mark.parametrize(("approved", "step", "is_covered"), cells())
def test_a_cell(approved: Verb, step: Verb, *, is_covered: bool) -> None:
    """A verb covers itself and the lesser ones that lead to the same end."""
    assert approval(approved).covers(action(step)) is is_covered


def test_the_table_is_whole() -> None:
    """Every verb has its row."""
    assert {approved for approved, _, _ in cells()} == set(Verb) == set(COVERS)


def test_what_has_drained() -> None:
    """Whoever approved a rollout, or waited for one, has read that the old version goes."""
    drained = action(Verb.UPDATE, ReasonCode.DRAINED)
    assert approval(Verb.REPLACE).covers(drained)
    assert approval(Verb.WAIT).covers(drained)
    assert not approval(Verb.KEEP).covers(drained)


def test_what_was_waited_for() -> None:
    """Whoever approved waiting for a deployment has read that it is called then."""
    unchecked = action(Verb.UPDATE, ReasonCode.UNCHECKED)
    assert approval(Verb.WAIT).covers(unchecked)
    assert not approval(Verb.WAIT).covers(action(Verb.UPDATE))
    assert not approval(Verb.KEEP).covers(unchecked)


def test_what_was_not_in_the_plan() -> None:
    """Leave for one resource says nothing about another."""
    assert not approval(Verb.TRAIN).covers(action(Verb.TRAIN, at=OTHER))


def test_what_was_deferred() -> None:
    """What was to come later was approved, too."""
    later = Plan(deferred=(Deferred(BOT, (OTHER,), action(Verb.TRAIN)),))
    assert Approval.of(later).covers(action(Verb.TRAIN))


@pytest.mark.parametrize("verb", Verb)
def test_retry(verb: Verb) -> None:
    """Another attempt costs again, so only leave to train covers it, not leave to wait for one."""
    retry = action(Verb.TRAIN, ReasonCode.RETRY)
    assert approval(verb).covers(retry) is (verb is Verb.TRAIN)


def test_twins() -> None:
    """Cancelling a needless twin saves money, and needs no leave."""
    assert Approval.of(Plan()).covers(action(Verb.UPDATE, ReasonCode.TWIN))
