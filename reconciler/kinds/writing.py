"""What all specs share: how strict they are, and the small types that people write."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A mapping in a manifest: camelCase, no unknown keys, no silent conversions."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        validate_by_name=False,
    )


def one_of(*keys: str) -> ConfigDict:
    """What editors have to know of a mapping that takes exactly one of some keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


def _auto_or(kind: type, least: float, *, is_least_allowed: bool) -> Any:
    word = "a whole number" if kind is int else "a number"
    bound = "at least" if is_least_allowed else "more than"

    def check(value: Any) -> Any:
        if value == "auto":
            return value
        is_number = isinstance(value, int | (float if kind is float else int))
        if isinstance(value, bool) or not is_number:
            raise PydanticCustomError(
                "auto_or", f"must be auto or {word}, not {{given}}", {"given": repr(value)}
            )
        if value < least or (value == least and not is_least_allowed):
            raise PydanticCustomError(
                "auto_or", f"must be {bound} {least:g}, not {{given}}", {"given": value}
            )
        return value

    limit = "minimum" if is_least_allowed else "exclusiveMinimum"
    schema = {
        "anyOf": [
            {"const": "auto"},
            {"type": "integer" if kind is int else "number", limit: least},
        ]
    }
    return BeforeValidator(check), WithJsonSchema(schema)


AutoOrCount = Annotated[Any, *_auto_or(int, 1, is_least_allowed=True)]
AutoOrRate = Annotated[Any, *_auto_or(float, 0, is_least_allowed=False)]

DNS_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
Name = Annotated[str, Field(pattern=DNS_LABEL, description="a DNS label: a-z, 0-9 and -")]
