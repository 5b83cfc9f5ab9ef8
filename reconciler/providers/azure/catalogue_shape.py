"""The shape of a catalogue's file for pydantic, which finds every mistake at once.

It is made from the entries, and only where somebody has written such a file or wants its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Annotated, Any, Optional, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel

from reconciler.providers.azure.catalogue import Catalogue

STRICT = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=False)


def shape() -> type[BaseModel]:
    """The whole file."""
    return _model_of(Catalogue)


@cache
def _model_of(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """Nothing is required, and a null removes what the built-in catalogue has."""
    hints = get_type_hints(struct, include_extras=True)
    fields: Mapping[str, Any] = {
        one.name: (_or_null(hints[one.name]), None) for one in msgspec.structs.fields(struct)
    }
    return create_model(struct.__name__, __config__=STRICT, __doc__=struct.__doc__, **fields)


def _or_null(hint: Any) -> Any:
    return Optional[_with_models(hint)]  # noqa: UP045 -- `|` does not take what is made here


def _with_models(hint: Any) -> Any:
    """The same type, with pydantic's models in the place of structs."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _model_of(hint)
    inner = get_args(hint)
    if get_origin(hint) is dict:
        return dict[str, _or_null(inner[1])]  # type: ignore[misc]  # made at run time
    if NoneType in inner:
        return _or_null(next(one for one in inner if one is not NoneType))
    if get_origin(hint) is Annotated:
        return Annotated[_with_models(inner[0]), *inner[1:]]
    return hint
