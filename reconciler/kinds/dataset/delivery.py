"""One content that has to be in one account, and what it takes to bring it there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.kinds.dataset.half_done import FOLDER, Notes
from reconciler.kinds.dataset.parts import Measured, Piece, Window, measured
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.kinds.dataset.uploads import uploads_of
from reconciler.planning.kind import Scene
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import FileRecord, list_files
from reconciler.providers.errors import Conflict, NotFound, Refused
from reconciler.providers.session import Connection

JSONL = "application/jsonl"


@dataclass(frozen=True)
class Delivery:
    """The name of an upload is a promise about its bytes: nothing else may arrive under it."""

    goal: DatasetGoal
    connection: Connection
    scene: Scene

    @property
    def account(self) -> str:
        return self.connection.place.name

    @property
    def path(self) -> Path:
        if self.goal.path is None:
            raise AssertionError("what is behind a URL is fetched by the service")
        return self.goal.path

    @property
    def notes(self) -> Notes:
        scratch: Path | None = self.scene.session.scratch
        return Notes(scratch / FOLDER if scratch else None)

    def there(self) -> list[FileRecord]:
        """The content's uploads by a fresh look, the one to use first."""
        return uploads_of(self.goal, list_files(self.connection))

    def measured(self, piece_size: int | None = None) -> Measured:
        """The file as it is now, which has to be what was planned. Raises Refused."""
        with self._readable():
            found = measured(self.path, piece_size)
        if found.sha256 != self.goal.sha256:
            raise self.changed()
        return found

    @contextmanager
    def window(self, piece: Piece) -> Iterator[Window]:
        """A piece of the file as a file. Raises Refused where it is not there any more."""
        with self._readable(), Window(self.path, piece) as content:
            yield content

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise Refused(f"{self.path.name} cannot be read: {why}.") from error

    def changed(self) -> Refused:
        text = f"{self.path.name} changed while this command was running."
        return Refused(text, hint="Run it again; nothing of it was kept.")


def remove(connection: Connection, file_id: str) -> None:
    """Delete a file, unless it is gone."""
    try:
        with translated(f"delete {file_id}", connection.place.name):
            connection.data.files.delete(file_id)
    except NotFound:
        return
    except Conflict as error:
        error.hint = (
            "A job may still be reading it. Run the same command again when that has ended."
        )
        raise
