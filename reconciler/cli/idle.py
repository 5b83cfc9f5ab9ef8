"""ftctl idle: how long deployments have idled, what that has cost, and what will become of them."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.applying.observe import observe
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import Opened, opened
from reconciler.cli.running import UsageError
from reconciler.kinds.deployment import evidence
from reconciler.kinds.deployment.case import absence, case_of
from reconciler.kinds.deployment.forecast import (
    end_by_drain,
    end_by_rule,
    end_by_service,
    of_one_missing,
    of_one_there,
)
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.knowledge import known
from reconciler.planning.address import Address
from reconciler.planning.desired import Observed, standings
from reconciler.planning.spans import read_span
from reconciler.reporting.idle import Row, idle_json, idle_lines
from reconciler.reporting.page import page_for, put

KIND = "deployment"


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        observed = observe(at.desired, at.session, at.clock.now())
        then = _moment(options.at, observed.at)
        seen = evidence.calls(at.session, frozenset(at.session))
        found = [*_wanted(at, observed, seen, then)]
        if options.all:
            found += _unwanted(at, observed, seen, then)
    if options.format == "json":
        put([idle_json(found, observed.at, then).model_dump_json(indent=2)])
    else:
        put(idle_lines(found, observed.at, then, page_for(sys.stdout, no_color=options.no_color)))
    return ExitCode.DONE


def _moment(text: str | None, now: datetime) -> datetime:
    """`+10d`, or a date as ISO 8601 has it. Raises UsageError."""
    if text is None:
        return now
    span = read_span(text[1:]) if text.startswith("+") else None
    moment = now + span if span is not None else _date(text)
    if moment is None:
        raise UsageError(f"--at {text} is no moment; write it like +10d or 2026-12-01.")
    if moment < now:
        raise UsageError(f"--at {text} is past; what was is not kept.")
    return moment


def _date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _wanted(
    at: Opened, observed: Observed, seen: Mapping[str, evidence.Seen | None], then: datetime
) -> Iterator[Row]:
    stand = standings(at.desired, observed)
    catalogue = known(at.desired.policy)
    for address, wanted in at.desired.wanted.items():
        if address.kind != KIND:
            continue
        goal: DeploymentGoal = wanted.goal
        state = observed.states.get(address)
        needs = {need: stand[need] for need in wanted.needs}
        if isinstance(state, DeploymentState):
            life = evidence.life(state.record, seen.get(goal.account), observed.at, catalogue)
            case = case_of(goal, state, needs)
            end = end_by_rule(goal, life, case.trained_at, case.drained_at)
            yield Row(address, goal.account, of_one_there(life, end, then))
            ends = {one.name: one for one in case.departures}
            for version in state.together[1:]:
                life = evidence.life(version, seen.get(goal.account), observed.at, catalogue)
                end = end_by_drain(life, ends.get(version.name))
                end = replace(end, text=f"another version of {goal.name}; {end.text}")
                forecast = of_one_there(life, end, then)
                yield Row(Address(KIND, version.name), goal.account, forecast)
        else:
            step, has_model = absence(goal, state, needs), needs[goal.model_at].is_ready
            yield Row(address, goal.account, of_one_missing(step, has_model=has_model))


def _unwanted(
    at: Opened, observed: Observed, seen: Mapping[str, evidence.Seen | None], then: datetime
) -> Iterator[Row]:
    """Those that no manifest wants: only the service ends their lives."""
    catalogue = known(at.desired.policy)
    for other in observed.others:
        if other.address.kind == KIND:
            record, calls = other.state.record, seen.get(other.account)
            life = evidence.life(record, calls, observed.at, catalogue)
            forecast = of_one_there(life, end_by_service(life), then)
            is_ours = other.is_ours
            yield Row(other.address, other.account, forecast, is_wanted=False, is_ours=is_ours)
