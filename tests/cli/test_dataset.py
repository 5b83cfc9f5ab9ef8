"""The commands about data files by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

Ftctl = Callable[..., CompletedProcess[str]]
TRAIN = "manifests/data/support-train.jsonl"


def test_check_says_where_what_and_what_now(folder: Path, ftctl: Ftctl) -> None:
    """A finding has its place, rule and hint, and an error is exit code 1."""
    lines = Path(TRAIN).read_text("utf-8").splitlines()
    lines[4] = lines[4].replace('"role": "user"', '"role": "usr"')
    Path("bad.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    done = ftctl("dataset", "check", TRAIN, "bad.jsonl")
    assert done.returncode == 1
    assert "bad.jsonl:5  chat/role" in done.stdout
    assert "Did you mean 'user'?" in done.stdout
    assert f"{TRAIN}: 24 examples: 0 errors, 0 warnings." in done.stdout
    assert ftctl("dataset", "check", TRAIN).returncode == 0


def test_stats_count_and_draw(folder: Path, ftctl: Ftctl) -> None:
    """The histogram adds up to the examples, as text and as JSON."""
    done = ftctl("dataset", "stats", TRAIN, COLUMNS="80")
    assert done.returncode == 0
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    out = json.loads(ftctl("dataset", "stats", TRAIN, "--format-output", "json").stdout)
    (one,) = out["files"]
    assert sum(one["histogram"]) == one["examples"] == 24
    assert f"{one['tokens']:,}" in done.stdout


def test_stats_of_a_part(folder: Path, ftctl: Ftctl) -> None:
    """Figures that leave broken lines out say so; a short file is still a whole one."""
    lines = Path(TRAIN).read_text("utf-8").splitlines()[:3]
    Path("short.jsonl").write_text("\n".join(lines), "utf-8")
    assert ftctl("dataset", "stats", "short.jsonl").returncode == 0
    Path("broken.jsonl").write_text("\n".join([*lines, "{broken"]), "utf-8")
    done = ftctl("dataset", "stats", "broken.jsonl")
    assert done.returncode == 1
    assert "ftctl dataset check broken.jsonl names what is wrong" in done.stdout


def test_diff_names_lines_and_tokens(folder: Path, ftctl: Ftctl) -> None:
    """Added, removed and changed examples are named by their lines in each file."""
    lines = Path(TRAIN).read_text("utf-8").splitlines()
    lines[0] = lines[0].replace("size 38", "size 37")
    Path("new.jsonl").write_text("\n".join(lines[:-1]) + "\n", "utf-8")
    done = ftctl("dataset", "diff", TRAIN, "new.jsonl")
    assert done.returncode == 0
    assert "- line 24" in done.stdout
    assert "~ line 1 -> 1" in done.stdout
    assert "0 added, 1 removed, 1 changed, 22 unchanged; -" in done.stdout
    assert ftctl("dataset", "diff", TRAIN, TRAIN).stdout.endswith("24 unchanged; +0 tokens.\n")


def test_a_file_that_is_not_there(folder: Path, ftctl: Ftctl) -> None:
    """A missing file is a usage error that names it."""
    done = ftctl("dataset", "stats", "nope.jsonl")
    assert done.returncode == 1
    assert "nope.jsonl cannot be read" in done.stderr


def test_files_that_cannot_be_read(folder: Path, ftctl: Ftctl) -> None:
    """All of them are named at once, by the command that was asked."""
    done = ftctl("dataset", "check", TRAIN, "nope", "neither", COLUMNS="200")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ftctl dataset check: nope cannot be read: No such file or directory. "
        "neither cannot be read: No such file or directory.\n"
    )


def test_a_reader_that_has_seen_enough(folder: Path) -> None:
    """A closed pipe is no file that cannot be read: nothing is said of it."""
    reading, writing = os.pipe()
    os.close(reading)
    command = (sys.executable, "-m", "reconciler", "dataset", "check", TRAIN)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode != 0
    assert "cannot be read" not in done.stderr
