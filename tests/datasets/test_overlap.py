"""Validation examples that are in the training file."""

import json
from pathlib import Path

from reconciler.datasets import RULES, Severity, overlap


def written(path: Path, *examples: object) -> Path:
    path.write_text("".join(json.dumps(example) + "\n" for example in examples))
    return path


def talk(text: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text}]}


def test_nothing_in_common(tmp_path: Path) -> None:
    """Two files without a common example give no finding."""
    train = written(tmp_path / "train", talk("a"), talk("b"))
    found = overlap(train, written(tmp_path / "valid", talk("c")))
    assert (found.count, found.examples, found.lines, found.finding) == (0, 1, (), None)


def test_some_in_common(tmp_path: Path) -> None:
    """The lines in both files are named, and their number counts repeats."""
    train = written(tmp_path / "train", talk("a"), talk("b"), talk("c"))
    found = overlap(train, written(tmp_path / "valid", talk("x"), talk("c"), talk("a"), talk("c")))
    assert (found.count, found.examples) == (3, 4)
    assert found.lines == ((3, 2), (1, 3))
    assert found.finding is not None
    assert found.finding.message == (
        "3 of 4 examples are in the training file, too, such as its line 3."
    )
    assert (found.finding.rule in RULES, found.finding.severity) == (True, Severity.WARNING)


def test_the_same_in_other_words(tmp_path: Path) -> None:
    """Keys in another order, escapes and spaces make no other example; broken lines are none."""
    valid = tmp_path / "valid"
    valid.write_text(
        '\n{broken\n{ "messages" : [{"content": "Gr\\u00fc\\u00dfe", "role": "user"}]}\n'
    )
    found = overlap(written(tmp_path / "train", talk("Grüße")), valid)
    assert (found.count, found.examples, found.lines) == (1, 1, ((1, 3),))
