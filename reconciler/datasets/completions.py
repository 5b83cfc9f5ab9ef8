"""The completions format of the older base models: a prompt and what follows it.

Source of the rules: Microsoft Learn, "Customize a model with fine-tuning", for babbage-002 and
davinci-002, read 2026-10; that empty prompts are refused: MicrosoftDocs/azure-docs issue 108515.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.datasets.content import Content
from reconciler.datasets.findings import Complaint, Rule, error, warning
from reconciler.datasets.spelling import did_you_mean, listed, named, quoted, rename

RULES: Mapping[str, Rule] = {
    "completions/prompt": error("A prompt is text that is not empty."),
    "completions/completion": error("A completion is text."),
    "completions/empty-completion": warning("A completion is not empty."),
    "completions/unknown-key": error("An example has exactly a prompt and a completion."),
}

_KEYS = ("prompt", "completion")
_KEY_ALIASES = {"input": "prompt", "question": "prompt", "text": "prompt", "instruction": "prompt",
                "output": "completion", "answer": "completion", "response": "completion",
                "ideal": "completion"}  # fmt: skip


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    for key in _KEYS:
        if not isinstance(example.get(key), str):
            what = f"the example has no {key}."
            if key in example:
                what = f"the {key} is {named(example[key])}, not text."
            others = [other for other in example if other not in _KEYS]
            hint = "Write it as text." if key in example else _rename(key, others)
            yield Complaint(f"completions/{key}", what, key if key in example else "", hint)
    if _is_blank(example.get("prompt")):
        hint = "Write what comes before the completion."
        yield Complaint("completions/prompt", "the prompt is empty.", "prompt", hint)
    if _is_blank(example.get("completion")):
        what, hint = (
            "the completion is empty: there is nothing to learn.",
            "Write what is to follow.",
        )
        yield Complaint("completions/empty-completion", what, "completion", hint)
    if all(key in example for key in _KEYS):
        yield from _check_keys(example)


def _rename(key: str, others: list[str]) -> str:
    known = next((other for other in others if _KEY_ALIASES.get(other) == key), "")
    return f"Rename {quoted(known)} to {quoted(key)}." if known else rename(key, others)


def _check_keys(example: dict[str, Any]) -> Iterator[Complaint]:
    for key in [key for key in example if key not in _KEYS]:
        hint = did_you_mean(key, _KEYS) or f"Known: {listed(_KEYS)}."
        what = f"{quoted(key)} is not a key of an example."
        yield Complaint("completions/unknown-key", what, key, hint)


def _is_blank(text: Any) -> bool:
    return isinstance(text, str) and not text.strip()


def measure(example: dict[str, Any]) -> Content:
    texts = [example[key] for key in _KEYS if isinstance(example.get(key), str)]
    completion = example.get("completion")
    return Content(texts, answer=completion if isinstance(completion, str) else "")


def might_repeat_keys(data: bytes, _example: dict[str, Any]) -> bool:
    return data.count(b'":') > len(_KEYS)
