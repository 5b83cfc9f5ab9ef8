"""Mistakes of a whole file that its first line gives away.

One finding for the file says more than one for each of its lines; after it, the file is only
hashed.
"""

import re
from collections.abc import Callable, Mapping

from reconciler.datasets.findings import Complaint, Rule, error
from reconciler.datasets.lines import Line
from reconciler.planning.phrases import count

# What the service takes in parts; in one piece it is 512 MB. Whether GB is 10^9 or 2^30 bytes is
# not said, so the larger reading refuses nothing that might pass.
# Source: Microsoft Learn, "Customize a model with fine-tuning", read 2026-10.
LARGEST_FILE = 8 << 30

# Source: Microsoft Learn, "Customize a model with fine-tuning", read 2026-10.
FEWEST_EXAMPLES = 10

RULES: Mapping[str, Rule] = {
    "file/format": error("A file is in the format that its dataset declares."),
    "file/empty": error("A file holds at least one example."),
    "file/size": error("A file is at most 8 GB."),
    "file/examples": error(f"A training file holds at least {FEWEST_EXAMPLES} examples."),
    "file/encoding": error("A file is UTF-8, not UTF-16 or UTF-32."),
    "file/compressed": error("A file is plain text, not an archive."),
    "file/array": error("A file is JSON Lines, not one JSON array."),
    "file/pretty-printed": error("A file is JSON Lines: an object is never spread over lines."),
}

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LIST_OF_MESSAGES = re.compile(rb'\s*\[\s*\{\s*"(role|content)"')
_ARCHIVES = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh")


def of_file(first: Line) -> Complaint | None:
    """What is wrong with the file as a whole, to judge by its first line that is not blank."""
    for looks_wrong, complaint in _SHAPES:
        if looks_wrong(first):
            return complaint
    return None


def of_size(size: int) -> Complaint | None:
    if size <= LARGEST_FILE:
        return None
    return Complaint(
        "file/size",
        f"the file has {size:,} bytes; the service takes at most {LARGEST_FILE:,}.",
        hint="Leave out near-duplicates, or train on one part of it and go on with the other.",
    )


def of_count(examples: int, minimum: int) -> Complaint | None:
    if not examples:
        return Complaint("file/empty", "the file holds no example.")
    if examples >= minimum:
        return None
    return Complaint(
        "file/examples",
        f"the file holds {count(examples, 'example')}; the service asks for at least {minimum}.",
        hint=f"Add {minimum - examples} more; 50 to 100 are a sensible start.",
    )


def _is_wide(line: Line) -> bool:
    return line.data.startswith(_WIDE_MARKS) or line.data[1:2] == b"\0" or line.data[:1] == b"\0"


def _is_archive(line: Line) -> bool:
    return line.data.startswith(_ARCHIVES)


def _is_array(line: Line) -> bool:
    """Unless the list is one of messages: then each line misses only its braces."""
    return line.data.lstrip().startswith(b"[") and not _LIST_OF_MESSAGES.match(line.data)


def _is_pretty_printed(line: Line) -> bool:
    """The line opens an object and breaks off where only a pretty-printer breaks lines."""
    text = line.data.strip()
    return text.startswith(b"{") and text.endswith((b"{", b"[", b",")) and not text.endswith(b"},")


_SHAPES: tuple[tuple[Callable[[Line], bool], Complaint], ...] = (
    (
        _is_wide,
        Complaint(
            "file/encoding",
            "the file is UTF-16 or UTF-32.",
            hint="Save it as UTF-8: iconv -f UTF-16 -t UTF-8, or Out-File -Encoding utf8.",
        ),
    ),
    (
        _is_archive,
        Complaint("file/compressed", "the file is compressed.", hint="Unpack it first."),
    ),
    (
        _is_array,
        Complaint(
            "file/array",
            "the file is one JSON array.",
            hint="Write each element on a line of its own: jq -c '.[]' old.json > new.jsonl",
        ),
    ),
    (
        _is_pretty_printed,
        Complaint(
            "file/pretty-printed",
            "the first object is spread over several lines.",
            hint="Write each object on one line: jq -c . old.json > new.jsonl",
        ),
    ),
)
