"""What a parser's error means, in a sentence for people.

libyaml says where it gave up and what it had expected; a person wants to know which line to look
at. For a list that is never closed, that is the line that opens it, not the end of the file.
PyYAML's own parser words the same errors a little differently; the patterns fit both.
"""

import re
from typing import NamedTuple

from yaml.error import MarkedYAMLError, YAMLError


class Explanation(NamedTuple):
    """Line and column count from 0, as the parser's marks do."""

    line: int
    column: int
    message: str
    hint: str = ""


class Pattern(NamedTuple):
    """An error to recognise by its context and problem, and what to say of it."""

    error: re.Pattern[str]
    message: str
    hint: str = ""
    is_about_start: bool = False
    """Whether to point at where the broken thing starts, rather than where the parser stopped."""


def _pattern(error: str, message: str, hint: str = "", *, at_start: bool = False) -> Pattern:
    return Pattern(re.compile(error), message, hint, at_start)


# The first that fits is taken. Each is matched against "<context>: <problem>".
PATTERNS = (
    _pattern(
        r"quoted scalar: found unexpected (end of stream|document)",
        "The quote that opens here is never closed.",
        at_start=True,
    ),
    _pattern(
        r"quoted scalar: (found unknown escape|.*expected .*hexa?decimal|found invalid)",
        "A backslash in double quotes must start an escape that YAML knows, such as \\n.",
        "Use single quotes, or write the backslash twice.",
    ),
    _pattern(
        r"simple key: could not find expected ':'",
        "This line is neither `key: value` nor an item of a list.",
        "A colon and a space are missing, or the line is not indented far enough.",
        at_start=True,
    ),
    _pattern(
        r"mapping values are not allowed",
        "A second `: ` in this line, or a line that is indented too far.",
        "Put a value that holds `: ` in quotes; align a key with the keys beside it.",
    ),
    _pattern(
        r"sequence entries are not allowed",
        "An item of a list cannot stand here.",
        "Start the list on a line of its own, under its key.",
    ),
    _pattern(
        r"block mapping: .*expected",
        "This line does not continue the mapping above it.",
        "Align its key with the others.",
    ),
    _pattern(
        r"block (collection|sequence): .*expected",
        "This line does not continue the list above it.",
        "Align its `-` with the others.",
    ),
    _pattern(
        r"flow sequence: .*expected",
        "The list that opens here with [ has no closing ], or a comma is missing in it.",
        at_start=True,
    ),
    _pattern(
        r"flow mapping: .*expected",
        "The mapping that opens here with { has no closing }, or a comma is missing in it.",
        at_start=True,
    ),
    _pattern(
        r"flow node: .*expected",
        "A value is missing here, or a bracket is not closed.",
    ),
    _pattern(
        r"found (a tab|character '?\\t)",
        "A tab cannot be used to indent or align.",
        "Use spaces.",
    ),
    _pattern(
        r"block scalar: ",
        "After | or > only an indentation, a + or - and a comment may follow.",
    ),
    _pattern(
        r"expected '?<document start>",
        "Something follows the end of the document.",
        "Start the next document with a line that holds only ---.",
    ),
    _pattern(
        r"tag: |tag handle|a tag",
        "A ! starts a tag, and this one is not supported.",
        "Put a value that starts with ! in quotes.",
    ),
    _pattern(
        r"(anchor|alias): .*expected",
        "An & or * that starts a value must be followed by a name.",
        "Put a value that starts with & or * in quotes.",
    ),
    _pattern(r"%YAML|directive|incompatible YAML", "A line that starts with % is not understood."),
)

# What cannot start a plain value, and which the parser only calls "character".
STARTS = {
    "\t": ("A tab cannot be used to indent or align.", "Use spaces."),
    "@": ("A value cannot start with @.", "Put it in quotes."),
    "`": ("A value cannot start with a backquote.", "Put it in quotes."),
    "%": ("A value cannot start with %.", "Put it in quotes."),
}
AFTER_THE_VALUE = (
    "Something follows the end of the value.",
    "A value in quotes ends with its quote. Inside single quotes write '', inside double \\\".",
)
REFERENCE_IN_BRACKETS = "Inside [ ] and { }, put a value with ${NAME} in quotes."


def explain(error: YAMLError, text: str) -> Explanation:
    """Where to look and what to say for an error of the parser in a text."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Explanation(0, 0, f"It is not YAML: {error}.")
    mark = error.problem_mark
    words = f"{error.context or ''}: {error.problem or ''}"
    if "cannot start any token" in words:
        return Explanation(mark.line, mark.column, *_start(text[mark.index : mark.index + 1]))
    pattern = next((pattern for pattern in PATTERNS if pattern.error.search(words)), None)
    if pattern is None:
        return Explanation(mark.line, mark.column, f"It is not YAML: {words.strip(': ')}.")
    if pattern.is_about_start and error.context_mark is not None:
        mark = error.context_mark
    line, column = min((mark.line, mark.column), _end(text))
    if "flow" in words and "${" in text:
        return Explanation(line, column, pattern.message, REFERENCE_IN_BRACKETS)
    if "block mapping" in words and text.split("\n")[line][:column].strip():
        return Explanation(line, column, *AFTER_THE_VALUE)
    return Explanation(line, column, pattern.message, pattern.hint)


def _end(text: str) -> tuple[int, int]:
    """The last place that holds anything: what is missing at the end is missing there."""
    held = text.rstrip()
    return held.count("\n"), len(held) - held.rfind("\n") - 1


def _start(character: str) -> tuple[str, str]:
    fallback = (f"A value cannot start with {character}.", "Put it in quotes.")
    return STARTS.get(character, fallback)
