"""The bytes of a manifest file → documents that know where each key stands, or every mistake.

A file is cut at its `---` lines first and each piece is parsed by itself, so that a broken document
hides no mistake in the ones after it. (YAML ends a document at such a line wherever it stands, even
inside quotes or brackets; a cut never changes the meaning of a correct file.)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.manifest.mistakes import Mistake
from reconciler.manifest.parsing import UNREADABLE, Finding, Parsed, parse
from reconciler.manifest.places import Place, Places, pack, scalars, start, unpack
from reconciler.manifest.refusals import no_mapping
from reconciler.manifest.scalars import name_of_type

MAX_BYTES = 16 * 1024 * 1024

_CUT = re.compile(r"\n(?=---(?:\s|\Z))")
_LAST_LINE = re.compile(r"\n\.\.\.[ \t\r]*\n")
# Directives (%YAML, %TAG) and comments before the first --- line go with the document after it.
_HEAD = re.compile(r"(?:[%#].*\n|[ \t\r]*\n)*---(?=\s|\Z)")

# YAML allows what can be printed, plus tab and line breaks. U+0085, U+2028 and U+2029 are line
# breaks to YAML 1.1 and to no editor: libyaml would count lines by them, and alter such text.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
)


@dataclass(frozen=True)
class Document:
    """One YAML document. Values that could not be read are `parsing.UNREADABLE`."""

    file: Path
    line: int
    """Where its first key stands."""
    value: dict[str, Any]
    places: Places = field(repr=False, compare=False)
    from_environment: frozenset[int] = field(default=frozenset(), repr=False, compare=False)

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Where the key or the item at the path stands, or else its nearest ancestor."""
        return unpack(self.places.key_at(path))

    def value_place(self, path: tuple[str | int, ...]) -> Place:
        """Where the value at the path begins, or else its nearest ancestor."""
        return start(self.places.value_at(path))

    def is_from_environment(self, path: tuple[str | int, ...]) -> bool:
        """Whether the value at the path, or a part of it, must not be shown: it may be secret."""
        if not self.from_environment:
            return False
        return not self.from_environment.isdisjoint(scalars(self.places.value_at(path)))

    @property
    def subject(self) -> str:
        """`FineTunedModel/support`, as far as the document says so."""
        kind, metadata = self.value.get("kind"), self.value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        parts = ((kind, ("kind",)), (name, ("metadata", "name")))
        known = [
            part
            for part, path in parts
            if isinstance(part, str) and not self.is_from_environment(path)
        ]
        return "/".join(known) if isinstance(kind, str) else ""


def read_file(path: Path, environ: Mapping[str, str]) -> tuple[list[Document], list[Mistake]]:
    """Read a manifest file; one that cannot be opened is a mistake like any other."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        return [], [_about_file(path, f"It cannot be read: {error.strerror}.")]
    return read_documents(path, text, environ)


def read_documents(
    path: Path, text: bytes, environ: Mapping[str, str]
) -> tuple[list[Document], list[Mistake]]:
    """Every document of a file's bytes, and every mistake in them."""
    if len(text) > MAX_BYTES:
        return [], [_about_file(path, f"It is larger than {MAX_BYTES // 2**20} MiB.")]
    decoded = _decode(text)
    if isinstance(decoded, Finding):
        return [], [_mistake(path, decoded)]
    documents: list[Document] = []
    mistakes: list[Mistake] = []
    for parsed in _parse(decoded, environ):
        if isinstance(parsed, Finding):
            mistakes.append(_mistake(path, parsed))
            continue
        document = _document(path, parsed)
        subject = document.subject if document else ""
        mistakes.extend(_mistake(path, finding, subject) for finding in parsed.findings)
        if document:
            documents.append(document)
        elif parsed.value not in (None, UNREADABLE):
            mistakes.append(_mistake(path, _no_mapping(parsed)))
    return documents, sorted(mistakes)


def _decode(text: bytes) -> str | Finding:
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig", "replace")
        message = f"Byte {error.start + 1} of the file, 0x{text[error.start]:02x}, is not UTF-8."
        return Finding(_end(before), message, "Save the file as UTF-8.")
    if match := _UNPRINTABLE.search(decoded):
        code = f"{ord(match[0]):04X}"
        message = f"The character U+{code} cannot stand in a manifest."
        hint = f'Remove it, or write it as "\\u{code}" in double quotes.'
        return Finding(_end(decoded[: match.start()]), message, hint)
    return decoded


def _end(text: str) -> int:
    """The place right after a text."""
    return pack(text.count("\n") + 1, len(text) - text.rfind("\n") - 1)


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """The pieces that hold one document each, with the line in which each begins."""
    head = _HEAD.match(text)
    begin, line = 0, 1
    for match in _CUT.finditer(text, head.end() if head else 0):
        end = _before_directives(text, begin, match.start() + 1)
        yield line, text[begin:end]
        line += text.count("\n", begin, end)
        begin = end
    yield line, text[begin:]


def _before_directives(text: str, begin: int, end: int) -> int:
    """The end of a document whose successor has directives: they stand between ... and ---."""
    if text.find("\n%", begin, end) < 0:
        return end
    ends = [match.end() for match in _LAST_LINE.finditer(text, begin, end)]
    return ends[-1] if ends else end


def _parse(text: str, environ: Mapping[str, str]) -> Iterator[Parsed | Finding]:
    for line, piece in _cut(text):
        yield from parse(piece, line, environ)


def _document(path: Path, parsed: Parsed) -> Document | None:
    places = parsed.places
    if not isinstance(parsed.value, dict) or isinstance(places, int):
        return None
    first = places.keys[next(iter(places.keys))] if places.keys else places.at
    return Document(path, unpack(first).line, parsed.value, places, parsed.from_environment)


def _no_mapping(parsed: Parsed) -> Finding:
    at = start(parsed.places)
    return Finding(pack(at.line, at.column - 1), *no_mapping(name_of_type(parsed.value)))


def _mistake(path: Path, finding: Finding, subject: str = "") -> Mistake:
    at = unpack(finding.at)
    return Mistake(str(path), at.line, at.column, subject, finding.message, finding.hint)


def _about_file(path: Path, message: str) -> Mistake:
    return Mistake(str(path), 0, 0, "", message)
