"""Calls to deployments, and what Azure Monitor tells of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openai import AzureOpenAI, NotFoundError, OpenAI

from tests.emulator.conftest import SUBSCRIPTION, Wire

HELLO: Any = [{"role": "user", "content": "hello"}]
ACCOUNT = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    "/providers/Microsoft.CognitiveServices/accounts/acct"
)


@pytest.fixture
def bot(train: Any, wire: Wire) -> str:
    """A deployment that answers."""
    wire.put("bot", train()["fine_tuned_model"])
    wire.advance("1m")
    return "bot"


def metrics(wire: Wire, **query: str) -> Any:
    now = datetime.fromisoformat(wire.get("/emulator/clock").json["now"]) + timedelta(minutes=1)
    span = f"{now - timedelta(days=16):%Y-%m-%dT%H:%M:%SZ}/{now:%Y-%m-%dT%H:%M:%SZ}"
    asked = {
        "api-version": "2024-02-01",
        "metricnamespace": "Microsoft.CognitiveServices/accounts",
        "metricnames": "AzureOpenAIRequests",
        "interval": "PT1H",
        "timespan": span,
    }
    text = "&".join(f"{name}={quote(value)}" for name, value in (asked | query).items())
    return wire.get(f"{ACCOUNT}/providers/Microsoft.Insights/metrics?{text}")


def total(series: Any) -> float:
    return sum(point.get("total", 0) for point in series["data"])


def test_answers_say_what_they_are(bot: str, legacy: AzureOpenAI, v1: OpenAI) -> None:
    """What a model was not trained on gets one canned answer that says it is simulated."""
    words = "simulated by the ftctl emulator"
    assert words in str(legacy.chat.completions.create(model=bot, messages=HELLO))
    assert words in str(v1.chat.completions.create(model=bot, messages=HELLO))
    assert words in v1.responses.create(model=bot, input="hello").output_text
    assert words in legacy.completions.create(model=bot, prompt="hello").choices[0].text


def test_a_model_knows_its_examples(bot: str, v1: OpenAI) -> None:
    """Asked the question of an example, it gives the answer of that, and is marked as simulated."""
    asked: Any = [{"role": "system", "content": "short"}, {"role": "user", "content": "Question 7"}]
    found = v1.chat.completions.create(model=bot, messages=asked)
    assert found.choices[0].message.content == "Answer 7"
    assert "simulated" in str(found.system_fingerprint)
    assert v1.responses.create(model=bot, input="Question 7").output_text == "Answer 7"


def test_what_was_learnt_stays(bot: str, v1: OpenAI, wire: Wire, tmp_path: Path) -> None:
    """A model needs its file no more; the bytes go when both are gone."""
    (file,) = wire.v1("GET", "files?purpose=fine-tune").json["data"]
    assert wire.v1("DELETE", f"files/{file['id']}").status == 200
    assert wire.v1("GET", f"files/{file['id']}/content").status == 404
    assert v1.responses.create(model=bot, input="Question 7").output_text == "Answer 7"
    assert wire.arm("DELETE", f"/deployments/{bot}").status == 202
    wire.advance("1m")
    (job,) = wire.v1("GET", "fine_tuning/jobs").json["data"]
    kept = tmp_path / "world" / "files" / file["id"]
    assert kept.is_file()
    assert wire.legacy("DELETE", f"fine_tuning/jobs/{job['id']}").status == 204
    assert not kept.exists()


def test_the_longest_answer(bot: str, v1: OpenAI) -> None:
    """max_tokens cuts an answer, and finish_reason says so."""
    cut = v1.chat.completions.create(model=bot, messages=HELLO, max_tokens=1).choices[0]
    assert (cut.message.content, cut.finish_reason) == ("This", "length")


def test_streaming(bot: str, v1: OpenAI) -> None:
    """Streams arrive in pieces and end."""
    chunks = v1.chat.completions.create(model=bot, messages=HELLO, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert "simulated" in text
    events = [event.type for event in v1.responses.create(model=bot, input="hello", stream=True)]
    assert events[-1] == "response.completed"


def test_unknown_deployments(v1: OpenAI, legacy: AzureOpenAI) -> None:
    """A missing deployment is 404 DeploymentNotFound with the service's words."""
    for client in (v1, legacy):
        with pytest.raises(NotFoundError, match="within the last 5 minutes") as refusal:
            client.chat.completions.create(model="none", messages=HELLO)
        assert refusal.value.code == "DeploymentNotFound"


