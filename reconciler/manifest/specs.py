"""Documents → specs: every key known, every value of its type, or a mistake where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from reconciler.kinds.documents import API_VERSION, SPECS, Metadata, schema_of
from reconciler.manifest.documents import Document
from reconciler.manifest.mistakes import Mistake
from reconciler.manifest.parsing import UNREADABLE
from reconciler.manifest.wording import Wording, as_written, worded
from reconciler.planning.address import Address
from reconciler.planning.spelling import closest, did_you_mean

ENVELOPE = ("apiVersion", "kind", "metadata", "spec")
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Entry:
    """A valid document."""

    address: Address
    spec: Any
    document: Document

    @property
    def subject(self) -> str:
        return self.document.subject


def read_spec(document: Document) -> tuple[Entry | None, list[Mistake]]:
    """The spec of a document, or everything that is wrong with it."""
    kind = document.value.get("kind")
    mistakes = [*_envelope(document)]
    if not isinstance(kind, str) or kind not in SPECS:
        return None, mistakes
    metadata, wrong = _validated(document, Metadata, "metadata", kind)
    mistakes += wrong
    spec, wrong = _validated(document, SPECS[kind], "spec", kind)
    mistakes += wrong
    if mistakes or spec is None or not isinstance(metadata, Metadata):
        return None, mistakes  # without mistakes here, the reader has had its say
    return Entry(Address(kind.lower(), metadata.name), spec, document), []


def _envelope(document: Document) -> Iterator[Mistake]:
    for key in document.value:
        if key not in ENVELOPE:
            yield mistake(document, (key,), f"unknown key {key}.", did_you_mean(key, ENVELOPE))
    version = document.value.get("apiVersion")
    if version is None:
        yield mistake(document, (), "apiVersion is missing.", f"Write apiVersion: {API_VERSION}.")
    elif version != API_VERSION and version is not UNREADABLE:
        text = f"this version of ftctl reads {API_VERSION} only."
        yield mistake(document, ("apiVersion",), text, f"Write apiVersion: {API_VERSION}.")
    kind = document.value.get("kind")
    if kind is None:
        yield mistake(document, (), "kind is missing.", f"It is one of {', '.join(SPECS)}.")
    elif kind is not UNREADABLE and kind not in SPECS:
        near = closest(str(kind), SPECS)
        named = "such kind" if document.is_from_environment(("kind",)) else f"kind {kind}"
        hint = f"Did you mean {near}?" if near else f"It is one of {', '.join(SPECS)}."
        yield mistake(document, ("kind",), f"there is no {named}.", hint)


def _validated(
    document: Document, model: type[BaseModel], key: str, kind: str
) -> tuple[BaseModel | None, list[Mistake]]:
    value = document.value.get(key, {})
    if key not in document.value and key == "metadata":
        return None, [mistake(document, (), "metadata is missing.", "It holds the name.")]
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        schema = schema_of(kind)
        found = _without_echoes(error.errors(include_url=False))
        wrong = [found_mistake(document, (key, *one["loc"]), one, schema) for one in found]
        return None, [one for one in wrong if one]


def _without_echoes(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A misspelled key is one mistake, not also a missing key."""
    found = list(errors)
    unknown = [one["loc"] for one in found if one["type"] == "extra_forbidden"]

    def is_echo(one: Mapping[str, Any]) -> bool:
        *parent, name = one["loc"] or ("",)
        near = (loc[-1] for loc in unknown if list(loc[:-1]) == parent)
        return one["type"] == "missing" and any(closest(str(key), [str(name)]) for key in near)

    return [one for one in found if not is_echo(one)]


def found_mistake(
    document: Document, tried: Path, error: Mapping[str, Any], schema: Mapping[str, Any]
) -> Mistake | None:
    """What pydantic found at a path that it tried. None where the reader has had its say."""
    if error.get("input") is UNREADABLE:
        return None
    path = as_written(tried, schema)
    wording: Wording = worded(error, tried, schema, is_secret=document.is_from_environment(path))
    return mistake(document, path, wording.message, wording.hint, is_about_key=wording.is_about_key)


def mistake(
    document: Document, path: Path, message: str, hint: str = "", *, is_about_key: bool = True
) -> Mistake:
    """A mistake at a path of a document, with the position of the key or of the value there."""
    at = document.place(path) if is_about_key else document.value_place(path)
    return Mistake(str(document.file), at.line, at.column, document.subject, message, hint)
