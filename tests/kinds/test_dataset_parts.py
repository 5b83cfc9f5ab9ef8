"""A file in parts: what was measured is what leaves, or it shows."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from reconciler.kinds.dataset.blob import Blob
from reconciler.kinds.dataset.half_done import HalfDone, Notes
from reconciler.kinds.dataset.parts import Measured, Window, measured
from tests.planning.situations import SIGNATURE

DATA = bytes(range(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(DATA)
    return path


def read(path: Path, found: Measured, number: int = 0) -> tuple[bytes, bool]:
    """What a client would send of a piece, and whether it is what was measured."""
    with Window(path, found.pieces[number]) as window:
        return b"".join(iter(lambda: window.read(7), b"")), window.is_unchanged


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=50), size=st.none() | st.integers(1, 60))
def test_the_pieces_are_the_file(path: Path, content: bytes, size: int | None) -> None:
    """However a file is cut, its pieces are its bytes, and there is always one."""
    path.write_bytes(content)
    found = measured(path, size)
    windows = [read(path, found, number) for number in range(len(found.pieces))]
    assert b"".join(data for data, _ in windows) == content
    assert all(is_unchanged for _, is_unchanged in windows)
    assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert all(one.size == (size or len(content)) for one in found.pieces[:-1])


def changed(path: Path) -> None:
    path.write_bytes(DATA[:50] + b"!" + DATA[51:])


def shorter(path: Path) -> None:
    path.write_bytes(DATA[:55])


@pytest.mark.parametrize("change", [changed, shorter])
def test_a_change_shows(path: Path, change: object) -> None:
    """A piece whose bytes changed after they were measured is found out; its length stays."""
    found = measured(path, 40)
    assert callable(change)
    change(path)
    sent, is_unchanged = read(path, found, 1)
    assert (len(sent), is_unchanged) == (40, False)
    assert read(path, found, 0) == (DATA[:40], True)


def test_sending_again(path: Path) -> None:
    """A client may look for the length, break off, and start over."""
    found = measured(path, 40)
    with Window(path, found.pieces[1]) as window:
        assert window.seek(0, io.SEEK_END) == 40
        window.seek(0)
        assert not window.is_unchanged
        window.read(10)
        assert window.tell() == 10
        window.seek(0)
        assert window.read() == DATA[40:80]
        assert window.is_unchanged
        assert window.read(10) == b""
        with pytest.raises(OSError, match=r"(?i)fileno"):  # else the whole file would be sent
            window.fileno()


BEGUN = HalfDone("host", "sweden", "chats", "aa" * 32, 100, 40, "upload_1", 1_790_000_000)


def test_notes(tmp_path: Path) -> None:
    """What was written down comes back, until it is dropped."""
    notes = Notes(tmp_path / "uploads")
    notes.keep(BEGUN)
    notes.keep(BEGUN.with_part(1, "part_b").with_part(0, "part_a"))
    (there,) = notes
    assert dict(there.parts) == {0: "part_a", 1: "part_b"}
    notes.drop(there)
    assert list(notes) == []


def test_nowhere_to_write(tmp_path: Path) -> None:
    """Without a folder, or where nothing can be written, nothing is remembered, nothing fails."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for notes in (Notes(None), Notes(blocked / "uploads")):
        notes.keep(BEGUN)
        assert list(notes) == []
        notes.drop(BEGUN)


def test_which_upload_is_meant() -> None:
    """An upload is gone on with by its content and cut, and given up when its dataset moved on."""
    other = HalfDone("host", "sweden", "chats", "bb" * 32, 100, 40)
    elsewhere = HalfDone("elsewhere", "sweden", "chats", "aa" * 32, 100, 40)
    recut = HalfDone("host", "sweden", "chats", "aa" * 32, 100, 50)
    renamed = HalfDone("host", "sweden", "talks", "aa" * 32, 100, 40)
    cases = {"other": other, "elsewhere": elsewhere, "recut": recut, "renamed": renamed}
    assert [name for name, one in cases.items() if BEGUN.is_of(one)] == ["renamed"]
    assert [name for name, one in cases.items() if BEGUN.is_outdated_by(one)] == ["other", "recut"]


URL = f"https://data.example/a.jsonl?sv=2026-02-06&sr=b&sig={SIGNATURE}"
BLOB = Blob(SecretStr(URL), "aa" * 32)


@pytest.mark.parametrize(
    "said",
    [
        URL,
        URL.upper(),
        URL.partition("?")[2],
        URL.replace("&", "\\u0026"),
        f"sig={SIGNATURE}",
        "sig=c2lnbmF0dXJl/Zm9y+dGVzdHM=",
        "sig=c2lnbmF0dXJl/Zm9y dGVzdHM=",
        f"sig={SIGNATURE.lower()}",
        f"sig={quote(SIGNATURE)}",
        "sig=c2lnbmF0dXJl/Zm9y%2BdGVzdHM%3D",
    ],
)
def test_a_signature_is_hidden(said: str) -> None:
    """However the service spells what signs a URL, it is taken out of what it says."""
    shown = BLOB.hide(f"cannot read {said} today")
    assert "c2lnbmf0dxjl" not in shown.lower()
    assert shown.startswith("cannot read ")
    assert shown.endswith(" today")


def test_what_is_no_secret() -> None:
    """A URL without a query hides only itself, and other words stay."""
    plain = Blob(SecretStr("https://data.example/a.jsonl"), "aa" * 32)
    assert plain.hide("404 at https://data.example/a.jsonl: b") == "404 at (the URL): b"
    assert (plain.signature, BLOB.signature) == ("", SIGNATURE)
    assert SIGNATURE not in repr(BLOB)
