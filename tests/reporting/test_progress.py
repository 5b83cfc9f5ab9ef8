"""An apply as it goes, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from inline_snapshot import snapshot

from reconciler.applying.events import (
    Done,
    Ending,
    Event,
    Failed,
    Finished,
    Started,
    Told,
    Unanswered,
    Waiting,
)
from reconciler.planning.action import Action, Deferred, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import Plan
from reconciler.planning.queue import Queue
from reconciler.providers.errors import AnswerLost, Conflict, QuotaExceeded
from reconciler.reporting.formats import ApplyOut
from reconciler.reporting.page import Page
from reconciler.reporting.plan_json import apply_out, plan_out, refused_out
from reconciler.reporting.progress import Progress, ending_lines
from tests.planning.situations import BOT, CHATS, PROD

UPLOAD = Action(CHATS, Verb.CREATE, ReasonCode.NEW, "not uploaded yet")
TRAIN = Action(BOT, Verb.TRAIN, ReasonCode.NEW, "never trained")
WAIT = Action(BOT, Verb.WAIT, ReasonCode.PENDING, "training since noon, ftjob-1", is_slow=True)
DEPLOY = Action(PROD, Verb.CREATE, ReasonCode.MISSING, "not on account/sweden")
QUOTA = QuotaExceeded("the quota is used up.", code="InsufficientQuota", hint="Ask for more.")
END = Finished(Ending.SETTLED, Plan())


def followed(*events: Event) -> str:
    """What is written where there is no terminal."""
    stream = StringIO()
    Progress(stream, Page(80)).follow([*events, END])
    return stream.getvalue()


def test_each_event() -> None:
    """Every event has a line of its own, and says whose it is."""
    assert followed(
        Started(UPLOAD),
        Told(UPLOAD, "uploading 52,000 bytes to sweden"),
        Done(UPLOAD, timedelta(seconds=3)),
        Unanswered(AnswerLost("account/sweden did not answer in time.")),
        Started(TRAIN),
        Failed(TRAIN, Conflict("something else is being done."), is_final=False),
        Started(TRAIN),
        Done(TRAIN, timedelta(seconds=1)),
        Waiting((WAIT,), timedelta(seconds=5)),
        Started(DEPLOY),
        Failed(DEPLOY, QUOTA, is_final=True),
    ) == snapshot("""\
dataset/chats: create ...
dataset/chats: uploading 52,000 bytes to sweden
dataset/chats: created (3s)
looking again: account/sweden did not answer in time.
finetunedmodel/bot: train ...
finetunedmodel/bot: something else is being done. Trying again after another
    look.
finetunedmodel/bot: train ...
finetunedmodel/bot: submitted for training (1s)
waiting for finetunedmodel/bot (training since noon, ftjob-1), 5s
deployment/prod: create ...
deployment/prod: the quota is used up.
    Ask for more.
""")


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in {Verb.WAIT, Verb.KEEP}])
def test_every_verb_has_a_past(verb: Verb) -> None:
    """What was done has a word."""
    assert "(0s)" in followed(Done(Action(BOT, verb, ReasonCode.NEW, ""), timedelta()))


def test_heartbeat() -> None:
    """Without a terminal there is a sign of life every 30 seconds, not at every look."""
    looks = [Waiting((WAIT,), timedelta(seconds=seconds)) for seconds in range(0, 121, 5)]
    lines = [line for line in followed(*looks).splitlines() if not line.startswith(" ")]
    assert [line.rpartition(", ")[2] for line in lines] == ["0s", "30s", "1m", "1m 30s", "2m"]


FULL = Queue("the queue of account/sweden", 20, 20)
HELD = tuple(
    Deferred(one, (), replace(TRAIN, address=one), FULL)
    for one in (Address("finetunedmodel", name) for name in ("later", "last"))
)


def test_many_at_once() -> None:
    """Of many that train the first few are told of, and how many there are beside them."""
    waits = [replace(WAIT, address=Address("finetunedmodel", f"m{n}")) for n in range(23)]
    assert followed(Waiting(tuple(waits), timedelta(minutes=5), HELD)) == snapshot("""\
waiting for finetunedmodel/m0 (training since noon, ftjob-1), finetunedmodel/m1
    (training since noon, ftjob-1), finetunedmodel/m2 (training since noon,
    ftjob-1) and 20 more; a place for 2 resources (the queue of account/sweden
    is full: 20 of 20 are queued), 5m
""")
    assert followed(Waiting((), timedelta(minutes=5), HELD[:1])) == snapshot("""\
waiting for a place for 1 resource (the queue of account/sweden is full: 20 of
    20 are queued), 5m
