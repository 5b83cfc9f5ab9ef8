"""What a model has to answer before its users get it: prompts, and what their answers must be."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.writing import Part, one_of

MARK = 12  # hex digits that tell one list of prompts from another
SHOWN = 200  # characters of an answer


class Expectation(Part):
    """A prompt and one of contains, matches and jsonSchema."""

    model_config = one_of("contains", "matches", "jsonSchema")

    prompt: str = Field(min_length=1, description="what the model is asked")
    system: str | None = Field(default=None, min_length=1, description="the system message")
    contains: str | None = Field(default=None, min_length=1, description="a part of the answer")
    matches: str | None = Field(
        default=None, min_length=1, description="a regular expression that the answer has to match"
    )
    json_schema: dict[str, Any] | None = Field(
        default=None, description="a JSON Schema; the whole answer has to be JSON that fits it"
    )
    max_tokens: int = Field(default=256, ge=1, description="the longest answer")

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        given = (self.contains, self.matches, self.json_schema)
        if sum(one is not None for one in given) != 1:
            raise PydanticCustomError(
                "expectation", "needs exactly one of contains, matches and jsonSchema"
            )
        return self

    @property
    def mistake(self) -> tuple[str, str] | None:
        """The field that says nothing sensible, and why."""
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                return "matches", f"is no regular expression: {error}"
        if self.json_schema is not None and (why := _wrong_schema(self.json_schema)):
            return "jsonSchema", f"is no JSON Schema: {why}"
        return None

    def shortfall(self, answer: str) -> str:
        """What the answer should have been; empty where it is."""
        if self.contains is not None:
            return "" if self.contains in answer else f'should contain "{self.contains}"'
        if self.matches is not None:
            is_match = re.search(self.matches, answer)
            return "" if is_match else f'should match "{self.matches}"'
        why = _unfit(self.json_schema or {}, answer)
        return f"should be JSON that fits its schema ({why})" if why else ""


def _wrong_schema(schema: dict[str, Any]) -> str:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return str(error.message)
    return ""


def _unfit(schema: dict[str, Any], answer: str) -> str:
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        value = json.loads(answer)
    except ValueError as error:
        return f"it is no JSON: {error}"
    # A registry of nothing: a schema that points elsewhere is never fetched.
    validator = Draft202012Validator(schema, registry=Registry())
    try:
        found = next(iter(validator.iter_errors(value)), None)
    except Unresolvable as error:
        return f"the schema points to what is not in it: {error}"
    return "" if found is None else f"{found.json_path}: {found.message}"


def missed(number: int, one: Expectation, answer: str) -> str:
    """A sentence about an answer that is not what was expected; empty if it is."""
    why = one.shortfall(answer)
    if not why:
        return ""
    return f'answer {number}, to "{_cut(one.prompt)}", {why}, and was "{_cut(answer)}"'


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}..."


def mark(weights: str, expected: Iterable[Expectation]) -> str:
    """Digits that name weights together with what they have to answer."""
    parts = [weights, [one.model_dump(exclude_defaults=True) for one in expected]]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:MARK]
