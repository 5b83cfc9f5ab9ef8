"""Cases of one kind as a table: the situation, what is decided, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds import KINDS
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Standing
from reconciler.reporting.page import Page
from tests.planning.situations import NOON

PAGE = Page(width=96)


def table(
    wanted: Wanted,
    cases: Mapping[str, Any],
    policy: Policy | None = None,
    needs: Mapping[Address, Standing] | None = None,
) -> str:
    """Under the name of a case: verb, code and reason; what changes; `=` phase, ids and detail."""
    kind = KINDS[wanted.address.kind]
    context = Context(NOON, policy or Policy(project="shop"), needs or {})
    lines: list[str] = []
    for name, state in cases.items():
        decision = kind.decide(wanted, state, context)
        action = decision.action
        stand = kind.describe(wanted, state, needs or {})
        changed = [f"{one.field}: {one.before} -> {one.after}" for one in action.changes]
        noted = [f"note: {one}" for one in decision.notices]
        place = " ".join(filter(None, [stand.phase, ", ".join(stand.ids), stand.detail]))
        texts = [f"{action.verb} {action.code}: {action.reason}", *changed, *noted, f"= {place}"]
        lines += [name, *(line for text in texts for line in PAGE.wrap(text, 2, hang=4))]
    return "\n".join(lines)