""")


def test_an_end_is_needed() -> None:
    """A run that ends without saying so is a fault of ours."""
    with pytest.raises(AssertionError):
        Progress(StringIO(), Page(80)).follow([Started(UPLOAD)])


def test_interrupted_events() -> None:
    """An error of the run comes through."""

    def events() -> Iterator[Event]:
        yield Started(UPLOAD)
        raise AnswerLost("no answer")

    with pytest.raises(AnswerLost):
        Progress(StringIO(), Page(80)).follow(events())


PARTIAL = Finished(
    Ending.STUCK,
    Plan((UPLOAD, WAIT), (Deferred(PROD, (CHATS,), DEPLOY),)),
    done=(TRAIN,),
    failed={CHATS: QUOTA},
)
LOST = Action(BOT, Verb.KEEP, ReasonCode.LOST, "trained before; pass --allow-retrain to pay again")
STUCK = Finished(
    Ending.STUCK, Plan((LOST,), (Deferred(PROD, (BOT,), DEPLOY),)), unapproved=(UPLOAD,)
)
RUNNING = Finished(
    Ending.STILL_RUNNING, Plan((WAIT,), (Deferred(PROD, (BOT,), DEPLOY),)), done=(UPLOAD, TRAIN)
)


def ending(finished: Finished) -> str:
    return "\n".join(ending_lines(finished, Page(80)))


def test_a_partial_end() -> None:
    """What failed, and what could not be done because of it, by name."""
    assert ending(PARTIAL) == snapshot("""\
! dataset/chats: the quota is used up. Ask for more.
? deployment/prod: blocked by dataset/chats
. finetunedmodel/bot: still on the service: training since noon, ftjob-1
Not settled: 1 done, 1 under way, 1 failed, 1 blocked.\
""")


def test_a_stuck_end() -> None:
    """What only a person can decide, and what was never approved."""
    assert ending(STUCK) == snapshot("""\
! finetunedmodel/bot: trained before; pass --allow-retrain to pay again
? deployment/prod: blocked by finetunedmodel/bot
? dataset/chats: create was not part of the approved plan; plan again
Not settled: 0 done, 1 stuck, 1 blocked, 1 not approved.\
""")


def test_a_running_end() -> None:
    """What the service goes on with, and what is still to come."""
    assert ending(RUNNING) == snapshot("""\
. finetunedmodel/bot: still on the service: training since noon, ftjob-1
Still running: 2 done, 1 under way, 1 to come.\
""")


def test_an_end_in_the_queue() -> None:
    """Who has no place yet, and why; that is none of what is still to come after others."""
    left = Finished(Ending.STILL_RUNNING, Plan((WAIT,), HELD), done=(TRAIN,))
    assert ending(left) == snapshot("""\
. finetunedmodel/bot: still on the service: training since noon, ftjob-1
? finetunedmodel/later: waits for a place: the queue of account/sweden is full:
    20 of 20 are queued
? finetunedmodel/last: waits for a place: the queue of account/sweden is full:
    20 of 20 are queued
Still running: 1 done, 1 under way, 2 waiting for a place.\
""")
    out = apply_out(left, plan_out(left.plan, "shop"), 3)
    assert [(one.address, one.queue.taken) for one in out.in_line if one.queue] == snapshot(
        [("finetunedmodel/later", 20), ("finetunedmodel/last", 20)]
    )


def test_an_end_before_a_successor() -> None:
    """What stays for now is named, and counted as left."""
    old = Action(
        Address("deployment", "old"), Verb.DELETE, ReasonCode.UNWANTED, "from account/sweden"
    )
    left = Finished(Ending.STILL_RUNNING, Plan((WAIT, old)), held=(old,))
    assert ending(left) == snapshot("""\
- deployment/old: stays until what is wanted is there; a later apply deletes it
. finetunedmodel/bot: still on the service: training since noon, ftjob-1
Still running: 0 done, 1 under way, 1 left to delete.\
""")
    assert [one.address for one in apply_out(left, plan_out(left.plan, "shop"), 3).left] == [
        "deployment/old"
    ]


@pytest.mark.parametrize("one", Ending)
def test_every_end_has_a_word(one: Ending) -> None:
    """However a run ends, the last line says how."""
    assert ending(Finished(one, Plan())).endswith(".")


def test_json() -> None:
    """The end of a run as JSON, by the same names."""
    approved = plan_out(PARTIAL.plan, "shop")
    out = apply_out(PARTIAL, approved, 6)
    assert ApplyOut.model_validate_json(out.model_dump_json()) == out
    shown = out.model_dump(mode="json", exclude={"plan", "done", "running"})
    assert shown == snapshot(
        {
            "format_version": "1.0",
            "outcome": "stuck",
            "exit_code": 6,
            "failed": [
                {
                    "address": "dataset/chats",
                    "message": "the quota is used up.",
                    "code": "InsufficientQuota",
                    "hint": "Ask for more.",
                }
            ],
            "stuck": [],
            "in_line": [],
            "blocked": {"deployment/prod": ["dataset/chats"]},
            "unapproved": [],
            "left": [],
        }
    )
    refused = refused_out(approved, 4)
    assert ApplyOut.model_validate_json(refused.model_dump_json()) == refused
