"""Which files are manifests."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.manifest.mistakes import Mistake

SUFFIXES = frozenset({".yaml", ".yml"})

# The generated JSON Schemas live beside the manifests, and are none.
FOLDERS_TO_SKIP = frozenset({"schema"})


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Mistake]]:
    """The manifest files that the paths stand for, each once and in a stable order.

    A file stands for itself, whatever it is called; a folder for every `*.yaml` and `*.yml` in it,
    however deep, save in hidden folders and in `schema/`.
    """
    found: dict[Path, Path] = {}
    mistakes: list[Mistake] = []
    for path in paths:
        try:
            files = _files(path)
        except OSError as error:
            mistakes.append(_mistake(path, f"It cannot be read: {error.strerror}."))
            continue
        if not files:
            mistakes.append(_mistake(path, *_why_nothing(path)))
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values()), mistakes


def _files(path: Path) -> list[Path]:
    return sorted(_in_folder(path)) if path.is_dir() else [path] if path.is_file() else []


def _in_folder(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: they may lead in circles or out of the repository.
    for entry in folder.iterdir():
        if entry.is_dir():
            if not (
                entry.is_symlink() or entry.name.startswith(".") or entry.name in FOLDERS_TO_SKIP
            ):
                yield from _in_folder(entry)
        elif entry.suffix in SUFFIXES and not entry.name.startswith("."):
            yield entry


def _why_nothing(path: Path) -> tuple[str, str]:
    if path.is_dir():
        return "There is no manifest in this folder.", "Manifests end in .yaml or .yml."
    if path.exists():
        return (
            "It is neither a file nor a folder.",
            "Manifests are read from files, not from pipes.",
        )
    hint = "Go to the folder that has it, or name the file or folder with the manifests."
    return "There is no such file or folder.", hint


def _mistake(path: Path, message: str, hint: str = "") -> Mistake:
    return Mistake(str(path), 0, 0, "", message, hint)
