"""An earlier content of a data file, found in git by the digits that its upload carries."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from reconciler.kinds.dataset.earlier import MOST_COMMITS, earlier_content

OLD, NEW = b'{"n": 1}\n', b'{"n": 2}\n'
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 9\n"


def mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def git(folder: Path, *words: str, stdin: bytes | None = None) -> None:
    name = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environ = {**os.environ, **nothing}
    command = ["git", *name, *words]
    subprocess.run(
        command, cwd=folder, check=True, env=environ, capture_output=True, input=stdin or b""
    )


def commit(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    git(path.parent, "add", ".")
    git(path.parent, "commit", "--allow-empty", "-qm", "more data")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A data file in an empty repository."""
    git(tmp_path, "init", "-q")
    return tmp_path / "data" / "a [b]*.jsonl"


def content(path: Path, digits: str) -> bytes | None:
    with earlier_content(path, digits) as found:
        return found.read_bytes() if found else None


def test_what_was_committed(path: Path) -> None:
    """Each version is found by its digits, also after later changes, and the copy is removed."""
    commit(path, OLD)
    commit(path, NEW)
    path.write_bytes(b"not committed")
    assert content(path, mark(OLD)) == OLD
    assert content(path, mark(NEW)) == NEW
    assert content(path, mark(b"not committed")) is None
    with earlier_content(path, mark(OLD)) as found:
        assert found
    assert not found.exists()


def test_another_file(path: Path) -> None:
    """Only the history of the file itself counts, whatever its name would match as a pattern."""
    commit(path.with_name("a b.jsonl"), OLD)
    commit(path, NEW)
    assert content(path, mark(OLD)) is None


def test_a_file_that_is_gone(path: Path) -> None:
    """A version is found also after the file was deleted."""
    commit(path, OLD)
    git(path.parent, "rm", "-q", path.name)
    git(path.parent, "commit", "-qm", "away")
    path.parent.mkdir(exist_ok=True)
    assert content(path, mark(OLD)) == OLD


def test_a_branch_that_was_merged(path: Path) -> None:
    """A version that came with a merge is found, also when the merge itself changed it."""
    commit(path, b"0\n")
    git(path.parent, "checkout", "-qb", "side")
    commit(path, OLD)
    git(path.parent, "checkout", "-q", "-")
    commit(path.with_name("other.jsonl"), b"1\n")
    git(path.parent, "merge", "-q", "--no-commit", "--no-ff", "side")
    commit(path, NEW)
    assert content(path, mark(OLD)) == OLD
    assert content(path, mark(NEW)) == NEW


def commits(path: Path, contents: list[bytes]) -> None:
    """One commit each, all at once."""
    stream = b"".join(
        b"commit refs/heads/master\ncommitter t <t@example.org> %d +0000\ndata 0\n"
        b"M 100644 inline data/%s\ndata %d\n%s\n" % (at, path.name.encode(), len(one), one)
        for at, one in enumerate(contents, 1)
    )
    git(path.parents[1], "fast-import", "--quiet", stdin=stream)


def test_not_for_ever(path: Path) -> None:
    """Only so many commits are looked at, and what the first of them replaced."""
    contents = [b"%d\n" % number for number in range(MOST_COMMITS + 2)]
    commits(path, contents)
    path.parent.mkdir()
    assert content(path, mark(contents[0])) is None
    assert content(path, mark(contents[1])) == contents[1]


def test_a_pointer_is_no_data(path: Path) -> None:
    """What Git LFS keeps elsewhere is not found."""
    commit(path, POINTER % hashlib.sha256(OLD).hexdigest().encode())
    assert content(path, mark(OLD)) is None


def test_no_repository(tmp_path: Path) -> None:
    """Outside of a repository, and in a folder that is not there, there is nothing."""
    (tmp_path / "a.jsonl").write_bytes(OLD)
    assert content(tmp_path / "a.jsonl", mark(OLD)) is None
    assert content(tmp_path / "gone" / "a.jsonl", mark(OLD)) is None


def test_no_git(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git there is nothing."""
    commit(path, OLD)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert content(path, mark(OLD)) is None


def test_a_git_that_hangs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that does not answer is not waited for long."""
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    began = time.monotonic()
    path.parent.mkdir()
    with earlier_content(path, mark(OLD), within=0.2) as found:
        assert found is None
    assert time.monotonic() - began < 10