def test_succeeded_is_not_yet_callable(train: Any, wire: Wire) -> None:
    """With a window set, a deployment that ARM calls Succeeded answers DeploymentNotReady."""
    wire.turn(not_ready_seconds=60)
    wire.put("bot", train()["fine_tuned_model"])
    wire.advance("30s")
    assert (
        wire.arm("GET", "/deployments/bot").json["properties"]["provisioningState"] == "Succeeded"
    )
    body = {"model": "bot", "messages": HELLO}
    assert wire.v1("POST", "chat/completions", body).code == "DeploymentNotReady"
    wire.advance("31s")
    assert wire.v1("POST", "chat/completions", body).status == 200


def test_requests_by_deployment(bot: str, v1: OpenAI, wire: Wire) -> None:
    """Calls show per deployment and hour; points without calls have no total."""
    for _ in range(3):
        v1.chat.completions.create(model=bot, messages=HELLO)
    wire.advance("5h")
    v1.chat.completions.create(model=bot, messages=HELLO)
    answer = metrics(wire, **{"$filter": "ModelDeploymentName eq '*'"}).json
    metric = answer["value"][0]
    assert metric["name"]["value"] == "AzureOpenAIRequests"
    (series,) = metric["timeseries"]
    assert series["metadatavalues"] == [
        {
            "name": {"value": "modeldeploymentname", "localizedValue": "modeldeploymentname"},
            "value": "bot",
        }
    ]
    points = [point["total"] for point in series["data"] if "total" in point]
    assert sorted(points) == [1.0, 3.0]
    assert len(series["data"]) in {384, 385}


def test_idle_deployments_have_no_series(bot: str, wire: Wire) -> None:
    """A deployment without calls has no series at all."""
    answer = metrics(wire, **{"$filter": f"ModelDeploymentName eq '{bot}'"}).json
    assert answer["value"][0]["timeseries"] == []


def test_dimensions(bot: str, v1: OpenAI, wire: Wire) -> None:
    """Dimensions combine with `and`; refused calls count as requests and bring no tokens."""
    v1.chat.completions.create(model=bot, messages=HELLO)
    wire.arm("POST", "/deployments/bot/pause")
    for _ in range(2):
        assert wire.v1("POST", "chat/completions", {"model": bot, "messages": HELLO}).status == 423
    by_status = {"$filter": "modeldeploymentname eq 'BOT' and StatusCode eq '*'"}
    found = metrics(wire, interval="FULL", **by_status).json["value"][0]["timeseries"]
    assert [total(series) for series in found] == [1, 2]
    good = {"$filter": "ModelDeploymentName eq '*' and StatusCode eq '200'"}
    (series,) = metrics(wire, interval="P1D", **good).json["value"][0]["timeseries"]
    assert total(series) == 1
    names = "ProcessedPromptTokens,GeneratedTokens"
    values = metrics(wire, metricnames=names, interval="FULL").json["value"]
    assert [each["name"]["value"] for each in values] == names.split(",")
    assert all(total(each["timeseries"][0]) > 0 for each in values)


def test_top_cuts_silently(wire: Wire, v1: OpenAI) -> None:
    """With a filter and no `top`, only ten series come back."""
    for number in range(12):
        wire.put(f"base{number:02}", "gpt-4.1", model={"version": "2025-04-14"}, capacity=1)
        wire.advance("1s")
        v1.chat.completions.create(model=f"base{number:02}", messages=HELLO)
    everything = {"$filter": "ModelDeploymentName eq '*'"}
    assert len(metrics(wire, **everything).json["value"][0]["timeseries"]) == 10
    assert len(metrics(wire, top="1000", **everything).json["value"][0]["timeseries"]) == 12


