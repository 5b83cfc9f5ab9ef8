"""From paths to what is desired, or every mistake at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.project import ProjectSpec, policy_of
from reconciler.manifest.documents import Document
from reconciler.manifest.mistakes import Mistake
from reconciler.manifest.references import dangling, order, references_of, unique
from reconciler.manifest.repository import repository
from reconciler.manifest.sources import read_sources
from reconciler.manifest.specs import Entry, mistake, read_spec
from reconciler.planning.action import Notice
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, in_order
from reconciler.planning.kind import Remark, Wanted, Written
from reconciler.planning.policy import Policy
from reconciler.providers.azure.catalogue import Catalogue, built_in

PROJECT = "project"


@dataclass(frozen=True)
class Loaded:
    """What the manifests say. `desired` is complete only where there are no mistakes."""

    desired: Desired
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    files: tuple[Path, ...] = ()
    entries: Mapping[Address, Entry] = field(default_factory=dict)


@dataclass
class _Goals:
    """What has been resolved so far, in the order of needs."""

    policy: Policy
    roots: Sequence[Path]
    is_estimate_enough: bool
    catalogue: Catalogue
    are_urls_checked: bool
    goals: dict[Address, Any] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    spares: dict[Address, tuple[Address, ...]] = field(default_factory=dict)


def load(
    paths: Sequence[Path],
    environ: Mapping[str, str],
    *,
    is_estimate_enough: bool = False,
    are_urls_checked: bool = False,
) -> Loaded:
    """Read, check and resolve everything. Reads data files; opens no connection unless asked to.

    Where an estimate of the tokens is enough, no vocabulary is loaded, which takes half a second.
    """
    sources = read_sources(paths, environ)
    entries, wrong = _entries(sources.documents)
    mistakes = [*sources.mistakes, *wrong]
    policy, resources, wrong = _project(entries)
    if sources.catalogue is not built_in():
        policy = replace(policy, catalogue=sources.catalogue)
    mistakes += wrong
    readable = {entry.address for entry in resources.values()}
    broken = {_address(one) for one in sources.documents} - {str(one) for one in readable}
    mistakes += dangling(resources, broken)
    addresses, wrong = order(resources)
    mistakes += wrong
    roots = [path.resolve() for path in paths]
    goals = _Goals(policy, roots, is_estimate_enough, sources.catalogue, are_urls_checked)
    goals.warnings += sources.effective.warnings
    for address in addresses:
        _resolve(resources[address], goals)
    wanted = _wanted(resources, goals)
    notices = tuple(Notice(one.message, _parsed(one.subject)) for one in goals.warnings)
    return Loaded(
        Desired(wanted, KINDS, policy, notices),
        tuple(sorted({*mistakes, *goals.mistakes})),
        tuple(goals.warnings),
        sources.files,
        resources,
    )


def _address(document: Document) -> str:
    kind, slash, name = document.subject.partition("/")
    return f"{kind.lower()}{slash}{name}"


def _parsed(subject: str) -> Address | None:
    kind, _slash, name = subject.partition("/")
    return Address(kind.lower(), name) if name else None


def _entries(documents: Iterable[Document]) -> tuple[list[Entry], list[Mistake]]:
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    for document in documents:
        entry, wrong = read_spec(document)
        mistakes += wrong
        if entry:
            entries.append(entry)
    return entries, mistakes


def _project(
    entries: Iterable[Entry],
) -> tuple[Policy, dict[Address, Entry], list[Mistake]]:
    """The policy of the folder, and the resources without the project."""
    found, mistakes = unique(entries)
    projects = [entry for address, entry in found.items() if address.kind == PROJECT]
    resources = {address: entry for address, entry in found.items() if address.kind != PROJECT}
    for extra in projects[1:]:
        text = "there is a second Project; a folder has at most one."
        mistakes.append(mistake(extra.document, ("kind",), text, "Remove one."))
    if not projects:
        return policy_of("default", ProjectSpec()), resources, mistakes
    folder = projects[0].document.file.parent
    return policy_of(projects[0].address.name, projects[0].spec, folder), resources, mistakes


def _resolve(entry: Entry, so_far: _Goals) -> None:
    needs = references_of(entry)
    if any(need.to not in so_far.goals for need in needs):
        return  # what it needs has its own mistake
    written = Written(
        address=entry.address,
        spec=entry.spec,
        file=entry.document.file.resolve(),
        root=repository(entry.document.file.resolve(), so_far.roots),
        policy=so_far.policy,
        goals=so_far.goals,
        is_estimate_enough=so_far.is_estimate_enough,
        catalogue=so_far.catalogue,
        are_urls_checked=so_far.are_urls_checked,
    )
    resolved = KINDS[entry.address.kind].resolve(written)
    for remark in resolved.remarks:
        into = so_far.mistakes if remark.is_error else so_far.warnings
        into.append(placed(entry, remark))
    if resolved.goal is not None:
        so_far.goals[entry.address] = resolved.goal
        so_far.spares[entry.address] = resolved.spares


def placed(entry: Entry, remark: Remark) -> Mistake:
    """Where a person has to look: in the data file, if the remark is about a line of that."""
    message = remark.message if remark.message.endswith(".") else f"{remark.message}."
    message = _without_secrets(entry.document, ("spec", *remark.path), message)
    if remark.rule:
        message = f"{message} [{remark.rule}]"
    if remark.file:
        shown = _shortened(remark.file)
        return Mistake(shown, remark.line, 0, entry.subject, message, remark.hint)
    return mistake(entry.document, ("spec", *remark.path), message, remark.hint, is_about_key=False)


def _without_secrets(document: Document, path: tuple[str | int, ...], message: str) -> str:
    """What came from the environment may be secret, so no message repeats it."""
    if not document.is_from_environment(path):
        return message
    value: Any = document.value
    for step in path:
        value = value[step]
    held = re.compile(rf"(?<!\w){re.escape(str(value))}(?!\w)", re.IGNORECASE)
    return held.sub("(from the environment)", message)


def _shortened(file: str) -> str:
    path = Path(file)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def _wanted(resources: Mapping[Address, Entry], resolved: _Goals) -> dict[Address, Wanted]:
    """The graph. A resource also needs the accounts in which its users need it."""
    accounts: dict[Address, set[str]] = defaultdict(set)
    for address in resolved.goals:
        for reference in references_of(resources[address]):
            if reference.account:
                accounts[reference.to].add(reference.account)
    return in_order(
        Wanted(
            address,
            goal,
            _needs(resources[address], sorted(accounts[address]), resolved.spares[address]),
            tuple(sorted(accounts[address])),
        )
        for address, goal in resolved.goals.items()
    )


def _needs(
    entry: Entry, accounts: Iterable[str], spares: tuple[Address, ...]
) -> tuple[Address, ...]:
    direct = [one.to for one in references_of(entry) if one.to not in spares]
    through = [Address("account", name) for name in accounts]
    return tuple(dict.fromkeys([*direct, *through]))
