"""Graders: how reinforcement fine-tuning scores an answer.

Field names are the service's in camelCase; `wire` gives them back as the service spells them.
Source: Azure OpenAI v1 data-plane specification, and Microsoft Learn, "Reinforcement fine-tuning",
read 2026-10.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.writing import Part

TEMPLATE = re.compile(r"\{\{(?P<inside>.*?)\}\}")
REFERENCE = re.compile(r"^(sample|item)(\.[A-Za-z_][A-Za-z0-9_]*)+$")
LARGEST_SOURCE = 256 * 1024  # bytes


def _templates(text: str) -> str:
    """Each `{{...}}` has to name something of the sample or the item; spaces are not allowed."""
    for match in TEMPLATE.finditer(text):
        if not REFERENCE.match(match["inside"]):
            raise PydanticCustomError(
                "template",
                "holds {given}, which the service does not understand; write "
                "{{sample.output_text}} or {{item.field}}, without spaces",
                {"given": match[0]},
            )
    return text


def _python(source: str) -> str:
    """Python that defines `grade`, and not more of it than the service takes."""
    if len(source.encode()) > LARGEST_SOURCE:
        raise PydanticCustomError("python", "is larger than the 256 KB that the service takes")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise PydanticCustomError(
            "python",
            "is no Python: {why} in line {line}",
            {"why": error.msg, "line": error.lineno or 0},
        ) from error
    if not any(isinstance(one, ast.FunctionDef) and one.name == "grade" for one in tree.body):
        raise PydanticCustomError("python", "has to define grade(sample, item)")
    return source


Template = Annotated[str, Field(min_length=1), AfterValidator(_templates)]
PythonSource = Annotated[str, AfterValidator(_python)]


class StringCheck(Part):
    """1 if the comparison holds, else 0."""

    type: Literal["string_check"]
    name: str = Field(min_length=1)
    input: Template
    reference: Template
    operation: Literal["eq", "ne", "like", "ilike"]


class TextSimilarity(Part):
    """How alike two texts are, from 0 to 1."""

    type: Literal["text_similarity"]
    name: str = Field(min_length=1)
    input: Template
    reference: Template
    evaluation_metric: Literal[
        "fuzzy_match", "bleu", "gleu", "meteor",
        "rouge_1", "rouge_2", "rouge_3", "rouge_4", "rouge_5", "rouge_l",
    ]  # fmt: skip
    pass_threshold: float | None = None


class GraderMessage(Part):
    """What the grading model is told."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Template


class ScoreModel(Part):
    """A model that gives a number."""

    type: Literal["score_model"]
    name: str = Field(min_length=1)
    model: str = Field(min_length=1)
    input: tuple[GraderMessage, ...] = Field(min_length=1, strict=False)
    range: tuple[float, float] | None = Field(default=None, strict=False)
    sampling_params: dict[str, Any] | None = None
    pass_threshold: float | None = None


class Python(Part):
    """A function of ours that the service runs: two minutes, no network, 2 GB of memory."""

    type: Literal["python"]
    name: str = Field(min_length=1)
    source: PythonSource
    image_tag: str | None = None


Single = Annotated[StringCheck | TextSimilarity | ScoreModel | Python, Field(discriminator="type")]


class Multi(Part):
    """Several graders, and a formula over their names."""

    type: Literal["multi"]
    name: str = Field(default="multi", min_length=1)
    graders: dict[str, Single] = Field(min_length=1)
    calculate_output: str = Field(min_length=1)


Grader = Annotated[
    StringCheck | TextSimilarity | ScoreModel | Python | Multi, Field(discriminator="type")
]
FORMULA_FUNCTIONS = {"min", "max", "abs", "floor", "ceil", "exp", "sqrt", "log"}
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def wire(grader: Any) -> dict[str, Any]:
    """A grader as the service spells it."""
    return dict(grader.model_dump(mode="json", exclude_none=True))


def unknown_names(grader: Any) -> Iterator[str]:
    """Words in the formula of a multi grader that name none of its graders."""
    if isinstance(grader, Multi):
        for word in WORD.findall(grader.calculate_output):
            if word not in grader.graders and word not in FORMULA_FUNCTIONS:
                yield word
