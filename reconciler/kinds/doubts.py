"""Warnings about what the catalogue does not have. It ages, so nothing is refused for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.planning.kind import Remark
from reconciler.planning.spelling import did_you_mean
from reconciler.providers.azure.catalogue_entries import Source

Path = tuple[str | int, ...]
PASSED_ON = "it is passed on as it is."
FEW = 6  # of so many, a message lists all; only regions are more


def unknown(
    path: Path, what: str, name: str, known: Iterable[str], source: Source
) -> Iterator[Remark]:
    """A name that is not in the catalogue."""
    names = tuple(known)
    if name.casefold() not in {one.casefold() for one in names}:
        text = f"{what} {name} is not in {source.words}; {PASSED_ON}"
        yield Remark(path, text, did_you_mean(name, names), is_error=False)


def unlisted(
    path: Path, claim: str, wanted: str, listed: Sequence[str] | None, source: Source
) -> Iterator[Remark]:
    """A combination that is not in the catalogue. Without a list there, nobody knows.

    The claim goes on with what is listed: `gpt-5 is trained at`.
    """
    if listed is None or wanted.casefold() in {one.casefold() for one in listed}:
        return
    joint = claim.rsplit(" ", 1)[-1]
    known = f"{claim} {either(listed)} in {source.words}"
    yield Remark(path, f"{known}, not {joint} {wanted}; {PASSED_ON}", is_error=False)


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    if len(words) > FEW:
        return f"{len(words)} regions"
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:]))) or "none"


def sentence(note: str) -> str:
    """A note of the catalogue as a hint."""
    return f"{note[:1].upper()}{note[1:]}." if note else ""
