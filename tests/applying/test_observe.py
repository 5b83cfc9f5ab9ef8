"""One look at everything: what nobody wants is told apart by where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.applying.observe import observe
from reconciler.planning.desired import Desired
from reconciler.planning.kind import Found, Observation
from reconciler.providers.session import Session
from tests.applying.fakes import NOON, PRUNING, World, kind_of, no_connection, thing


def seen(accounts: list[str], *there: str) -> list[str]:
    """What a thing of ours is called that is there on some of the accounts."""
    others = tuple(Found(thing("bot"), one, is_ours=True, state=None) for one in there)
    kind = replace(kind_of(World()), observe=lambda *_: Observation({}, others))
    places: dict[str, Any] = dict.fromkeys(accounts)
    desired = Desired({}, {kind.word: kind}, PRUNING)
    found = observe(desired, Session(places, no_connection), NOON).others
    return [str(one.address) for one in found]


def test_several_accounts() -> None:
    """A name says where it is, also when the other one of that name has gone in the same run."""
    both = ["france", "sweden"]
    assert seen(both, "france", "sweden") == ["thing/bot@france", "thing/bot@sweden"]
    assert seen(both, "sweden") == ["thing/bot@sweden"]


def test_one_account() -> None:
    """Where there is only one, nobody has to be told."""
    assert seen(["sweden"], "sweden") == ["thing/bot"]
