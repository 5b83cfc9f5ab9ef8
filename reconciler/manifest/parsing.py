"""The events of a YAML parser → values, with the place of each key and value beside them.

PyYAML's own way from events to values takes half as long again, forgets where things stood, keeps
the last of two equal keys in silence and turns `2025-04-14` into a date. So this is a loader of our
own over libyaml's events. It refuses what a reader of a manifest could not follow (merge keys,
unknown tags, keys that are no strings) and what could hurt (deep nesting, aliases that multiply).

Two kinds of trouble: a `Finding` is noted and reading goes on, with `UNREADABLE` in the place of
the value; `UnparsableError` ends the document.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from reconciler.manifest.environment import resolve
from reconciler.manifest.places import COLUMN_BITS, Places, pack, unpack
from reconciler.manifest.refusals import (
    COMPLEX_KEY,
    MERGE_KEY,
    Words,
    bad_tag,
    endless,
    no_string,
    too_deep,
    too_many,
    twice,
    unknown_anchor,
    wrong_tag,
)
from reconciler.manifest.scalars import (
    MAPPING_TAGS,
    SEQUENCE_TAGS,
    STRING_TAGS,
    TYPES_OF_TAGS,
    name_of_type,
    read_plain,
)
from reconciler.manifest.syntax_errors import explain

# The pure parser, six times slower, where PyYAML was built without libyaml.
EventSource: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_DEPTH = 64
# Aliases may repeat so many values in one document. Real manifests repeat a few dozen.
MAX_REPEATED = 10_000


class Unreadable:
    """What stands where a value could not be read; the mistake says why."""

    def __repr__(self) -> str:
        return "<unreadable>"


UNREADABLE: Final = Unreadable()


class Finding(NamedTuple):
    """A mistake that does not know its file yet."""

    at: int
    message: str
    hint: str = ""


class UnparsableError(Exception):
    """The rest of the document cannot be read."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def why_no_key(text: str, tag: str | None) -> Words:
    """Why a scalar cannot be the key of an entry."""
    if tag is not None:
        return bad_tag(tag)
    return MERGE_KEY if text == "<<" else no_string(text, name_of_type(read_plain(text)))


class Parsed(NamedTuple):
    """One document as it was read."""

    value: Any
    places: Places | int
    findings: list[Finding]
    from_environment: frozenset[int]
    """The packed places of the values that hold something from the environment."""


def parse(text: str, first_line: int, environ: Mapping[str, str]) -> Iterator[Parsed | Finding]:
    """Every document of a text that begins at the given line of its file.

    Where the text stops being YAML, what is wrong with it comes last.
    """
    findings: list[Finding] = []
    try:
        source = EventSource(text)
        source.get_event()  # the start of the stream
        while type(source.get_event()) is not StreamEndEvent:
            findings = []
            yield _Document(source.get_event, first_line, environ, findings).read()
            source.get_event()  # the end of the document
    except UnparsableError as error:
        yield from (*findings, error.finding)
    except yaml.YAMLError as error:
        line, column, message, hint = explain(error, text)
        yield from (*findings, Finding(pack(line + first_line, column), message, hint))


