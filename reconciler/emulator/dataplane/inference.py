"""Calls to deployments: simulated answers, counted as activity."""

import json
from collections.abc import Iterator

from reconciler.emulator import traffic
from reconciler.emulator.arm import holdings
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import base_model
from reconciler.emulator.clock import iso
from reconciler.emulator.dataplane.memory import SIMULATED, cut, said
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.records import Deployment

# Texts of the service: widely reported for years, last seen 2026-10.
NOT_FOUND = (
    "The API deployment for this resource does not exist. If you created the deployment within "
    "the last 5 minutes, please wait a moment and try again."
)
# Microsoft Learn, "Reasoning models", read 2026-10.
REASONING = ("o1", "o3", "o4", "gpt-5")
ROOM_TO_THINK = 16  # tokens, a guess


def chat(call: Call, deployment: str = "") -> Response:
    wanted = call.document()
    if not isinstance(wanted.get("messages"), list) or not wanted["messages"]:
        raise call.malformed("The field 'messages' is required and must not be empty.")
    found = _callable(call, deployment or str(wanted.get("model", "")))
    most = wanted.get("max_completion_tokens", wanted.get("max_tokens"))
    _check_room(call, found, most)
    whole = said(call, found, _asked(wanted["messages"]))
    answer, ending = cut(whole, most)
    usage = _count(call, found, answer)
    choice = {"index": 0, "finish_reason": ending}
    body = {
        "id": call.new_id("chatcmpl-"),
        "object": "chat.completion",
        "created": int(call.now),
        "model": _model_name(found),
        "system_fingerprint": SIMULATED,
        "choices": [{**choice, "message": {"role": "assistant", "content": answer}}],
        "usage": _chat_usage(usage),
    }
    if wanted.get("stream"):
        return _stream(_chat_chunks(body))
    return as_json(200, body, _limits(found))


def completions(call: Call, deployment: str = "") -> Response:
    wanted = call.document()
    found = _callable(call, deployment or str(wanted.get("model", "")))
    answer, ending = cut(said(call, found, str(wanted.get("prompt"))), wanted.get("max_tokens"))
    usage = _count(call, found, answer)
    body = {
        "id": call.new_id("cmpl-"),
        "object": "text_completion",
        "created": int(call.now),
        "model": _model_name(found),
        "system_fingerprint": SIMULATED,
        "choices": [{"index": 0, "finish_reason": ending, "text": answer, "logprobs": None}],
        "usage": _chat_usage(usage),
    }
    if wanted.get("stream"):
        return _stream(iter([body]))
    return as_json(200, body, _limits(found))


