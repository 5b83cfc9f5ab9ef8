"""Who goes first, and who waits for a place, where a queue takes only so many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds.fine_tuned_model.limits import supplies
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Observed
from reconciler.planning.kind import Wanted
from reconciler.planning.plan import Plan, plan
from reconciler.planning.policy import Policy
from reconciler.planning.queue import Queue
from reconciler.planning.refusals import refusals
from reconciler.planning.turns import allot, in_turn
from tests.planning.situations import (
    ACCOUNT,
    CHATS,
    NOON,
    desired,
    job,
    picture,
    recipe,
    refusal_picture,
    there_account,
    there_data,
    wanted_account,
    wanted_child,
    wanted_data,
    wanted_model,
)


def models(**priorities: int) -> list[Wanted]:
    """Models of the same data with these priorities, each with weights of its own."""
    return [
        wanted_model(name=name, priority=priority, recipe=recipe(revision=number))
        for number, (name, priority) in enumerate(priorities.items(), 1)
    ]


def proposed(wanted: list[Wanted], limit: int, taken: int = 0, *, is_uploaded: bool = True) -> Plan:
    """The plan for untrained models where the queue takes so many, and so many stand there."""
    states: dict[Address, Any] = {ACCOUNT: there_account()}
    if is_uploaded:
        states[CHATS] = there_data()
    queue = Queue("the queue of account/sweden", limit, taken)
    sees = Observed(NOON, states, queues={"sweden": queue})
    return plan(desired(wanted_account(), wanted_data(), *wanted), sees)


def sent(made: Plan) -> list[str]:
    return [one.address.name for one in made.actions if one.verb is Verb.TRAIN]


def test_by_priority_and_then_by_name() -> None:
    """The highest priority goes first; where that is the same, the name decides."""
    assert sent(proposed(models(a=0, b=5, c=0, d=5, e=-1), limit=9)) == ["b", "d", "a", "c", "e"]


def test_only_so_many() -> None:
    """Jobs of others take places, too; who waits says for what, in the order of the queue."""
    made = proposed(models(a=0, b=1, c=0), limit=20, taken=19)
    assert picture(made) == snapshot("""\
$ finetunedmodel/b
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8319298e
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? finetunedmodel/a  (after a place in the queue)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    the queue of account/sweden takes 20: 19 are queued and 1 of this plan goes
    first
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? finetunedmodel/c  (after a place in the queue)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 9f9c5065
    the queue of account/sweden takes 20: 19 are queued and 1 of this plan goes
    first
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
Plan: 3 to train, 2 wait for a place in the queue. 2 resources as wanted.
Training: $18.00.\
""")


def test_full() -> None:
    """Where there is no place at all, everybody waits."""
    made = proposed(models(a=0), limit=20, taken=20)
    assert picture(made) == snapshot("""\
? finetunedmodel/a  (after a place in the queue)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    the queue of account/sweden is full: 20 of 20 are queued
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
Plan: 1 to train, 1 waits for a place in the queue. 2 resources as wanted.
Training: $6.00.\
""")


def test_before_the_upload() -> None:
    """Also what waits for its data says that there will be no place for it at once."""
    made = proposed(models(a=0, b=0), limit=1, is_uploaded=False)
    assert picture(made) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
? finetunedmodel/a  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? finetunedmodel/b  (after dataset/chats, a place in the queue)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8319298e
    the queue of account/sweden takes 1: 1 of this plan goes first
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
Plan: 1 to create, 2 to train, 1 waits for a place in the queue. 1 resource as
wanted.
Training: $12.00.\
""")


def test_nobody_waits_for_the_important() -> None:
    """A place is not kept for something that is not ready, however important it is."""
    other = wanted_data("other", "bb" * 32)
    late = wanted_model(other, "late", priority=9)
    queue = Queue("the queue of account/sweden", 1, 0)
    states = {ACCOUNT: there_account(), CHATS: there_data()}
    wanted = desired(wanted_account(), wanted_data(), other, *models(a=0), late)
    made = plan(wanted, Observed(NOON, states, queues={"sweden": queue}))
    assert sent(made) == ["a"]
    (deferred,) = made.deferred
    assert (deferred.waits_for, deferred.queue) == ((other.address,), replace(queue, ahead=1))


def test_a_chain_stands_in_line_later() -> None:
    """What waits for a training of hours takes no place and does not speak of the queue yet."""
    (parent,) = models(a=0)
    child = wanted_child(parent, data=wanted_data(), priority=9)
    (deferred,) = proposed([parent, child], limit=1).deferred
    assert (deferred.address, deferred.waits_for) == (child.address, (parent.address,))
    assert deferred.queue is None


def train(name: str, priority: int = 0) -> Action:
    at = Address("finetunedmodel", name)
    return Action(at, Verb.TRAIN, ReasonCode.NEW, "", queue="q", priority=priority)


def keep(name: str) -> Action:
    return Action(Address("finetunedmodel", name), Verb.KEEP, ReasonCode.AS_WANTED, "")


def test_places_are_given_again() -> None:
    """Who was held back gets the place of one who will not go; that one is not held back."""
    queues = {"q": Queue("the queue", 1, 0)}
    actions, deferred = allot([train("a"), train("b"), train("c")], (), queues)
    assert [one.address.name for one in actions] == ["a"]
    again, left = allot(actions, deferred, queues, aside={train("a").address})
    assert [one.address.name for one in again] == ["a", "b"]
    assert [one.address.name for one in left] == ["c"]


def test_an_unknown_queue() -> None:
    """Where nothing is known of a queue, nobody is held back."""
    actions, deferred = allot([train("a")], (), {})
    assert (len(actions), deferred) == (1, ())


def test_turns_keep_needs_first() -> None:
    """The more important goes before the other, and what it needs before both."""
    plain, urgent, parent, child = train("a"), train("d", 9), keep("c"), keep("b")
    needs = {urgent.address: (parent.address,), child.address: (plain.address,)}
    ordered = in_turn([plain, child, parent, urgent], needs)
    assert [one.address.name for one in ordered] == ["c", "d", "a", "b"]


def test_a_need_beats_a_priority() -> None:
    """Whatever its priority, nothing goes before what it needs."""
    parent, between, child = train("a"), keep("b"), train("c", 9)
    needs = {between.address: (parent.address,), child.address: (between.address,)}
    ordered = in_turn([parent, between, child], needs)
    assert [one.address.name for one in ordered] == ["a", "b", "c"]


def test_records_run_out() -> None:
    """A plan that needs more records of jobs than the account keeps is refused, with a way out."""
    wanted = desired(wanted_account(), wanted_data(), *models(a=0, b=0))
    states = {ACCOUNT: there_account(), CHATS: there_data()}
    sees = Observed(NOON, states, supplies=supplies({"sweden": [job()] * 99}, Policy()))
    assert refusal_picture(refusals(plan(wanted, sees), wanted, sees)) == snapshot("""\
refused (limit): Of records of training jobs in account/sweden, the plan needs 2
    more; 1 of 100 are left.
    Let it delete old ones: prune: [FineTunedModel] in the Project, and keep in
    the models; or delete jobs in the portal, each with its model.
Nothing was done.\
""")
