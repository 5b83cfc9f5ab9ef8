"""What a simulated model says: an answer that it was trained on, or a canned one.

A model that has learnt its examples by heart is a poor model and a good stand-in: which version
answers shows in what it says. Whatever it says is marked as simulated beside the answer.
"""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from reconciler.emulator.call import Call
from reconciler.emulator.messages import Document
from reconciler.emulator.records import Deployment, Job

ANSWER = "This answer is simulated by the ftctl emulator; no model has read your message."
SIMULATED = "simulated by the ftctl emulator"
# The beginning of a file is enough to tell versions apart, and is read at every call.
LINES = 2000
LINE_LIMIT = 1024 * 1024
BYTES_PER_TOKEN = 4


def said(call: Call, found: Deployment, asked: str) -> str:
    """The answer to the last thing that was asked."""
    for example in _examples(call, found):
        question, answer = _pair(example)
        if answer and question.strip() == asked.strip():
            return answer
    return ANSWER


def cut(answer: str, most: Any) -> tuple[str, str]:
    """An answer no longer than so many tokens, and why it ends."""
    is_limit = isinstance(most, int) and most > 0
    if not is_limit or len(answer) <= most * BYTES_PER_TOKEN:
        return answer, "stop"
    return answer[: most * BYTES_PER_TOKEN], "length"


def _examples(call: Call, found: Deployment) -> Iterator[Document]:
    """What the model behind a deployment was trained on, whatever has become of the upload."""
    key = found.document.get("job")
    job = next((one for one in call.books.all(Job) if one.key == key), None) if key else None
    path = call.storage.files / job.training_file if job else Path()
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in islice(iter(lambda: lines.readline(LINE_LIMIT), b""), LINES):
            try:
                example = json.loads(line)
            except ValueError:
                continue
            if isinstance(example, dict):
                yield example


def _pair(example: Document) -> tuple[str, str]:
    """The last question of an example, and the answer to it; empty where it has none."""
    if "prompt" in example:
        return str(example["prompt"]), str(example.get("completion", ""))
    if "preferred_output" in example:
        asked = example.get("input")
        messages = asked.get("messages") if isinstance(asked, dict) else None
        return _last(messages, "user"), _last(example["preferred_output"], "assistant")
    return _last(example.get("messages"), "user"), _last(example.get("messages"), "assistant")


def _last(messages: object, role: str) -> str:
    listed = messages if isinstance(messages, list) else []
    of_role = (one for one in reversed(listed) if isinstance(one, dict) and one.get("role") == role)
    content = next(of_role, {}).get("content")
    return content if isinstance(content, str) else ""
