"""Data in the light of the model: examples it would not read to the end, and too many tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.datasets import check
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.kinds.fine_tuned_model.data import counted_for, remarks
from reconciler.kinds.fine_tuned_model.facts import facts_of
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.providers.azure.catalogue import Catalogue, built_in
from reconciler.providers.azure.catalogue_override import laid_over
from reconciler.reporting.page import Page
from tests.planning.situations import report, wanted_data, wanted_model

WORDS = "the quick brown fox jumps over the lazy dog and runs away "  # 12 tokens
LONG = 70_000


@pytest.fixture
def data(tmp_path: Path) -> Callable[..., DatasetGoal]:
    """A dataset of questions of so many tokens each, or a few more."""

    def write(*lengths: int, words: str = WORDS, is_estimate: bool = False) -> DatasetGoal:
        path = tmp_path / "chats.jsonl"
        lines = (
            example(f"{number} {words * (length // 12)}") for number, length in enumerate(lengths)
        )
        path.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
        return DatasetGoal("chats", path, check(path, minimum_examples=1, tokens=not is_estimate))

    return write


def example(question: str) -> dict[str, object]:
    answer = {"role": "assistant", "content": f"Yes, {question[:3]}"}
    return {"messages": [{"role": "user", "content": question}, answer]}


def goal(training: DatasetGoal, base: str = "gpt-4.1", **more: object) -> FineTunedModelGoal:
    made: FineTunedModelGoal = wanted_model(base_model=base, **more).goal
    facts = facts_of(built_in(), base)
    return replace(made, training=training, facts=facts)


def said(
    made: FineTunedModelGoal, *, is_estimate: bool = False, catalogue: Catalogue | None = None
) -> str:
    """Each remark with its line and severity, on 80 columns."""
    found = remarks(made, catalogue or built_in(), is_estimate=is_estimate)
    lines = (
        line
        for one in found
        for line in Page(80).wrap(
            f"{one.line} {'error' if one.is_error else 'warning'}: {one.message}", 0, hang=4
        )
    )
    return "\n".join(lines)


def test_examples_longer_than_the_context(data: Callable[..., DatasetGoal]) -> None:
    """The warning says how many are too long, and where the longest stands."""
    assert said(goal(data(20, LONG, 30, LONG + 2_000, 40))) == snapshot("""\
4 warning: dataset/chats has 2 examples of more than the 65,536 tokens that
    gpt-4.1 is trained with (OpenAI, "Supervised fine-tuning", 2026-11); the
    longest, in line 4, has 72,018\
""")


def test_an_estimate_says_about(data: Callable[..., DatasetGoal]) -> None:
    """Where tokens are estimated, so is what is too long."""
    made = goal(data(20, LONG, is_estimate=True))
    assert said(made, is_estimate=True) == snapshot("""\
2 warning: dataset/chats has 1 example of more than the 65,536 tokens that
    gpt-4.1 is trained with (OpenAI, "Supervised fine-tuning", 2026-11); the
    longest, in line 2, has about 84,592\
""")


def test_validation_data_count_too(data: Callable[..., DatasetGoal]) -> None:
    """Each use of a dataset has its own warning."""
    long = data(20, LONG)
    made = replace(goal(long), validation=long)
    assert [one.path for one in remarks(made, built_in(), is_estimate=False)] == [
        ("training",),
        ("validation",),
    ]


def test_a_context_of_ones_own(data: Callable[..., DatasetGoal]) -> None:
    """Another context, from a catalogue of the project, is looked for in the file once more."""
    mine = {"context": {"entries": {"gpt-4.1-2025-04-14": {"tokens": 100}}}}
    made = goal(data(20, 150, 30, 300, 40))
    assert said(made, catalogue=laid_over(mine, "mine.yaml")) == snapshot("""\
4 warning: dataset/chats has 2 examples of more than the 100 tokens that gpt-4.1
    is trained with (mine.yaml); the longest, in line 4, has 318\
""")


@pytest.mark.parametrize("base", ["gpt-5", "Qwen3-32B", "gpt-9"])
def test_an_unknown_context(base: str, data: Callable[..., DatasetGoal]) -> None:
    """Where nobody knows the context, nothing is said of it here."""
    assert said(goal(data(20, LONG), base)) == ""


def million(tokens: int) -> DatasetGoal:
    return replace(wanted_data().goal, report=report(tokens=tokens * 1_000_000))


FREE = Method("supervised", {})
THREE = Method("supervised", {"n_epochs": 3})


@pytest.mark.parametrize(
    ("tokens", "method", "exact", "estimated"),
    [
        (666, THREE, "", ""),
        (667, THREE, "error", "warning"),
        (1_667, THREE, "error", "error"),
        (200, FREE, "", ""),
        (201, FREE, "warning", "warning"),
        (2_001, FREE, "error", "warning"),
    ],
)
def test_too_many_tokens(tokens: int, method: Method, exact: str, estimated: str) -> None:
    """More than two billion tokens x epochs are a mistake where that is certain, else a warning."""
    made = goal(million(tokens), method=method)
    assert said(made).partition(":")[0] == f"0 {exact}".removesuffix("0 ")
    assert said(made, is_estimate=True).partition(":")[0] == f"0 {estimated}".removesuffix("0 ")


def test_what_is_said_of_too_many_tokens() -> None:
    """The arithmetic is in the message."""
    assert said(goal(million(667), method=THREE)) == snapshot("""\
0 error: 667,000,000 tokens x 3 epochs are 2,001,000,000; one job trains at most
    2,000,000,000 (Microsoft Learn, "Azure OpenAI quotas and limits",
    2026-02-17)\
""")
    assert said(goal(million(201), method=FREE), is_estimate=True) == snapshot("""\
0 warning: about 201,000,000 tokens x up to 10 epochs are 2,010,000,000; one job
    trains at most 2,000,000,000 (Microsoft Learn, "Azure OpenAI quotas and
    limits", 2026-02-17)\
""")


def test_uncounted_data_pass() -> None:
    """Of data that nobody has counted, nothing can be said."""
    assert said(goal(replace(wanted_data().goal, report=None))) == ""


def test_the_vocabulary_of_the_model(data: Callable[..., DatasetGoal]) -> None:
    """Tokens are counted as the model's family does, and the basis says where that is unknown."""
    text = data(40, words="Größenordnungsmäßig 大小 ")

    def counted(model: str) -> tuple[int, str]:
        found = counted_for(model, text, is_estimate_enough=False).report
        return found.tokens, found.token_basis.partition(" count")[0]

    models = ("gpt-4.1", "gpt-oss-20b", "davinci-002", "Qwen3-32B")
    assert {one: counted(one) for one in models} == snapshot(
        {
            "gpt-4.1": (39, "exact o200k"),
            "gpt-oss-20b": (39, "exact o200k_harmony"),
            "davinci-002": (51, "exact cl100k"),
            "Qwen3-32B": (39, "approximate (not the vocabulary of Qwen3-32B) o200k"),
        }
    )


def test_an_estimate_knows_no_vocabulary(data: Callable[..., DatasetGoal]) -> None:
    """Where an estimate is enough, no file is read again."""
    text = data(400, is_estimate=True)
    assert counted_for("davinci-002", text, is_estimate_enough=True) is text