def responses(call: Call) -> Response:
    wanted = call.document()
    if "input" not in wanted:
        raise call.malformed("The field 'input' is required.")
    found = _callable(call, str(wanted.get("model", "")))
    given = wanted["input"]
    answer = said(call, found, given if isinstance(given, str) else _asked(given))
    prompt, generated = _count(call, found, answer)
    part = {"type": "output_text", "text": answer, "annotations": []}
    message = {"type": "message", "id": call.new_id("msg_"), "role": "assistant"}
    body: Document = {
        "id": call.new_id("resp_"),
        "object": "response",
        "created_at": int(call.now),
        "status": "completed",
        "model": found.name,
        "output": [{**message, "status": "completed", "content": [part]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": generated,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": prompt + generated,
        },
    }
    return _response_stream(body) if wanted.get("stream") else as_json(200, body, _limits(found))


def _asked(messages: object) -> str:
    """The last message that a person wrote, as text."""
    listed = messages if isinstance(messages, list) else []
    asked = (one for one in reversed(listed) if isinstance(one, dict) and one.get("role") == "user")
    content = next(asked, {}).get("content")
    parts = content if isinstance(content, list) else [{"text": content}]
    return " ".join(str(one.get("text")) for one in parts if isinstance(one, dict))


def _callable(call: Call, name: str) -> Deployment:
    """The deployment, if it answers now; refused calls are counted like the others."""
    found = holdings.find(call, name)
    problem = _problem(call, found)
    if problem is None and found is not None:
        return found
    assert problem is not None  # noqa: S101 -- _problem speaks whenever `found` is None
    if found is not None:
        _count_refused(call, found, problem.status)
    raise problem


def _count_refused(call: Call, found: Deployment, status: int) -> None:
    traffic.record(call, found, status, (0, 0))
    if call.switches.is_set("failed_calls_count", "yes"):
        found.last_call = call.now
        call.books.keep(found)


def _check_room(call: Call, found: Deployment, most: object) -> None:
    """UNVERIFIED: that what a reasoning model cannot finish is an error, and in these words."""
    is_short = isinstance(most, int) and most < ROOM_TO_THINK
    is_refused = call.switches.is_set("too_few_tokens", "refuse")
    if is_refused and is_short and found.family.startswith(REASONING):
        _count_refused(call, found, 400)
        text = "Could not finish the message because max_tokens or model output limit was reached."
        raise Refusal(400, "invalid_request_error", text)


def _problem(call: Call, found: Deployment | None) -> Refusal | None:
    if found is None or found.deleted is not None or found.failure or call.now < found.ready:
        return Refusal(404, "DeploymentNotFound", NOT_FOUND)
    if call.now < found.ready + call.switches.seconds("not_ready_seconds"):
        status = call.switches["not_ready_status"]
        return Refusal(status, "DeploymentNotReady", "The deployment is not ready yet.")
    if found.is_paused:
        # 423 for a paused deployment: Cognitive Services ARM specification, 2026-03-01.
        return Refusal(423, "DeploymentPaused", "The deployment is paused.")
    if call.switches.is_set("after_retirement", "refuse") and _is_retired(call, found):
        # 410 from the same specification; code and text are guesses.
        return Refusal(410, "ModelRetired", "The model of this deployment has retired.")
    return None


def _is_retired(call: Call, found: Deployment) -> bool:
    model = base_model(found.family)
    end = model.deployments_end if model and found.custom else ""
    return bool(end) and iso(call.now)[: len(end)] >= end


def _count(call: Call, found: Deployment, answer: str) -> tuple[int, int]:
    usage = (max(1, len(call.body) // 4), max(1, len(answer) // 4))
    traffic.record(call, found, 200, usage)
    found.last_call = call.now
    call.books.keep(found)
    return usage


def _chat_usage(usage: tuple[int, int]) -> Document:
    prompt, generated = usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": generated,
        "total_tokens": prompt + generated,
    }


def _model_name(found: Deployment) -> str:
    return str(found.model["name"])


def _limits(found: Deployment) -> dict[str, str]:
    """Throttling headers (Microsoft Learn, "Manage quota", 2026-05-06)."""
    amount = found.capacity
    return {
        "x-ratelimit-limit-requests": str(amount),
        "x-ratelimit-limit-tokens": str(amount * 1000),
        "x-ratelimit-remaining-requests": str(amount),
        "x-ratelimit-remaining-tokens": str(amount * 1000),
    }


def _chat_chunks(body: Document) -> Iterator[Document]:
    shared = {**{k: body[k] for k in ("id", "created", "model")}, "object": "chat.completion.chunk"}
    words = body["choices"][0]["message"]["content"].split(" ")
    for number, word in enumerate(words):
        text = word if number == 0 else f" {word}"
        delta = {"content": text} if number else {"role": "assistant", "content": text}
        yield {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    ending = body["choices"][0]["finish_reason"]
    yield {**shared, "choices": [{"index": 0, "delta": {}, "finish_reason": ending}]}


def _stream(chunks: Iterator[Document]) -> Response:
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    body = "".join([*lines, "data: [DONE]\n\n"]).encode()
    return Response(200, body, {"Content-Type": "text/event-stream; charset=utf-8"})


def _response_stream(body: Document) -> Response:
    item, answer = body["output"][0]["id"], body["output"][0]["content"][0]["text"]
    where = {"item_id": item, "output_index": 0, "content_index": 0}
    told: list[Document] = [
        {"type": "response.created", "response": {**body, "status": "in_progress", "output": []}},
        {"type": "response.output_text.delta", **where, "delta": answer, "logprobs": []},
        {"type": "response.output_text.done", **where, "text": answer, "logprobs": []},
        {"type": "response.completed", "response": body},
    ]
    lines = [
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
        for number, event in enumerate(told)
    ]
    kind = {"Content-Type": "text/event-stream; charset=utf-8"}
    return Response(200, "".join(lines).encode(), kind)
