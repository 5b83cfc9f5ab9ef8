"""What is limited is counted before anything is done, and given back before it is needed."""

from __future__ import annotations

from dataclasses import replace

from inline_snapshot import snapshot

from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.planning.supply import Supply, freed_first, given_back, uncounted
from tests.planning.situations import desired, observed, refusal_picture

QUOTA = Supply(
    "OpenAI.Standard.gpt-4.1-finetune in swedencentral",
    limit=100,
    used=70,
    way_out="Lower the capacity of {takers}, or ask for quota.",
)
UNREAD = replace(QUOTA, unknown="nobody may read it")


def step(name: str, amount: int, verb: Verb = Verb.CREATE) -> Action:
    at = Address("deployment", name)
    return Action(at, verb, ReasonCode.NEW, "because", takes={"quota": amount})


NEW, BIG, OLD = step("new", 20), step("big", 50), step("old", -40, Verb.DELETE)


def refused(*actions: Action, supply: Supply = QUOTA, force: bool = False) -> str:
    wants = desired(policy=Policy(project="shop", force=force))
    found = refusals(Plan(actions), wants, observed({}, supplies={"quota": supply}))
    return refusal_picture(found) if found else ""


def names(actions: list[Action]) -> list[str]:
    return [one.address.name for one in actions]


def test_who_takes() -> None:
    """A refusal names those that take of what runs short."""
    assert refused(NEW) == ""
    assert refused(NEW, BIG, OLD) == ""
    assert refused(NEW, BIG) == snapshot("""\
refused (limit): Of OpenAI.Standard.gpt-4.1-finetune in swedencentral, the plan
    needs 70 more; 30 of 100 are left.
    Lower the capacity of deployment/new or deployment/big, or ask for quota.
Nothing was done.\
""")


def test_force() -> None:
    """--force goes ahead all the same: the service may have given more since."""
    assert refused(BIG, force=True) == ""


def test_unread() -> None:
    """What could not be read refuses nothing, and is said once, if anything takes of it."""
    assert refused(BIG, supply=UNREAD) == ""
    supplies = {"quota": UNREAD, "other": UNREAD}
    assert list(uncounted([NEW, BIG], supplies)) == ["nobody may read it"]
    assert list(uncounted([OLD], supplies)) == []
    assert list(uncounted([NEW], {"quota": QUOTA})) == []


def test_turns() -> None:
    """What gives back goes first where the others would run short; else it serves for longer."""
    assert names(freed_first([NEW, OLD], {"quota": QUOTA})) == ["new", "old"]
    assert names(freed_first([NEW, BIG, OLD], {"quota": QUOTA})) == ["old", "new", "big"]
    assert names(freed_first([BIG, OLD], {"quota": UNREAD})) == ["big", "old"]
    assert names(freed_first([BIG, OLD], {})) == ["big", "old"]


def test_given_back() -> None:
    """Only what is given back may still be on its way."""
    assert given_back([NEW, BIG]) == frozenset()
    assert given_back([NEW, OLD]) == {"quota"}
