"""What the paths of a command hold: manifests, and a catalogue where a Project names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from reconciler.manifest.documents import Document, read_file
from reconciler.manifest.finding import find_files
from reconciler.manifest.mistakes import Mistake
from reconciler.manifest.repository import repository
from reconciler.manifest.specs import found_mistake, mistake
from reconciler.providers.azure.catalogue import Catalogue, built_in
from reconciler.providers.azure.catalogue_names import strays
from reconciler.providers.azure.catalogue_override import laid_over

NAMED = ("spec", "catalogue")


@dataclass(frozen=True)
class Effective:
    """The catalogue in effect: the built-in one where that of the project has mistakes."""

    catalogue: Catalogue
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class Sources:
    """What was read."""

    files: tuple[Path, ...]
    documents: tuple[Document, ...]
    mistakes: tuple[Mistake, ...]
    effective: Effective

    @property
    def catalogue(self) -> Catalogue:
        return self.effective.catalogue


def read_sources(paths: Sequence[Path], environ: Mapping[str, str]) -> Sources:
    """Read every file once. The catalogue may stand among the manifests, and is none."""
    found, mistakes = find_files(paths)
    read = {file: read_file(file, environ) for file in found}
    project = _naming(document for documents, _ in read.values() for document in documents)
    own = _file_of(project).resolve() if project else None
    manifests = tuple(file for file in found if file.resolve() != own)
    effective = Effective(built_in())
    if project:
        root = repository(project.file.resolve(), [path.resolve() for path in paths])
        effective = _effective(project, root, environ)
    wrong = (one for file in manifests for one in read[file][1])
    return Sources(
        manifests,
        tuple(document for file in manifests for document in read[file][0]),
        (*mistakes, *wrong, *effective.mistakes),
        effective,
    )


def _naming(documents: Iterable[Document]) -> Document | None:
    """The first Project that names a catalogue, whatever else is wrong with it."""
    projects = (one for one in documents if one.value.get("kind") == "Project")
    return next((one for one in projects if _name(one)), None)


def _name(project: Document) -> str:
    spec = project.value.get("spec")
    name = spec.get(NAMED[-1]) if isinstance(spec, dict) else None
    return name if isinstance(name, str) else ""


def _file_of(project: Document) -> Path:
    return project.file.parent / _name(project)


def _effective(project: Document, root: Path, environ: Mapping[str, str]) -> Effective:
    title = "the project's catalogue" if project.is_from_environment(NAMED) else _name(project)
    file = _file_of(project)
    if why := _why_not(file, root):
        wrong = mistake(project, NAMED, f"{title} {why[0]}.", why[1], is_about_key=False)
        return Effective(built_in(), (wrong,))
    documents, mistakes = read_file(file, environ)
    mistakes += [wrong for one in documents for wrong in _wrong(one)]
    for extra in documents[1:]:
        mistakes.append(mistake(extra, (), "a catalogue is one document, and this is another."))
    if mistakes or not documents:
        return Effective(built_in(), tuple(mistakes))
    catalogue = laid_over(documents[0].value, title)
    return Effective(catalogue, (), tuple(_strays(catalogue, documents[0])))


def _why_not(file: Path, root: Path) -> tuple[str, str] | None:
    """Why a file cannot be the catalogue, and what to do."""
    if not file.resolve().is_relative_to(root):
        return (
            f"is outside {root.name}/, the repository of this file",
            "Move it beside the manifest.",
        )
    if not file.is_file():
        why = "is not a file" if file.exists() else "is not there"
        return why, "Paths are relative to the manifest that names them."
    return None


def _wrong(document: Document) -> Iterator[Mistake]:
    from reconciler.providers.azure.catalogue_shape import shape

    model = shape()
    try:
        model.model_validate(document.value)
    except ValidationError as error:
        schema = model.model_json_schema()
        for one in error.errors(include_url=False):
            if wrong := found_mistake(document, one["loc"], one, schema):
                yield wrong


def _strays(catalogue: Catalogue, document: Document) -> Iterator[Mistake]:
    """Names that have no effect; mostly slips of the pen."""
    for stray in strays(catalogue, document.value):
        text = f"{stray.name} is not among the {stray.block} of the catalogue; it has no effect."
        hint = f"Did you mean {stray.near}?" if stray.near else ""
        yield mistake(document, stray.path, text, hint)
