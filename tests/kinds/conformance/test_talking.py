"""Talking to a deployment, piece by piece."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from reconciler.kinds.deployment.calling import Line, Question
from reconciler.kinds.deployment.talking import Talk
from reconciler.kinds.deployment.writing import Desk
from reconciler.manifest.loading import load
from reconciler.providers.errors import AnswerLost, NotFound
from tests.kinds.conformance.conftest import DEPLOYMENT, Emulator, Service

CHAT = "chat/completions"


@pytest.fixture
def talk(service: Service) -> Talk:
    """With a deployment that is there."""
    desired = service.desired({})
    service.deploy(desired)
    found = service.state(desired, DEPLOYMENT)
    assert found is not None
    return Talk(service.here, DEPLOYMENT.name, "gpt-4.1-nano")


def test_pieces(talk: Talk) -> None:
    """An answer comes in pieces, and is remembered whole with what was asked."""
    pieces = list(talk.answers("Hello?"))
    assert len(pieces) > 5
    assert talk.ending == "stop"
    assert talk.history == [
        {"role": "user", "content": "Hello?"},
        {"role": "assistant", "content": "".join(pieces)},
    ]


def test_an_answer_that_breaks_off(talk: Talk, emulator: Emulator) -> None:
    """What has come is shown; the message counts as never said."""
    emulator.fault("POST", CHAT, kind="cut")
    came: list[str] = []
    with pytest.raises(AnswerLost):
        came.extend(talk.answers("Hello?"))
    assert talk.history == []
    assert "".join(talk.answers("Hello?"))


@pytest.mark.parametrize("model", ["gpt-4.1-nano", "babbage-002.ft-01-x"])
def test_an_answer_without_an_end(talk: Talk, emulator: Emulator, model: str) -> None:
    """A stream that ends without saying why is no whole answer, however well the one before did."""
    whole = replace(talk, model=model)
    list(whole.answers("Hello?"))
    before = list(whole.history)
    emulator.fault("POST", "completions", kind="malformed")
    with pytest.raises(AnswerLost, match="the answer broke off before its end"):
        list(whole.answers("And?"))
    assert whole.history == before


def test_notes_after_the_end(talk: Talk, emulator: Emulator) -> None:
    """The filter may annotate an answer after it has ended; that does not take its end back."""
    chunks = [
        '{"id":"x","choices":[{"index":0,"delta":{"content":"Hi"}}]}',
        '{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
        '{"id":"","choices":[{"index":0,"delta":{},"finish_reason":null}]}',
    ]
    emulator.streams(CHAT, chunks)
    assert "".join(talk.answers("Hello?")) == "Hi"
    assert talk.ending == "stop"


def test_the_first_chunk_of_the_service(talk: Talk, emulator: Emulator) -> None:
    """Azure begins with a chunk without choices, and ends with a reason and no text."""
    chunks = [
        '{"id":"x","object":"chat.completion.chunk","choices":[],"prompt_filter_results":[]}',
        '{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}',
        '{"id":"x","choices":[{"index":0,"delta":{"content":"Hi"}}]}',
        '{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}',
    ]
    emulator.streams(CHAT, chunks)
    assert "".join(talk.answers("Hello?")) == "Hi"
    assert talk.ending == "length"


def test_a_model_that_completes(talk: Talk, emulator: Emulator) -> None:
    """Old models complete a text and know no messages; they go through the completions API."""
    old = replace(talk, model="babbage-002.ft-01-x", max_tokens=5)
    before = emulator.count("POST", CHAT)
    assert "".join(old.answers("Once upon a time"))
    assert emulator.count("POST", CHAT) == before
    assert emulator.count("POST", "openai/v1/completions") == 1


@pytest.mark.usefixtures("emulator")
def test_a_system_prompt_where_there_are_no_messages(service: Service) -> None:
    """It stands above the text to complete, as in the prompts of `verify`."""
    service.desired({})
    example = [{"role": "user", "content": "Be French.\n\nHello"}]
    example.append({"role": "assistant", "content": "Bonjour"})
    lines = f"{json.dumps({'messages': example})}\n" * 10
    (service.folder / "a.jsonl").write_text(lines)
    desired = load([service.folder / "manifest.yaml"], os.environ).desired
    service.deploy(desired)
    old = Talk(service.here, DEPLOYMENT.name, "babbage-002.ft-01-x", system="Be French.")
    assert "".join(old.answers("Hello")) == "Bonjour"
    line = Line(Desk(service.session, service.here), DEPLOYMENT.name, old.model)
    assert line.ask(Question("Hello", old.system, max_tokens=20)) == "Bonjour"


def test_nobody_there(talk: Talk) -> None:
    """A deployment that is not there is said by its name."""
    with pytest.raises(NotFound, match="could not talk to deployment nobody"):
        list(replace(talk, deployment="nobody").answers("Hello?"))
