"""What was checked of each account, as a table and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from reconciler.planning.refusals import Refusal
from reconciler.providers.checks import Check, Result
from reconciler.reporting.formats import FORMAT_VERSION
from reconciler.reporting.page import Page

STYLES = {
    Result.OK: "green",
    Result.MISSING: "red",
    Result.WARNING: "yellow",
    Result.UNKNOWN: "cyan",
}
COLUMN = max(len(result) for result in Result) + 2


def doctor_lines(checks: Iterable[Check], page: Page) -> Iterator[str]:
    """The accounts one after the other, then how many checks came out how."""
    listed = list(checks)
    for account, of_account in groupby(listed, key=lambda one: one.account):
        yield page.paint(f"account/{account}", "bold")
        for check in of_account:
            yield from _check(check, page)
    counts = Counter(one.result for one in listed)
    told = ", ".join(f"{counts[result]} {result}" for result in Result if counts[result])
    yield f"{told or 'No account to look at'}."


def _check(check: Check, page: Page) -> Iterator[str]:
    text = f"{check.name}: {check.detail}" if check.detail else check.name
    lines = page.wrap(text, 2, f"{check.result:<{COLUMN}}", 2 + COLUMN)
    style = STYLES[check.result]
    yield lines[0].replace(check.result, page.paint(check.result, style), 1)
    yield from lines[1:]
    if check.remedy:
        yield from page.wrap(check.remedy, 2 + COLUMN)


def doctor_json(checks: Iterable[Check], exit_code: int) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "exit_code": exit_code,
        "checks": [{**asdict(one), "result": one.result.value} for one in checks],
    }


def lacks(checks: Iterable[Check]) -> list[Refusal]:
    """What is missing, as reasons not to begin."""
    return [
        Refusal(
            "doctor",
            " ".join(filter(None, [f"account/{one.account}, {one.name}: not there.", one.detail])),
            f"{one.remedy} Or pass --skip-doctor to go ahead all the same.".strip(),
        )
        for one in checks
        if one.result is Result.MISSING
    ]
