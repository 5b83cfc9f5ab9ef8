"""Everything the world knows, in one SQLite file; nothing is kept in memory between requests.

Each request is one transaction that takes the write lock first. Several processes may therefore
open the same folder: each reads what the others acknowledged, and none can act on an old view.
A killed process loses at most the request that it had not yet answered.
"""

import json
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from reconciler.emulator.records import Record

R = TypeVar("R", bound=Record)

# Nothing takes this long to arrive, whichever process receives it.
STALE = 86400.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (
    shelf TEXT, account TEXT, key TEXT, seq INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (shelf, account, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS things_in_order ON things (shelf, account, seq);
CREATE TABLE IF NOT EXISTS traffic (
    account TEXT, deployment TEXT, minute INTEGER, model TEXT, status INTEGER,
    requests INTEGER, prompt INTEGER, generated INTEGER,
    PRIMARY KEY (account, deployment, minute, model, status)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Books:
    """The open books of one transaction."""

    db: sqlite3.Connection
    # Files to remove once the transaction is committed, and not before.
    discarded: list[Path] = field(default_factory=list)
    # What was worked out from a shelf, by account, until something on that shelf changes.
    worked_out: dict[str, dict[str, Any]] = field(default_factory=dict)

    def setting(self, name: str) -> Any:
        row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set(self, name: str, value: object) -> None:
        self.db.execute("REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def next_number(self) -> int:
        """A number never given before in this world; ids and order come from it."""
        number = int(self.setting("numbers") or 0) + 1
        self.set("numbers", number)
        return number

    def all(self, kind: type[R], account: str | None = None) -> list[R]:
        """In the order of making."""
        if account is None:
            query = "SELECT document FROM things WHERE shelf = ? ORDER BY seq"
            rows = self.db.execute(query, (kind.__name__,))
        else:
            query = "SELECT document FROM things WHERE shelf = ? AND account = ? ORDER BY seq"
            rows = self.db.execute(query, (kind.__name__, account))
        return [kind(**json.loads(document)) for (document,) in rows]

    def find(self, kind: type[R], account: str, key: str) -> R | None:
        query = "SELECT document FROM things WHERE shelf = ? AND account = ? AND key = ?"
        # A key out of somebody's JSON may hold half a surrogate pair, which SQLite will not take.
        safe = key.encode("utf-8", "replace").decode()
        row = self.db.execute(query, (kind.__name__, account, safe)).fetchone()
        return None if row is None else kind(**json.loads(row[0]))

    def keep(self, record: Record) -> None:
        self.worked_out.pop(type(record).__name__, None)
        record.seq = record.seq or self.next_number()
        shelf = type(record).__name__
        row = (shelf, record.account, record.key, record.seq, json.dumps(vars(record)))
        self.db.execute("REPLACE INTO things VALUES (?, ?, ?, ?, ?)", row)

    def drop(self, record: Record) -> None:
        self.worked_out.pop(type(record).__name__, None)
        query = "DELETE FROM things WHERE shelf = ? AND account = ? AND key = ?"
        self.db.execute(query, (type(record).__name__, record.account, record.key))


class Storage:
    """One connection, used by one thread at a time; other processes queue at the database."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.incoming = folder / "incoming"
        self.files.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(exist_ok=True)
        self._sweep()
        self._turn = threading.Lock()
        self._db = sqlite3.connect(
            folder / "world.sqlite", timeout=30, isolation_level=None, check_same_thread=False
        )
        with self._turn:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Books]:
        with self._turn:
            self._db.execute("BEGIN IMMEDIATE")
            books = Books(self._db)
            try:
                yield books
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        for path in books.discarded:
            path.unlink(missing_ok=True)

    def landing(self) -> Path:
        """A new empty file for something that arrives."""
        with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:
            return Path(file.name)

    def _sweep(self) -> None:
        """Remove what a killed process left half received."""
        for path in self.incoming.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - STALE:
                    path.unlink()

    def close(self) -> None:
        with self._turn:
            self._db.close()