class _Document:
    """One document while it is being read, a recursive descent over its events."""

    def __init__(
        self,
        next_event: Callable[[], Any],
        first_line: int,
        environ: Mapping[str, str],
        findings: list[Finding],
    ) -> None:
        self.next_event = next_event
        self.first_line = first_line
        self.environ = environ
        self.depth = 0
        self.repeated = 0
        self.anchors: dict[str, tuple[Any, Places | int] | None] = {}
        self.findings = findings
        self.from_environment: set[int] = set()

    def read(self) -> Parsed:
        event = self.next_event()
        value, places = self.node(event, self.at(event))
        return Parsed(value, places, self.findings, frozenset(self.from_environment))

    def at(self, event: Any) -> int:
        mark = event.start_mark
        return pack(mark.line + self.first_line, mark.column)

    def refuse(self, at: int, words: Words) -> Unreadable:
        self.findings.append(Finding(at, *words))
        return UNREADABLE

    def node(self, event: Any, at: int) -> tuple[Any, Places | int]:
        """Any value, with its place; nearly all are scalars that carry nothing special."""
        kind = type(event)
        if kind is AliasEvent:
            return self.alias(event.anchor, at)
        anchor = event.anchor
        if anchor is not None:
            self.anchors[anchor] = None  # open: it cannot be meant inside itself
        node: tuple[Any, Places | int]
        if kind is not ScalarEvent:
            node = self.collection(event, at)
        elif event.tag is None and "${" not in event.value:
            node = (event.value if event.style else read_plain(event.value)), at
        else:
            node = self.scalar(event, at), at
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def collection(self, event: Any, at: int) -> tuple[Any, Places]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnparsableError(Finding(at, *too_deep(MAX_DEPTH)))
        is_mapping = type(event) is MappingStartEvent
        node = self.mapping(at) if is_mapping else self.sequence(at)
        self.depth -= 1
        if event.tag not in (MAPPING_TAGS if is_mapping else SEQUENCE_TAGS):
            return self.refuse(at, bad_tag(event.tag)), node[1]
        return node

    def mapping(self, at: int) -> tuple[dict[str, Any], Places]:
        value: dict[str, Any] = {}
        keys: dict[str, int] = {}
        places: dict[str, Places | int] = {}
        # The places are packed here rather than by `at`: this loop is where the time goes.
        next_event, first_line = self.next_event, self.first_line
        while type(event := next_event()) is not MappingEndEvent:
            mark = event.start_mark
            key_at = mark.line + first_line << COLUMN_BITS | mark.column
            key = self.key(event, key_at)
            event = next_event()
            mark = event.start_mark
            item_at = mark.line + first_line << COLUMN_BITS | mark.column
            item, place = self.node(event, item_at)
            if key is None:
                continue
            if key in keys:
                self.refuse(key_at, twice(key, unpack(keys[key]).line))
                continue
            value[key] = item
            keys[key] = key_at
            places[key] = place
        return value, Places(at, keys, places)

    def sequence(self, at: int) -> tuple[list[Any], Places]:
        value: list[Any] = []
        places: list[Places | int] = []
        while type(event := self.next_event()) is not SequenceEndEvent:
            item, place = self.node(event, self.at(event))
            value.append(item)
            places.append(place)
        return value, Places(at, {}, places)

    def key(self, event: Any, at: int) -> str | None:
        """The key of an entry, or None when it cannot be one."""
        if type(event) is not ScalarEvent:
            self.node(event, at)
            self.refuse(at, COMPLEX_KEY)
            return None
        text: str = event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (text, at)
        is_string = event.style or event.tag in STRING_TAGS
        if is_string or (text != "<<" and event.tag is None and type(read_plain(text)) is str):
            return text
        self.refuse(at, why_no_key(text, event.tag))
        return None

    def scalar(self, event: Any, at: int) -> Any:
        """The value of a scalar that has a tag or refers to the environment."""
        resolved = resolve(event.value, self.environ)
        for problem in resolved.problems:
            self.refuse(at, (problem.message, problem.hint))
        if resolved.problems:
            return UNREADABLE
        if resolved.is_from_environment:
            self.from_environment.add(at)
        if event.tag is not None:
            return self.tagged(resolved.text, event.tag, at)
        is_plain = not event.style and resolved.is_one_reference
        return read_plain(resolved.text) if is_plain else resolved.text

    def tagged(self, text: str, tag: str, at: int) -> Any:
        if tag in STRING_TAGS:
            return text
        if tag not in TYPES_OF_TAGS:
            return self.refuse(at, bad_tag(tag))
        value = read_plain(text)
        if type(value) in TYPES_OF_TAGS[tag]:
            return value
        return self.refuse(at, wrong_tag(tag, name_of_type(value)))

    def alias(self, anchor: str, at: int) -> tuple[Any, Places | int]:
        if anchor not in self.anchors:
            return self.refuse(at, unknown_anchor(anchor)), at
        node = self.anchors[anchor]
        if node is None:
            return self.refuse(at, endless(anchor)), at
        value, place = node
        count, depth = weigh(value)
        self.repeated += count
        if self.repeated > MAX_REPEATED:
            raise UnparsableError(Finding(at, *too_many(MAX_REPEATED)))
        if self.depth + depth > MAX_DEPTH:
            raise UnparsableError(Finding(at, *too_deep(MAX_DEPTH)))
        if isinstance(place, int):
            if place in self.from_environment:
                self.from_environment.add(at)
            return value, at
        return value, Places(at, place.keys, place.values)


def weigh(value: Any) -> tuple[int, int]:
    """How many values a value holds, itself included, and how deep they nest."""
    items = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return 1, 0
    weights = [weigh(item) for item in items]
    return 1 + sum(count for count, _ in weights), 1 + max((deep for _, deep in weights), default=0)
