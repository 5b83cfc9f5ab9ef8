"""What pydantic finds, in the words of the person who wrote the manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from reconciler.kinds.writing import DNS_LABEL
from reconciler.manifest.scalars import read_plain
from reconciler.planning.phrases import joined
from reconciler.planning.spelling import did_you_mean

Path = tuple[str | int, ...]
FORMS = {DNS_LABEL: "a name has a-z, 0-9 and - in it, and at most 63 characters"}


class Wording(NamedTuple):
    message: str
    hint: str = ""
    is_about_key: bool = False


class _Case(NamedTuple):
    field: str  # the dotted path below spec
    path: Path
    given: str  # `, not 0`, or nothing where the value may be secret
    error: Mapping[str, Any]
    schema: Mapping[str, Any]


def worded(
    error: Mapping[str, Any], path: Path, schema: Mapping[str, Any], *, is_secret: bool
) -> Wording:
    """A sentence about one finding, and what to write instead."""
    given = "" if is_secret else f", not {_shown(error.get('input'))}"
    case = _Case(_dotted(as_written(path, schema)), path, given, error, schema)
    say = CASES.get(str(error["type"]), _otherwise)
    return say(case)


def _unknown_key(case: _Case) -> Wording:
    known = _keys(case.schema, _at(case.schema, case.path[:-1]))
    hint = did_you_mean(str(case.path[-1]), known) or f"Known here: {', '.join(known)}."
    return Wording(f"unknown key {case.path[-1]}.", hint if known else "", is_about_key=True)


def _missing(case: _Case) -> Wording:
    hint = str(_at(case.schema, case.path).get("description", ""))
    return Wording(f"{case.field} is missing.", _sentence(hint), is_about_key=True)


def _text(case: _Case) -> Wording:
    is_scalar = isinstance(case.error.get("input"), bool | int | float)
    hint = "Put it in quotes." if is_scalar else ""
    return Wording(f"{case.field} must be text{case.given}.", hint)


def _choice(case: _Case) -> Wording:
    expected = str(case.error["ctx"]["expected"]).replace("'", "")
    options = expected.replace(" or ", ", ").split(", ")
    hint = did_you_mean(str(case.error.get("input")), options) if case.given else ""
    return Wording(f"{case.field} must be {expected}{case.given}.", hint)


def _form(case: _Case) -> Wording:
    """A union whose form cannot be told."""
    known = list(_forms(case.schema, _at(case.schema, case.path)))
    given = str(case.error.get("ctx", {}).get("tag", "")) if case.given else ""
    hint = did_you_mean(given, known)
    said = f", not {given}" if given else ""
    return Wording(f"{case.field}.type must be {joined(known, by='or')}{said}.", hint)


def _bound(words: str, key: str) -> Callable[[_Case], Wording]:
    def say(case: _Case) -> Wording:
        return Wording(f"{case.field} must be {words} {case.error['ctx'][key]}{case.given}.")

    return say


def _length(words: str, key: str) -> Callable[[_Case], Wording]:
    def say(case: _Case) -> Wording:
        limit = case.error["ctx"][key]
        if limit == 1:
            return Wording(f"{case.field} must not be empty.")
        return Wording(f"{case.field} must have {words} {limit} characters{case.given}.")

    return say


def _pattern(case: _Case) -> Wording:
    pattern = case.error["ctx"]["pattern"]
    form = FORMS.get(pattern) or str(_at(case.schema, case.path).get("description", ""))
    given = case.given.replace(", not ", ": ", 1)
    hint = form or f"It has to match {pattern}"
    return Wording(f"{case.field} has a form that is not allowed{given}.", _sentence(hint))


def _type(words: str) -> Callable[[_Case], Wording]:
    def say(case: _Case) -> Wording:
        return Wording(f"{case.field} must be {words}{case.given}.")

    return say


def _number(words: str) -> Callable[[_Case], Wording]:
    def say(case: _Case) -> Wording:
        text = case.error.get("input")
        hint = ""
        if isinstance(text, str) and not case.given:
            hint = "Write ${NAME} without quotes, and outside of { }."
        elif isinstance(text, str) and not isinstance(read_plain(text), str):
            hint = "Write it without quotes."
        return Wording(f"{case.field} must be {words}{case.given}.", hint)

    return say


def _otherwise(case: _Case) -> Wording:
    """Our own validators write whole sentences, with what was given at the end of some."""
    message, shows, _given = str(case.error["msg"]).partition(", not ")
    given = case.given if shows else ""
    text = case.error.get("input")
    is_word = case.error["type"] == "auto_or" and isinstance(text, str)
    hint = did_you_mean(str(text), ["auto"]) if given and is_word else ""
    return Wording(f"{case.field} {message[:1].lower()}{message[1:]}{given}.", hint)


CASES: Mapping[str, Callable[[_Case], Wording]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "union_tag_invalid": _form,
    "union_tag_not_found": _form,
    "string_type": _text,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _bound("at least", "ge"),
    "greater_than": _bound("more than", "gt"),
    "less_than_equal": _bound("at most", "le"),
    "multiple_of": _bound("a multiple of", "multiple_of"),
    "string_too_short": _length("at least", "min_length"),
    "string_too_long": _length("at most", "max_length"),
    "int_type": _number("a whole number"),
    "float_type": _number("a number"),
    "bool_type": _type("true or false"),
    "decimal_type": _number("a number"),
    "decimal_parsing": _number("a number"),
    "model_type": _type("a mapping"),
    "dict_type": _type("a mapping"),
    "tuple_type": _type("a list"),
}


def _dotted(path: Path) -> str:
    below = path[1:] if path[:1] == ("spec",) else path
    return ".".join(str(part) for part in below) or str(path[0])


def _shown(value: Any) -> str:
    """The value as YAML has it, cut to a length that fits a sentence."""
    words = {True: "true", False: "false", None: "nothing"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    limit = 60
    return (text or '""') if len(text) <= limit else f"{text[:limit]}…"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


def _at(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The part of a JSON Schema that describes a path, or nothing."""
    node: Mapping[str, Any] = schema
    for part in path:
        node = _followed(schema, node)
        node = node.get("items", {}) if isinstance(part, int) else _property(schema, node, part)
    return {**_followed(schema, node), **{k: v for k, v in node.items() if k != "$ref"}}


def as_written(path: Path, schema: Mapping[str, Any]) -> Path:
    """The path as it stands in the document: pydantic adds which form of a union it tried."""
    return tuple(
        part for at, part in enumerate(path) if part not in _forms(schema, _at(schema, path[:at]))
    )


def _forms(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[Any, Any]:
    """The forms that a mapping may take, by the value that tells them apart."""
    forms: dict[Any, Any] = {}
    for option in _options(schema, node):
        forms.update(option.get("discriminator", {}).get("mapping", {}))
    return forms


def _options(schema: Mapping[str, Any], node: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return (node, *(_followed(schema, one) for one in node.get("anyOf", ())))


def _property(schema: Mapping[str, Any], node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    form = _forms(schema, node).get(name)
    if form is not None:
        return {"$ref": form}
    for option in _options(schema, node):
        found = option.get("properties", {}).get(name, option.get("additionalProperties"))
        if isinstance(found, Mapping):
            return dict(found)
    return {}


def _followed(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref")
    if reference is None:
        return node
    return dict(schema["$defs"][str(reference).rsplit("/", 1)[-1]])


def _keys(schema: Mapping[str, Any], node: Mapping[str, Any]) -> tuple[str, ...]:
    options = _options(schema, node)
    return tuple(name for option in options for name in option.get("properties", {}))
