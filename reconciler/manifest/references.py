"""Whether the names in the specs mean something, and lead nowhere in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from reconciler.kinds import KINDS
from reconciler.manifest.mistakes import Mistake
from reconciler.manifest.specs import Entry, mistake
from reconciler.planning.address import Address
from reconciler.planning.kind import Reference
from reconciler.planning.spelling import closest


def references_of(entry: Entry) -> tuple[Reference, ...]:
    return KINDS[entry.address.kind].references(entry.spec)


def unique(entries: Iterable[Entry]) -> tuple[dict[Address, Entry], list[Mistake]]:
    """The entries by address; a second one of the same address is a mistake."""
    found: dict[Address, Entry] = {}
    twice: list[Mistake] = []
    for entry in entries:
        first = found.setdefault(entry.address, entry)
        if first is not entry:
            at = f"{first.document.file}:{first.document.line}"
            text = f"{entry.address} is defined twice; the first is at {at}."
            twice.append(
                mistake(entry.document, ("metadata", "name"), text, "Rename or remove one.")
            )
    return found, twice


def dangling(entries: Mapping[Address, Entry], broken: set[str]) -> Iterator[Mistake]:
    """Names that no manifest defines. `broken` are subjects that could not be read at all."""
    for entry in entries.values():
        for reference in references_of(entry):
            if reference.to in entries or str(reference.to) in broken:
                continue
            names = [one.name for one in entries if one.kind == reference.to.kind]
            near = closest(reference.to.name, names)
            hint = (
                f"Did you mean {reference.to.kind}/{near}?"
                if near
                else f"Define {_a_kind(reference.to.kind)} of that name."
            )
            field = ".".join(str(part) for part in reference.path)
            path = ("spec", *reference.path)
            text = f"{field} names {reference.to}, which no manifest defines."
            if entry.document.is_from_environment(path):
                text = f"{field} names {_a_kind(reference.to.kind)} that no manifest defines."
                hint = ""
            yield mistake(entry.document, path, text, hint, is_about_key=False)


def _a_kind(word: str) -> str:
    name = KINDS[word].name
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def order(entries: Mapping[Address, Entry]) -> tuple[list[Address], list[Mistake]]:
    """Needs before users. A circle is a mistake that names its way round."""
    graph = {
        address: sorted(one.to for one in references_of(entry) if one.to in entries)
        for address, entry in sorted(entries.items())
    }
    try:
        return list(TopologicalSorter(graph).static_order()), []
    except CycleError as error:
        way = " -> ".join(str(address) for address in reversed(error.args[1]))
        document = entries[error.args[1][0]].document
        return [], [mistake(document, ("metadata", "name"), f"it needs itself: {way}.")]
