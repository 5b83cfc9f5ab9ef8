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
from reconciler.providers.azure.catalogue import Catalogue, built_in, laid_over

NAMED = ("spec", "catalogue")


@dataclass(frozen=True)
class Sources:
    """What was read. The catalogue is the built-in one where the other has mistakes."""

    files: tuple[Path, ...]
    documents: tuple[Document, ...]
    mistakes: tuple[Mistake, ...]
    catalogue: Catalogue


def read_sources(paths: Sequence[Path], environ: Mapping[str, str]) -> Sources:
    """Read every file once. The catalogue may stand among the manifests, and is none."""
    found, mistakes = find_files(paths)
    read = {file: read_file(file, environ) for file in found}
    project = _naming(document for documents, _ in read.values() for document in documents)
    own = _file_of(project) if project else None
    manifests = tuple(file for file in found if file.resolve() != own)
    catalogue, wrong = built_in(), list[Mistake]()
    if project and own:
        root = repository(project.file.resolve(), [path.resolve() for path in paths])
        catalogue, wrong = _overridden(project, own, root, environ)
    return Sources(
        manifests,
        tuple(document for file in manifests for document in read[file][0]),
        (*mistakes, *(one for file in manifests for one in read[file][1]), *wrong),
        catalogue,
    )


def _naming(documents: Iterable[Document]) -> Document | None:
    """The first Project that names a catalogue, whatever else is wrong with it."""
    return next(
        (one for one in documents if one.value.get("kind") == "Project" and _name(one)), None
    )


def _name(project: Document) -> str:
    spec = project.value.get("spec")
    name = spec.get(NAMED[-1]) if isinstance(spec, dict) else None
    return name if isinstance(name, str) else ""


def _file_of(project: Document) -> Path:
    return (project.file.parent / _name(project)).resolve()


def _overridden(
    project: Document, file: Path, root: Path, environ: Mapping[str, str]
) -> tuple[Catalogue, list[Mistake]]:
    is_secret = project.is_from_environment(NAMED)
    title = "the project's catalogue" if is_secret else _name(project)
    why, hint = _why_not(file, root)
    if why:
        text = f"{title} {why}."
        return built_in(), [mistake(project, NAMED, text, hint, is_about_key=False)]
    documents, mistakes = read_file(file, environ)
    mistakes += [wrong for one in documents for wrong in _wrong(one)]
    mistakes += [
        mistake(extra, (), "a catalogue is one document, and this is another.")
        for extra in documents[1:]
    ]
    if mistakes or not documents:
        return built_in(), mistakes
    return laid_over(documents[0].value, title), []


def _why_not(file: Path, root: Path) -> tuple[str, str]:
    """Why a file cannot be the catalogue, and what to do; empty where it can."""
    if not file.is_relative_to(root):
        return (
            f"is outside {root.name}/, the repository of this file",
            "Move it beside the manifest.",
        )
    if not file.is_file():
        why = "is not a file" if file.exists() else "is not there"
        return why, "Paths are relative to the manifest that names them."
    return "", ""


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
