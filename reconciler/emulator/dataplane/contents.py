"""Looks into uploaded training files, a line at a time, as the service does after an upload."""

import json
from pathlib import Path
from typing import Any

from reconciler.emulator.messages import Document
from reconciler.emulator.records import Contents

# A token is about four characters of English; good enough for simulated durations and bills.
BYTES_PER_TOKEN = 4
# A longer line is cut, and then is no JSON: memory stays flat whatever is sent.
LINE_LIMIT = 64 * 1024 * 1024
# Wording of the legacy service: azure-docs issue 108515, 2023.
NO_VALID_LINE = "Validation of jsonl file failed: No valid json line found in file."


def look_into(path: Path, purpose: str) -> Contents:
    """Examples, tokens and shape of a training file; only the size of any other."""
    size = path.stat().st_size
    if purpose != "fine-tune":
        return Contents(bytes=size)
    found = Contents(bytes=size)
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip() and not _add(found, number, text):
                return found
    if not found.examples:
        found.problem = NO_VALID_LINE
    return found


def _add(found: Contents, number: int, line: bytes) -> bool:
    """Count one line; whether the file is still worth reading."""
    try:
        example = json.loads(line)
        shape = _shape(example)
    except (ValueError, RecursionError) as error:
        found.problem = f"Validation of jsonl file failed: Line {number}: {_words(error)}."
        return False
    if found.shape and shape != found.shape:
        words = f"mixes {shape} with {found.shape} data"
        found.problem = f"Validation of jsonl file failed: Line {number}: {words}."
        return False
    found.shape = shape
    found.examples += 1
    found.tokens += max(1, len(line) // BYTES_PER_TOKEN)
    return True


def _words(error: Exception) -> str:
    return "Invalid json" if isinstance(error, json.JSONDecodeError) else str(error)


def _shape(example: Any) -> str:
    """Which format a line has; raises ValueError with the service-like reason when none."""
    if not isinstance(example, dict):
        raise ValueError("Expected a json object")  # noqa: TRY004 -- bad data, not a bug
    if "messages" in example:
        return _chat(example)
    if "input" in example and "preferred_output" in example:
        return "preference"
    if set(example) == {"prompt", "completion"}:
        return "completions"
    raise ValueError("Missing required key 'messages'")


ROLES = frozenset({"system", "user", "assistant", "tool", "developer", "function"})


def _chat(example: Document) -> str:
    messages = example["messages"]
    if not isinstance(messages, list) or not messages:
        raise ValueError("'messages' must be a non-empty list")
    for message in messages:
        _check_message(message)
    # A training example of chat ends with what the model shall say; one for reinforcement with
    # what it is asked (Microsoft Learn, "Reinforcement fine-tuning", 2026).
    return "chat" if messages[-1]["role"] == "assistant" else "reinforcement"


def _check_message(message: Any) -> None:
    if not isinstance(message, dict) or str(message.get("role")) not in ROLES:
        raise ValueError("Each message needs a known 'role'")
    said = {"content", "tool_calls", "function_call"} & set(message)
    if not said:
        raise ValueError("Each message needs 'content' or tool calls")
