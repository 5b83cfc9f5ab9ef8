"""What has to be there before something that nobody wants any more goes."""

from __future__ import annotations

import pytest

from reconciler.planning.action import Action, Deferred, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan
from reconciler.planning.succession import heirs

NEXT, BOT, OTHER = (
    Address("deployment", "next"),
    Address("finetunedmodel", "bot"),
    Address("finetunedmodel", "other"),
)
WANTED = frozenset({NEXT, BOT, OTHER})


def step(at: Address, verb: Verb, code: ReasonCode = ReasonCode.PENDING) -> Action:
    return Action(at, verb, code, "")


def going(kind: str, name: str) -> Action:
    return step(Address(kind, name), Verb.DELETE, ReasonCode.UNWANTED)


OLD, VERSION = going("deployment", "prod"), going("finetunedmodel", "bot@0badc0de")


@pytest.mark.parametrize(
    ("verb", "code", "stays"),
    [
        (Verb.CREATE, ReasonCode.MISSING, True),
        (Verb.WAIT, ReasonCode.PENDING, True),
        (Verb.WAIT, ReasonCode.DRAINING, False),
        (Verb.UPDATE, ReasonCode.CHANGED, False),
        (Verb.REPLACE, ReasonCode.CHANGED, False),
        (Verb.KEEP, ReasonCode.ASLEEP, False),
    ],
)
def test_what_is_not_there_yet(verb: Verb, code: ReasonCode, *, stays: bool) -> None:
    """A deployment stays until those that are wanted are there, also the deferred ones."""
    one = step(NEXT, verb, code)
    for proposal in (Plan((one, OLD)), Plan((OLD,), (Deferred(NEXT, (BOT,), one),))):
        assert heirs(OLD, proposal, WANTED) == ((NEXT,) if stays else ())


def test_a_version_waits_for_its_own_model() -> None:
    """What other models are at is nothing to it, nor to a deployment."""
    other = Plan((step(OTHER, Verb.WAIT), VERSION, OLD))
    assert heirs(VERSION, other, WANTED) == heirs(OLD, other, WANTED) == ()
    assert heirs(VERSION, Plan((step(BOT, Verb.TRAIN), VERSION)), WANTED) == (BOT,)


def test_what_goes_follows_nothing() -> None:
    """Only what is wanted can come in its place."""
    assert heirs(OLD, Plan((step(NEXT, Verb.CREATE), OLD)), frozenset()) == ()
