"""When deployments were last called: what the metrics tell, and what follows from it.

The real Monitor client is the witness: it has to find in the same answer what our reading finds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.mgmt.monitor import MonitorManagementClient

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.calling import Line, Question, ping
from reconciler.kinds.deployment.lifetime import Unknown
from reconciler.kinds.deployment.talking import Talk
from reconciler.kinds.deployment.writing import Desk
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.planning.kind import Context
from reconciler.providers.azure.activity import Activity, Calls, Unseen, read_long, read_recent
from reconciler.providers.azure.connect import _local_policy, _LocalCredential
from reconciler.providers.errors import Refused
from tests.kinds.conformance.conftest import (
    BASE,
    DEPLOYMENT,
    DESTROY,
    MODEL,
    Emulator,
    Service,
    time_stands_still,
)

pytestmark = time_stands_still
DAY = 86_400.0
METRICS = "/providers/Microsoft.Insights/metrics"
STANDARD = {"name": "GlobalStandard", "capacity": 10}


@pytest.fixture
def pace() -> str:
    return "instant"


def seen(service: Service, emulator: Emulator) -> Activity:
    """What is told once the minute of the last call is over."""
    emulator.advance(60)
    found = read_recent(service.here, emulator.now())
    assert isinstance(found, Activity), found
    return found


def call(service: Service, name: str = DEPLOYMENT.name) -> None:
    service.here.data.chat.completions.create(
        model=name, messages=[{"role": "user", "content": "hello"}]
    )


def deployed(service: Service, emulator: Emulator, **spec: Any) -> Desired:
    """A deployment that was called once, and what is desired."""
    desired = service.desired({"sku": STANDARD, **spec})
    emulator.advance(60)
    service.deploy(desired)
    call(service)
    return desired


def decided(service: Service, desired: Desired) -> Action:
    """What a plan would do about the deployment now."""
    return service.proposed(desired, DEPLOYMENT, {MODEL: service.standing(desired, MODEL)})


def carried_out(service: Service, desired: Desired) -> Action:
    """The same, and it is done."""
    action = decided(service, desired)
    service.perform(desired, action, {MODEL: service.standing(desired, MODEL)})
    return action


def test_the_last_call(service: Service, emulator: Emulator) -> None:
    """A call is known to the hour: by the end of that."""
    deployed(service, emulator)
    called = emulator.now()
    emulator.advance(3 * DAY)
    hour = called.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert seen(service, emulator).of(DEPLOYMENT.name.upper()) == Calls(hour, hour)


def test_the_witness(service: Service, emulator: Emulator) -> None:
    """The real Monitor client reads the same out of the same metrics."""
    deployed(service, emulator)
    emulator.advance(DAY)
    call(service)
    emulator.advance(2 * DAY)
    at = emulator.now()
    assert service.emulator
    client = MonitorManagementClient(
        _LocalCredential(),  # type: ignore[arg-type]  # a stand-in: the policy does the signing
        service.here.place.subscription_id,
        base_url=service.emulator.url,
        authentication_policy=_local_policy(),
    )
    answer = client.metrics.list(
        service.here.place.resource_id,
        timespan=f"{at - timedelta(days=16):%Y-%m-%dT%H:%M:%SZ}/{at:%Y-%m-%dT%H:%M:%SZ}",
        interval="PT1H",
        metricnames="AzureOpenAIRequests",
        metricnamespace="Microsoft.CognitiveServices/accounts",
        aggregation="Total",
        filter="ModelDeploymentName eq '*'",
        top=1000,
    )
    last = {
        series.metadatavalues[0].value: max(
            point.time_stamp for point in series.data if point.total
        )
        for series in answer.value[0].timeseries
    }
    ours = seen(service, emulator)
    assert {name: at + timedelta(hours=1) for name, at in last.items()} == {
        name: calls.tried for name, calls in ours.calls.items()
    }


def test_refused_calls(service: Service, emulator: Emulator) -> None:
    """Calls without an answer are told apart from those with one."""
    deployed(service, emulator)
    emulator.advance(2 * DAY)
    emulator.turn(not_ready_seconds=30 * DAY)
    with pytest.raises(Exception, match="not ready"):
        call(service)
    calls = seen(service, emulator).of(DEPLOYMENT.name)
    assert calls.tried
    assert calls.answered
    assert calls.tried - calls.answered == timedelta(days=2)


def test_metrics_come_late(service: Service, emulator: Emulator) -> None:
    """What was called in the last minutes is not told yet: the activity says until when it is."""
    emulator.turn(metrics_delay_seconds=300)
    deployed(service, emulator)
    found = seen(service, emulator)
    assert found.of(DEPLOYMENT.name) == Calls()
    assert emulator.now() - found.until >= timedelta(minutes=5)
    emulator.advance(400)
    assert seen(service, emulator).of(DEPLOYMENT.name).tried


def test_all_of_them(service: Service, emulator: Emulator) -> None:
    """Every deployment is told of, not only the first ten."""
    deployed(service, emulator)
    raw = service.raw()
    body = {"sku": raw["sku"], "properties": {"model": raw["properties"]["model"]}}
    for number in range(9):
        service.put(f"{DEPLOYMENT.name}-{number}", body)
        call(service, f"{DEPLOYMENT.name}-{number}")
    base = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
    for number in range(3):
        service.put(f"base-{number}", {"sku": raw["sku"], "properties": {"model": base}})
        call(service, f"base-{number}")
    assert len(seen(service, emulator).calls) == 13


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (
            {
                "status": 403,
                "body": {"error": {"code": "AuthorizationFailed", "message": "may not"}},
            },
            ("nobody here may read the metrics of account/here", "Monitoring Reader"),
        ),
        ({"status": 200, "body": {"value": [{"no": "name"}]}}, ("not as documented", "")),
        ({"status": 200, "body": {"value": []}}, ("not as documented", "")),
        ({"status": 200, "body": []}, ("not as documented", "")),
        ({"status": 500, "code": "InternalServerError"}, ("could not read the metrics", "again")),
    ],
)
def test_unknown(
    service: Service, emulator: Emulator, action: dict[str, Any], why: tuple[str, str]
) -> None:
    """Whatever the metrics answer: what cannot be read is unknown, with what would help."""
    emulator.fault("GET", METRICS, None, kind="status", **action)
    found = read_recent(service.here, emulator.now())
    assert isinstance(found, Unseen)
    assert why[0] in found.why
    assert why[1] in found.hint


def test_one_metric_is_enough(service: Service, emulator: Emulator) -> None:
    """Where only requests are told, they stand for the answered ones as well."""
    name = {"name": {"value": "AzureOpenAIRequests"}}
    point = {"timeStamp": "2026-11-20T14:00:00Z", "total": 3.0}
    labels = [{"name": {"value": "ModelDeploymentName"}, "value": "Bot"}]
    series = [{"metadatavalues": labels, "data": [{"timeStamp": "2026-11-20T15:00:00Z"}, point]}]
    failed = {"name": {"value": "ProcessedPromptTokens"}, "errorCode": "InternalError"}
    body = {"value": [{**name, "errorCode": "Success", "timeseries": series}, failed]}
    emulator.answers("GET", METRICS, body)
    end = datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert seen(service, emulator).of("bot") == Calls(end, end)


@pytest.mark.parametrize(("longest", "days"), [(0, 92), (60, 30), (20, None)])
def test_how_far_back(service: Service, emulator: Emulator, longest: int, days: int | None) -> None:
    """A quarter of a year is asked for; where that is refused, a month; then it is unknown."""
    deployed(service, emulator)
    emulator.advance(25 * DAY)
    emulator.turn(metrics_span_seconds=longest * DAY)
    found = read_long(service.here, emulator.now())
    if days is None:
        assert isinstance(found, Unseen)
    else:
        assert isinstance(found, Activity)
        assert emulator.now() - found.since == timedelta(days=days)
        assert found.of(DEPLOYMENT.name).answered


def test_retention(service: Service, emulator: Emulator) -> None:
    """What is older than 93 days is not told any more."""
    deployed(service, emulator)
    emulator.advance(95 * DAY)
    found = read_long(service.here, emulator.now())
    assert isinstance(found, Activity)
    assert found.of(DEPLOYMENT.name) == Calls()


def test_nobody_asks_about_the_young(service: Service, emulator: Emulator) -> None:
    """The metrics are asked once they matter: after ten days by default, then once a look."""
    desired = deployed(service, emulator)
    emulator.advance(9 * DAY)
    assert decided(service, desired).code is ReasonCode.AS_WANTED
    assert emulator.count("GET", METRICS) == 0
    emulator.advance(2 * DAY)
    decided(service, desired)
    assert emulator.count("GET", METRICS) == 1


def test_not_dated(service: Service, emulator: Emulator) -> None:
    """Without systemData nobody knows how old it is: so its calls matter, and keep it as ever."""
    desired = deployed(service, emulator, inactivity={"then": "keepAlive"})
    emulator.advance(14 * DAY)
    raw = {name: value for name, value in service.raw().items() if name != "systemData"}
    emulator.answers("GET", "/deployments$", {"value": [raw]})
    assert decided(service, desired).code is ReasonCode.KEEP_ALIVE
    assert emulator.count("GET", METRICS) == 1


def test_keep_alive(service: Service, emulator: Emulator) -> None:
    """One call, marked on the deployment, so that the next look believes it before the metrics."""
    emulator.turn(metrics_delay_seconds=900)
    desired = deployed(service, emulator, inactivity={"then": "keepAlive"})
    emulator.advance(14 * DAY)
    calls = emulator.count("POST", "chat/completions")
    assert carried_out(service, desired).code is ReasonCode.KEEP_ALIVE
    assert emulator.count("POST", "chat/completions") == calls + 1
    assert decided(service, desired).code is ReasonCode.AS_WANTED
    emulator.advance(2 * DAY)
    assert service.raw()["properties"]["provisioningState"] == "Succeeded"


def test_a_reasoning_model_is_called(service: Service, emulator: Emulator) -> None:
    """It has room to think, because it may refuse a call that leaves it none."""
    deployed(service, emulator)
    emulator.turn(too_few_tokens="refuse")
    base = {"format": "OpenAI", "name": "o4-mini", "version": "2025-04-16"}
    service.put("thinker", {"sku": STANDARD, "properties": {"model": base}})
    emulator.advance(60)
    line = Line(Desk(service.session, service.here), "thinker", "o4-mini")
    with pytest.raises(Refused, match="Could not finish"):
        line.ask(Question("ping"))
    assert line.wait_for_calls()


def test_keep_alive_is_refused(service: Service, emulator: Emulator) -> None:
    """A call that was refused may not count, so it says what else keeps it."""
    desired = deployed(service, emulator, inactivity={"then": "keepAlive"})
    emulator.advance(14 * DAY)
    emulator.fault("POST", "/completions", times=None, kind="status", status=400)
    with pytest.raises(Refused) as raised:
        carried_out(service, desired)
    assert f"`ftctl chat {DEPLOYMENT.name}`" in raised.value.hint


def test_a_retired_model_is_called(service: Service, emulator: Emulator) -> None:
    """Where its base model has retired, calls are refused, and say what now."""
    emulator.turn(after_retirement="refuse")
    deployed(service, emulator, inactivity={"then": "keepAlive"})
    line = Line(Desk(service.session, service.here), DEPLOYMENT.name, BASE)
    talk = Talk(service.here, DEPLOYMENT.name, BASE)
    emulator.advance(10 * DAY)
    while emulator.now() < datetime(2027, 10, 14, tzinfo=UTC):
        line.ask(ping(BASE))
        emulator.advance(10 * DAY)
    for ask in (line.wait_for_calls, lambda: list(talk.answers("hello"))):
        with pytest.raises(Refused) as raised:
            ask()
        assert raised.value.status == 410
        assert "The model is retired. Train from" in raised.value.hint


def test_keep_alive_alone(service: Service, emulator: Emulator) -> None:
    """The call that goes before a step which has to wait changes nothing of what is declared."""
    kept: dict[str, Any] = {"inactivity": {"then": "keepAlive"}}
    deployed(service, emulator, **kept)
    emulator.advance(14 * DAY)
    wider = service.desired({"sku": STANDARD | {"capacity": 20}, "protect": True, **kept})
    at = Context(service.now(), wider.policy, {MODEL: service.standing(wider, MODEL)})
    state = service.seen(wider, DEPLOYMENT)
    decision = KINDS["deployment"].decide(wider.wanted[DEPLOYMENT], state, at)
    assert decision.action.code is ReasonCode.CHANGED
    assert decision.meanwhile is not None
    service.perform(wider, decision.meanwhile, at.needs)
    found = service.raw()
    assert found["sku"]["capacity"] == STANDARD["capacity"]
    assert "ftctl-called" in found["tags"]
    assert "ftctl-protect" not in found["tags"]
    assert decided(service, wider).changes == decision.action.changes


def test_hibernate_and_wake(service: Service, emulator: Emulator) -> None:
    """Deleted once idle, then asleep until it is asked for, however long that takes."""
    desired = deployed(service, emulator, inactivity={"hibernateAfter": "3d"})
    emulator.advance(2 * DAY)
    assert decided(service, desired).code is ReasonCode.AS_WANTED
    emulator.advance(1.5 * DAY)
    action = carried_out(service, desired)
    assert (action.verb, action.code) == (Verb.DELETE, ReasonCode.HIBERNATE)
    for days in (0, 10, 30, 40):
        emulator.advance(days * DAY)
        assert decided(service, desired).code is ReasonCode.ASLEEP
    awake = replace(desired, policy=replace(desired.policy, awake=frozenset({DEPLOYMENT.name})))
    assert carried_out(service, awake).code is ReasonCode.WAKE
    assert decided(service, desired).code is ReasonCode.AS_WANTED


def test_vanished(service: Service, emulator: Emulator) -> None:
    """After 15 days without a call it is gone, and what was called tells why."""
    desired = deployed(service, emulator)
    emulator.advance(15 * DAY + 60)
    action = decided(service, desired)
    assert (action.verb, action.code) == (Verb.KEEP, ReasonCode.VANISHED_IDLE)
    emulator.advance(30 * DAY)
    assert decided(service, desired).code is ReasonCode.VANISHED_IDLE


def test_vanished_under_another_name(service: Service, emulator: Emulator) -> None:
    """A job that ran before the manifest pinned what the service chose tells of the same model."""
    before = deployed(service, emulator)
    chosen = service.state(before, MODEL).winner.hyperparameters["n_epochs"]
    pinned = service.desired(
        {"sku": STANDARD}, method={"type": "supervised", "hyperparameters": {"nEpochs": chosen}}
    )
    assert pinned.wanted[MODEL].goal.short != before.wanted[MODEL].goal.short
    emulator.advance(15 * DAY + 60)
    action = decided(service, pinned)
    assert (action.verb, action.code) == (Verb.KEEP, ReasonCode.VANISHED_IDLE)


def test_deleted_by_somebody(service: Service, emulator: Emulator) -> None:
    """Gone while it was in use: that was somebody, and it is made again."""
    desired = deployed(service, emulator)
    emulator.advance(3 * DAY)
    service.perform(desired, DESTROY, {})
    action = decided(service, desired)
    assert (action.verb, action.code) == (Verb.CREATE, ReasonCode.DELETED_ELSEWHERE)


def test_without_the_role(service: Service, emulator: Emulator) -> None:
    """Nobody who may not read the metrics is told that something was idle."""
    desired = deployed(service, emulator)
    emulator.fault("GET", METRICS, None, kind="status", status=403, code="AuthorizationFailed")
    emulator.advance(11 * DAY)
    service.session.forget(emulator.now())
    state = (
        service.session
        and desired.kind_of(DEPLOYMENT)
        .observe(desired.of_kind(desired.kind_of(DEPLOYMENT)), service.session, desired.policy)
        .states[DEPLOYMENT]
    )
    assert isinstance(state.life.use, Unknown)
    emulator.advance(5 * DAY)
    assert decided(service, desired).code is ReasonCode.MISSING
