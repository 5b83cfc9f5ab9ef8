"""Pruning goes from the users to what they use, in one plan."""

from __future__ import annotations

from inline_snapshot import snapshot

from reconciler.kinds.dataset.state import DatasetState
from reconciler.planning.address import Address
from reconciler.planning.approval import Approval
from reconciler.planning.kind import Found
from reconciler.planning.plan import plan
from reconciler.planning.policy import Policy
from tests.planning.situations import (
    OTHER_BYTES,
    desired,
    everything,
    observed,
    picture,
    trained,
    upload,
)

EVERYTHING = Policy(project="shop", prune=frozenset({"dataset", "finetunedmodel"}))
OLD_DATA = Address("dataset", f"chats@{OTHER_BYTES[:12]}")


def old_version(**more: bool) -> Found:
    address = Address("finetunedmodel", "bot@0badc0de")
    mine = frozenset({"ftjob-1"})
    return Found(address, "sweden", is_ours=True, state=trained(), ids=mine, **more)


def old_data(*users: str) -> Found:
    state = DatasetState({"sweden": upload(OTHER_BYTES)})
    return Found(OLD_DATA, "sweden", is_ours=True, state=state, users=frozenset(users))


def shown(*others: Found, policy: Policy = EVERYTHING) -> str:
    return picture(plan(desired(policy=policy), observed(everything(), others)))


def test_a_version_and_its_data() -> None:
    """Data goes after the last model that was trained from it, and the plan says so at once."""
    assert shown(old_version(), old_data("ftjob-1")) == snapshot("""\
- finetunedmodel/bot@0badc0de
    delete: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d, for good
    way back: none: training it again is paid again
? dataset/chats@bbbbbbbbbbbb  (after finetunedmodel/bot@0badc0de)
    delete: the uploaded file, 52,000 bytes, from sweden
    way back: the next apply that wants it uploads it again
Plan: 2 to delete. 4 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_data_of_a_version_that_stays() -> None:
    """As long as one of its users stays, data does."""
    assert shown(old_version(is_kept=True), old_data("ftjob-1")) == snapshot(
        "Nothing to do: 4 resources as wanted."
    )
    assert "dataset" not in shown(old_version(), old_data("ftjob-1", "ftjob-9"))


def test_only_data_may_go() -> None:
    """Data with users stays where only data may be pruned."""
    policy = Policy(project="shop", prune=frozenset({"dataset"}))
    assert shown(old_version(), old_data("ftjob-1"), policy=policy) == snapshot(
        "Nothing to do: 4 resources as wanted."
    )
    assert str(OLD_DATA) in shown(old_version(), old_data(), policy=policy)


def test_the_second_half_is_approved() -> None:
    """Who approves the plan approves what follows in it."""
    wants = desired(policy=EVERYTHING)
    made = plan(wants, observed(everything(), (old_version(), old_data("ftjob-1"))))
    later = plan(wants, observed(everything(), (old_data(),)))
    assert all(Approval.of(made).covers(one) for one in later.steps)
    assert later.steps
