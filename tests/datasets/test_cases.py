"""The rules by example: each file in cases/ is a sentence, a data file, and what is found in it."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.datasets import FORMATS, RULES, Finding, check_stream

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))

# These need more bytes than a case file should have (test_limits.py has them), or two files.
NOT_IN_A_CASE = {
    *("file/size", "file/image-examples", "jsonl/line-length", "chat/image-count"),
    "chat/image-size",
    "file/overlap",
    *("url/unreachable", "url/size", "url/kind", "url/colours"),  # these need a server
}
AT_A_GLANCE = {
    *("good-plain", "good-ends-with-a-call", "good-calls-in-parallel"),
    *("good-completions", "good-preference", "good-preference-of-calls"),
    "good-preference-of-answered-calls",
}
PREFIXES = {"file", "jsonl", "example", "url", *FORMATS}


def load(case: Path) -> dict[str, Any]:
    text = case.read_text(encoding="utf-8")
    return {"encoding": "utf-8", "options": {}, **yaml.safe_load(text)}


def shown(finding: Finding) -> str:
    line = f"line {finding.line}" if finding.line else "the file"
    column = f"column {finding.column}" if finding.column else ""
    place = ", ".join(filter(None, [line, column, finding.path]))
    first = f"{finding.severity} {finding.rule} at {place}"
    return "\n  ".join(filter(None, [first, finding.message, finding.hint]))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """Each case finds what it says, and nothing else."""
    case = load(path)
    data = case["file"].encode(case["encoding"])
    report = check_stream(BytesIO(data), **{"minimum_examples": 1, **case["options"]})
    assert "\n".join(map(shown, report.findings)) == case["finds"], case["sentence"]


def test_every_rule_has_a_case() -> None:
    """No rule is listed that nothing shows."""
    found = {
        line.split()[1]
        for path in CASES
        for line in load(path)["finds"].splitlines()
        if not line.startswith(" ")
    }
    assert found == RULES.keys() - NOT_IN_A_CASE


def test_every_rule_is_a_sentence() -> None:
    """The table of rules can be printed as documentation."""
    assert all(rule.sentence[0] and rule.sentence.endswith(".") for rule in RULES.values())
    assert all(rule.split("/")[0] in PREFIXES for rule in RULES)


@pytest.mark.parametrize("path", [path for path in CASES if path.stem in AT_A_GLANCE])
def test_good_examples_take_the_short_way(path: Path) -> None:
    """What is good is seen at a glance; else large files would take several times as long."""
    case = load(path)
    known = FORMATS[case["options"].get("format", "chat")]
    data = case["file"].encode().splitlines()
    assert all(known.glance(line) == known.measure(json.loads(line)) for line in data)
