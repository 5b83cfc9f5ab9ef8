"""What changed between two files of examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.datasets.difference import Changed, Difference, difference


def chat(question: str, answer: str) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


def file(folder: Path, name: str, *examples: dict[str, Any], **spelling: Any) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(one, **spelling) + "\n" for one in examples), "utf-8")
    return path


def test_added_removed_and_changed(tmp_path: Path) -> None:
    """The same question with another answer is changed; anything else came or went."""
    old = file(tmp_path, "old", chat("a", "1"), chat("b", "2"), chat("c", "3"))
    new = file(tmp_path, "new", chat("c", "3"), chat("b", "two"), chat("d", "4"))
    assert difference(old, new) == Difference((3,), (1,), (Changed(2, 2),), 1)


def test_spelling_and_order_are_no_change(tmp_path: Path) -> None:
    """What an example says counts; escapes, spaces and the order of lines do not."""
    old = file(tmp_path, "old", chat("Å", "1"), chat("b", "2"))
    new = file(tmp_path, "new", chat("b", "2"), chat("Å", "1"), indent=None, ensure_ascii=False)
    assert difference(old, new) == Difference((), (), (), 2)


def test_a_second_copy_is_added(tmp_path: Path) -> None:
    """Examples are counted, so a duplicate is one more."""
    old = file(tmp_path, "old", chat("a", "1"))
    new = file(tmp_path, "new", chat("a", "1"), chat("a", "1"))
    assert difference(old, new) == Difference((2,), (), (), 1)


def test_other_formats(tmp_path: Path) -> None:
    """The question of a pair is its prompt, that of a preference its input."""
    old = file(
        tmp_path,
        "old",
        {"prompt": "p", "completion": "1"},
        {"input": {"messages": []}, "preferred_output": ["x"], "non_preferred_output": ["y"]},
    )
    new = file(
        tmp_path,
        "new",
        {"prompt": "p", "completion": "2"},
        {"input": {"messages": []}, "preferred_output": ["y"], "non_preferred_output": ["x"]},
    )
    assert difference(old, new) == Difference((), (), (Changed(1, 1), Changed(2, 2)), 0)


def test_lines_that_are_no_example_are_left_out(tmp_path: Path) -> None:
    """Blank and broken lines are for the check to name; here they are nothing."""
    old = tmp_path / "old"
    old.write_text('\n{"broken\n' + json.dumps(chat("a", "1")) + "\n", "utf-8")
    new = file(tmp_path, "new", chat("a", "2"))
    assert difference(old, new) == Difference((), (), (Changed(3, 1),), 0)
