"""The plan of a retraining says what has changed in its data."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.end_to_end.conftest import Workshop

MODEL = "finetunedmodel/support-bot"


def committed(folder: Path) -> None:
    """All of a folder as one commit of a new repository."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "first")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def one_more_one_less(at: Workshop) -> None:
    """The first example goes, and a new one comes."""
    _first, *rest = at.training.read_text().splitlines(keepends=True)
    new = rest[0].replace("snapped on the first night", "is a stove, says the label")
    at.training.write_text("".join([*rest, new]))


def said_of_data(at: Workshop, *words: str) -> list[str]:
    notices = at.ftctl("plan", "--format", "json", *words).json["notices"]
    texts = [one["message"] for one in notices if one["address"] == MODEL]
    return [text for text in texts if text.startswith("examples since")]


def test_the_difference_is_found_in_git(settled: Workshop) -> None:
    """Where git still has the earlier file, nothing has to be fetched to compare with it."""
    committed(settled.folder)
    one_more_one_less(settled)
    before = settled.remote.mark()
    (text,) = said_of_data(settled)
    assert "1 added, 1 removed, 0 changed, 23 unchanged" in text
    assert not [line for line in settled.remote.log(before) if "/content" in line["path"]]


def test_the_difference_is_fetched_only_when_asked_for(settled: Workshop) -> None:
    """Without git, the uploaded file is compared with --diff-data, and else left alone."""
    one_more_one_less(settled)
    assert said_of_data(settled) == []
    (text,) = said_of_data(settled, "--diff-data")
    assert "1 added, 1 removed, 0 changed, 23 unchanged" in text


def test_the_same_data_needs_no_comparison(settled: Workshop) -> None:
    """A retraining for another reason says nothing about data."""
    committed(settled.folder)
    settled.edit("seed: 105", "seed: 106")
    assert said_of_data(settled, "--diff-data") == []
