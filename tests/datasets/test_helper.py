"""A second process makes a check faster, and makes no other difference."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from reconciler.datasets import check, check_stream
from reconciler.datasets.check import WORTH_HELP
from reconciler.datasets.examination import Examiner, Task
from reconciler.datasets.lines import Lines
from reconciler.datasets.pool import Pool
from reconciler.datasets.whole import Whole


def line(number: int) -> bytes:
    """Mostly good; some broken, some repeated, some with a system message."""
    if number % 20_021 == 7:
        return b"{broken\n"
    said = {
        "role": "user",
        "content": f"What follows {number % 30_000}? " + "é " * (number % 30_000 % 97),
    }
    messages = [said, {"role": "assistant", "content": f"{number % 30_000 + 1}"}]
    if number % 1_000 == 3:
        messages.insert(0, {"role": "system", "content": "Be brief."})
    return json.dumps({"messages": messages}).encode() + b"\n"


@pytest.mark.slow
@pytest.mark.parametrize("tokens", [True, False])
def test_with_and_without_help(tmp_path: Path, *, tokens: bool) -> None:
    """Findings, counts and hash are the same, in the same order."""
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        number = 0
        while file.tell() <= WORTH_HELP:
            number += 1
            file.write(line(number))
    helped = check(path, tokens=tokens)
    with path.open("rb") as file:
        alone = check_stream(file, tokens=tokens)
    assert helped == alone
    assert {"jsonl/syntax", "example/repeated"} < {finding.rule for finding in helped.findings}


def test_a_helper_that_cannot_work(tmp_path: Path) -> None:
    """What a helper leaves undone is done here."""
    data = b"".join(map(line, range(100)))
    batches = [[each] for each in Lines(BytesIO(data))]
    whole = Whole()
    with Pool(Task("chat"), whole, tmp_path / "absent.jsonl") as pool:
        for batch in batches:
            pool.give(batch)
    alone = Whole()
    for batch in batches:
        alone.add(Examiner(Task("chat")).examine(batch))
    assert whole.part == alone.part
