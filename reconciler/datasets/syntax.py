"""One line of a JSONL file to one JSON object, or to a complaint that says where and why not.

msgspec decodes, since nearly every line is good; a refused line is read again with the standard
library, slowly, whose errors know their position.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import msgspec

from reconciler.datasets.findings import Complaint, Rule, error, warning
from reconciler.datasets.lines import LONGEST_LINE, Line
from reconciler.datasets.spelling import listed, named, quoted

RULES: Mapping[str, Rule] = {
    "jsonl/utf-8": error("The file is UTF-8, with or without a byte order mark."),
    "jsonl/line-length": error(
        f"A line is at most {LONGEST_LINE >> 20} MiB long; what is longer cannot be checked."
    ),
    "jsonl/blank-line": warning("No line is blank."),
    "jsonl/syntax": error("Each line is JSON: no NaN, no comments, no trailing commas."),
    "jsonl/nesting": error("JSON is nested less than about a thousand levels deep."),
    "jsonl/number": error("Numbers fit into 64 bits, whole or floating."),
    "jsonl/object": error("Each line holds one JSON object."),
    "jsonl/duplicate-key": warning(
        "No key appears twice in an object: readers differ in whom they believe."
    ),
}


class MalformedError(Exception):
    """A line that cannot be checked further."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


def parse(line: Line) -> dict[str, Any]:
    if not line.is_whole:
        raise MalformedError(_too_long())
    try:
        value = msgspec.json.decode(line.data)
    except (ValueError, RecursionError) as refusal:
        raise MalformedError(_explain(line, refusal)) from None
    if not isinstance(value, dict):
        raise MalformedError(_not_an_object(value))
    return value


def duplicate_keys(data: bytes) -> Iterator[Complaint]:
    """Of the whole line, at any depth. Slow: for lines that already look suspicious."""
    twice: dict[str, None] = {}

    def remember(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            twice.update(dict.fromkeys(key for key in keys if keys.count(key) > 1))

    json.loads(data, object_pairs_hook=remember)
    if twice:
        yield Complaint(
            "jsonl/duplicate-key",
            f"{listed([quoted(key) for key in twice])} appears twice in one object.",
            hint="Keep one of them; here the last one was read.",
        )


def _too_long() -> Complaint:
    return Complaint(
        "jsonl/line-length",
        f"the line is longer than {LONGEST_LINE >> 20} MiB and was not checked.",
        hint="Put one example on each line, and give large images by URL instead of as data URIs.",
    )


def _not_an_object(value: Any) -> Complaint:
    hint = 'Write each example as an object, such as {"messages": […]}, on a line of its own.'
    return Complaint("jsonl/object", f"the line holds {named(value)}, not an object.", hint=hint)


def _explain(line: Line, refusal: Exception) -> Complaint:
    try:
        text = line.data.decode()
    except UnicodeDecodeError as bad:
        return _bad_bytes(line, bad)
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as wrong:
        return _wrong_syntax(text, wrong)
    except _ConstantError as constant:
        return _constant(line.data, refusal, str(constant))
    except RecursionError:
        return too_deep()
    except ValueError:
        return _number()
    return _stricter(text, refusal)


def _bad_bytes(line: Line, bad: UnicodeDecodeError) -> Complaint:
    return Complaint(
        "jsonl/utf-8",
        f"byte 0x{line.data[bad.start]:02x} at offset {line.offset + bad.start} of the file"
        " is not UTF-8.",
        hint="Save the file as UTF-8; text from other encodings has to be converted.",
        column=_column(line.data, bad.start),
    )


# By what the standard library stumbled over, as a prefix of the rest of the line.
_HINTS = (
    ("'", "JSON takes double quotes; json.dumps writes them, str() and repr() do not."),
    ("}", "Remove the comma before it."),
    ("]", "Remove the comma before it."),
    (",", "Remove the comma: JSONL has none between lines."),
    ("{", "Put each object on a line of its own."),
    ("\ufeff", "Remove the byte order mark: two files were joined here."),
    ("True", "JSON writes true."),
    ("False", "JSON writes false."),
    ("None", "JSON writes null."),
    ("//", "JSON has no comments."),
    ("#", "JSON has no comments."),
)


def _wrong_syntax(text: str, wrong: json.JSONDecodeError) -> Complaint:
    rest = text[wrong.pos :].lstrip(" \t\r")
    at = len(text) - len(rest) if rest else wrong.pos
    if not rest or wrong.msg.startswith("Unterminated"):
        what, hint = "the line ends before its object does.", "Keep the whole object on one line."
    else:
        what = f"not JSON from {quoted(rest[:12])} on ({wrong.msg[0].lower()}{wrong.msg[1:]})."
        hint = next((hint for start, hint in _HINTS if rest.startswith(start)), "")
    return Complaint("jsonl/syntax", what, hint=hint, column=at + 1)


class _ConstantError(Exception):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _constant(data: bytes, refusal: Exception, name: str) -> Complaint:
    position = re.search(r"\(byte (\d+)\)", str(refusal))
    return Complaint(
        "jsonl/syntax",
        f"{name} is not JSON.",
        hint="Write null or leave the key out.",
        column=_column(data, int(position[1])) if position else 0,
    )


def too_deep() -> Complaint:
    return Complaint("jsonl/nesting", "the JSON is nested too deeply to be read.")


def _number() -> Complaint:
    return Complaint("jsonl/number", "a number is out of range.", hint="Write it as text.")


def _stricter(text: str, refusal: Exception) -> Complaint:
    """The standard library reads it; msgspec, like most readers, does not."""
    if "out of range" in str(refusal):
        return _number()
    if half := re.search(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", text):
        return Complaint(
            "jsonl/utf-8",
            f"half of a character, such as {half[0]}, stands without its other half.",
            hint="Text was cut inside an emoji or rare character; cut between characters.",
        )
    return Complaint("jsonl/syntax", f"not JSON: {refusal}.")


def _column(data: bytes, position: int) -> int:
    return len(data[:position].decode(errors="replace")) + 1


def is_blank(line: Line) -> bool:
    return line.is_whole and (not line.data or line.data.isspace())


def blank_line() -> Complaint:
    return Complaint("jsonl/blank-line", "the line is blank.", hint="Remove it.")
