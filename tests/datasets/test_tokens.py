"""Counts of tokens are exact, name their basis, and are made by the right vocabulary."""

import json
import runpy
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import tiktoken
import toktok
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.datasets import check_stream
from reconciler.datasets.tokens import basis, encoding_of

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "dataset.py"


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tiktoken.Encoding]:
    """The witness, tiktoken, with its own vocabulary, whose hash it checks, and no network."""
    prepare = runpy.run_path(str(BENCHMARK))["write_vocabulary"]
    with pytest.MonkeyPatch.context() as patched:
        for name, value in prepare(tmp_path_factory.mktemp("vocabulary")).items():
            patched.setenv(name, value)
        yield tiktoken.get_encoding("o200k_base")


def report_tokens(example: dict[str, Any], **options: Any) -> int:
    data = json.dumps(example).encode()
    return check_stream(BytesIO(data), minimum_examples=1, **options).tokens


def test_a_chat_counts_as_in_the_cookbook(witness: tiktoken.Encoding) -> None:
    """3 a message and its role, 1 a name and its text, 3 for the answer to come."""
    messages = [
        {"role": "system", "content": "Antworte höflich."},
        {"role": "user", "content": "今日の天気は？ 🌦", "name": "Ann"},  # noqa: RUF001
        {"role": "assistant", "content": "def f(x):\n    return x ** 2"},
    ]
    expected = 3 + sum(
        3 + ("name" in message) + sum(len(witness.encode(text)) for text in message.values())
        for message in messages
    )
    assert report_tokens({"messages": messages}) == expected


@settings(deadline=None, max_examples=300)
@given(st.text(min_size=1) | st.sampled_from(["<|endoftext|>", "a<|im_start|>b", " " * 300]))
def test_any_text_counts_as_tiktoken_counts(witness: tiktoken.Encoding, text: str) -> None:
    """Special tokens written out in a text are text, as the service takes them."""
    text = text.encode("utf-8", "ignore").decode()
    assert toktok.batch_count([text], "o200k_base") == [len(witness.encode_ordinary(text))]


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4.1-mini-2025-04-14", "o200k_base"),
        ("gpt-4o-2024-08-06", "o200k_base"),
        ("o4-mini-2025-04-16", "o200k_base"),
        ("gpt-5-2025-08-07", "o200k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("gpt-35-turbo-0125", "cl100k_base"),
        ("babbage-002", "cl100k_base"),
        ("gpt-oss-20b", "o200k_harmony"),
        ("gpt-4.1-2025-04-14.ft-70eeabb-support-3f9a1c2b", "o200k_base"),
        ("Llama-3.3-70B-Instruct", ""),
    ],
)
def test_the_vocabulary_of_a_model(model: str, encoding: str) -> None:
    """It is that of the family; of other makers' models none is known here."""
    assert encoding_of(model) == encoding


def test_the_basis_is_named() -> None:
    """A count says whether it is exact, a reckoning whether it is one."""
    assert basis("").startswith("exact o200k count")
    assert basis("gpt-4-0613").startswith("exact cl100k count")
    assert basis("Qwen3-32B").startswith("approximate (not the vocabulary of Qwen3-32B)")
    example = {"prompt": "Oslo is in", "completion": " Norway"}
    options = {"format": "completions", "tokens": False}
    report = check_stream(BytesIO(json.dumps(example).encode()), **options)
    assert report.token_basis.startswith("estimate")


def test_the_model_chooses_the_vocabulary() -> None:
    """The same text has other tokens for an older model."""
    example = {"prompt": "お客様のご注文は本日発送されました。", "completion": " はい"}
    newer = report_tokens(example, format="completions", model="gpt-4.1-2025-04-14")
    older = report_tokens(example, format="completions", model="davinci-002")
    assert newer < older