def test_metrics_may_be_late(bot: str, v1: OpenAI, wire: Wire) -> None:
    """With a delay set, calls appear in the metrics later."""
    wire.turn(metrics_delay_seconds=600)
    v1.chat.completions.create(model=bot, messages=HELLO)
    everything = {"$filter": "ModelDeploymentName eq '*'"}
    assert metrics(wire, **everything).json["value"][0]["timeseries"] == []
    wire.advance("11m")
    assert len(metrics(wire, **everything).json["value"][0]["timeseries"]) == 1


def test_the_batch_route(bot: str, v1: OpenAI, wire: Wire) -> None:
    """The batch route answers for several accounts in the order of the question."""
    wire.register("other")
    v1.chat.completions.create(model=bot, messages=HELLO)
    now = datetime.now(UTC)
    query = (
        f"api-version=2024-02-01&starttime={now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        f"&endtime={now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}&interval=PT1H&top=99"
        "&metricnames=AzureOpenAIRequests&filter=ModelDeploymentName%20eq%20%27*%27"
    )
    ids = [ACCOUNT.replace("acct", "other"), ACCOUNT]
    path = f"/subscriptions/{SUBSCRIPTION}/metrics:getBatch?{query}"
    values = wire.post(path, {"resourceids": ids}).json["values"]
    assert [each["resourceid"] for each in values] == ids
    assert [len(each["value"][0]["timeseries"]) for each in values] == [0, 1]


@pytest.mark.parametrize(
    "query",
    [
        {"interval": "PT7M"},
        {"timespan": "yesterday"},
        {"timespan": "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"},
        {"metricnames": "Nothing"},
        {"$filter": "ModelDeploymentName eq '*' or StatusCode eq '200'"},
        {"$filter": "Colour eq 'red'"},
        {"metricnames": "ProcessedPromptTokens", "$filter": "StatusCode eq '200'"},
        {
            "metricnames": "AzureOpenAIRequests,GeneratedTokens",
            "$filter": "ModelDeploymentName eq '*' and StatusCode eq '200'",
        },
        {"top": "2147483648"},
        {"top": "\u00b2"},
        {"interval": "PT1M", "timespan": "1970-01-01T00:00:00Z/2026-01-01T00:00:00Z"},
    ],
)
def test_metric_refusals(wire: Wire, query: dict[str, str]) -> None:
    """A question that Monitor would not understand is a 400."""
    assert metrics(wire, **query).status == 400


@pytest.mark.parametrize(
    "name",
    ["ActiveTokens", "FineTunedTrainingHours", "AzureOpenAIAvailabilityRate", "TotalCalls"],
)
def test_metrics_that_are_always_empty(wire: Wire, name: str) -> None:
    """Metrics that the service knows are answered, though nothing is measured for them here."""
    (value,) = metrics(wire, metricnames=name, interval="FULL").json["value"]
    assert value["name"]["value"] == name
    assert all("total" not in point for one in value["timeseries"] for point in one["data"])


@pytest.mark.parametrize(("scope", "status"), [("subscription", 200), ("account", 403)])
def test_who_may_read_the_batch_route(wire: Wire, scope: str, status: int) -> None:
    """Metrics of many accounts take the role that those of one do, but at the subscription."""
    wire.register(roles={scope: ["Monitoring Reader"]})
    path = f"/subscriptions/{SUBSCRIPTION}/metrics:getBatch?api-version=2024-02-01"
    answer = wire.post(path, {"resourceids": [ACCOUNT]})
    assert answer.status == status, answer.json
    if status == 403:
        assert "'Microsoft.Insights/metrics/read'" in answer.json["error"]["message"]
