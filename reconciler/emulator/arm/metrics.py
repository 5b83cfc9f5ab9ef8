"""Azure Monitor metrics of an account: requests and tokens by deployment and time.

Source: Azure Monitor metrics, api-version 2024-02-01 (azure-mgmt-monitor 7.0.0), and Microsoft
Learn, "Supported metrics: Microsoft.CognitiveServices/accounts", 2026-07-31. Dimension names come
back in lower case; buckets without calls have no `total`; deployments without calls no series.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.emulator import traffic
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import base_model
from reconciler.emulator.clock import iso, moment_in
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.paging import is_number
from reconciler.emulator.records import Account
from reconciler.emulator.registry import known_accounts
from reconciler.emulator.traffic import Bucket

NAMESPACE = "Microsoft.CognitiveServices/accounts"
METRICS = {
    "azureopenairequests": ("AzureOpenAIRequests", "Azure OpenAI Requests"),
    "processedprompttokens": ("ProcessedPromptTokens", "Processed Prompt Tokens"),
    "generatedtokens": ("GeneratedTokens", "Generated Completion Tokens"),
    "tokentransaction": ("TokenTransaction", "Processed Inference Tokens"),
    # Known, and never anything but empty here.
    "activetokens": ("ActiveTokens", "Active Tokens"),
    "finetunedtraininghours": ("FineTunedTrainingHours", "Processed FineTuned Training Hours"),
    "azureopenaiavailabilityrate": ("AzureOpenAIAvailabilityRate", "AzureOpenAI Availability Rate"),
    "totalcalls": ("TotalCalls", "Total Calls"),
    "successfulcalls": ("SuccessfulCalls", "Successful Calls"),
}
UNITS = {"azureopenaiavailabilityrate": "Percent"}  # all others are counts
# By what each may be told apart. Those of the last five are UNVERIFIED.
_OF_TOKENS = frozenset(
    {"apiname", "modeldeploymentname", "featurename", "usagechannel", "region", "modelversion"}
)
DIMENSIONS = {
    "azureopenairequests": frozenset(
        {
            "apiname", "operationname", "region", "streamtype", "modeldeploymentname",
            "modelname", "modelversion", "statuscode", "isspillover", "servicetierrequest",
            "servicetierresponse",
        }
    ),
    "processedprompttokens": _OF_TOKENS,
    "generatedtokens": _OF_TOKENS,
    "tokentransaction": _OF_TOKENS,
    "activetokens": frozenset({"modeldeploymentname"}),
    "finetunedtraininghours": frozenset({"modeldeploymentname", "modelname"}),
    "azureopenaiavailabilityrate": frozenset({"modeldeploymentname"}),
    "totalcalls": frozenset({"apiname", "operationname", "region"}),
    "successfulcalls": frozenset({"apiname", "operationname", "region"}),
}  # fmt: skip
INTERVALS = {
    "PT1M": 60,
    "PT5M": 300,
    "PT15M": 900,
    "PT30M": 1800,
    "PT1H": 3600,
    "PT6H": 21600,
    "PT12H": 43200,
    "P1D": 86400,
}
# Older points are gone (Microsoft Learn, "Azure Monitor metrics overview: retention", 2026-10).
RETENTION = 93 * 86400.0
# What the service cuts to, without a word, when a filter is there and `top` is not.
TOP_BY_DEFAULT = 10
POINTS_AT_MOST = 150_000
_CONDITION = re.compile(r"\s*(\w+)\s+eq\s+'([^']*)'\s*", re.IGNORECASE)

Conditions = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One query, understood."""

    metrics: tuple[str, ...]
    start: float
    end: float
    interval: str
    conditions: Conditions
    top: int
    known_until: float

    @property
    def step(self) -> float:
        return INTERVALS.get(self.interval, self.end - self.start)

    @property
    def origin(self) -> float:
        """Buckets begin at whole steps; the one of FULL where the span begins."""
        return self.start if self.interval == "FULL" else self.start // self.step * self.step

    @property
    def points(self) -> int:
        return max(1, math.ceil((self.end - self.origin) / self.step))


def of_account(call: Call) -> Response:
    query = call.request.query
    start, end = _span(call, query.get("timespan", ""))
    asked = _question(call, start, end, query.get("$filter", ""))
    body = {
        "cost": 0,
        "timespan": f"{iso(asked.start)}/{iso(asked.end)}",
        "interval": asked.interval,
        "namespace": NAMESPACE,
        "resourceregion": call.account.region,
        "value": _answers(call, call.account, asked),
    }
    return as_json(200, body)


def of_many(call: Call) -> Response:
    """The batch route; answers in the order of the question."""
    query = call.request.query
    end = _moment(query["endtime"]) if "endtime" in query else call.now
    start = _moment(query["starttime"]) if "starttime" in query else end - 3600
    asked = _question(call, start, end, query.get("filter", ""))
    try:
        wanted = [str(each) for each in json.loads(call.body)["resourceids"]]
    except (ValueError, KeyError, TypeError):
        raise _bad("The body must have resourceids.") from None
    values = [_of_resource(call, resource, asked) for resource in wanted]
    return as_json(200, {"values": values})


def _of_resource(call: Call, resource: str, asked: Question) -> Document:
    for account in known_accounts(call.books):
        if account.id.lower() == "/" + resource.strip("/").lower():
            return {
                "starttime": iso(asked.start),
                "endtime": iso(asked.end),
                "interval": asked.interval,
                "namespace": NAMESPACE,
                "resourceregion": account.region,
                "resourceid": resource,
                "value": _answers(call, account, asked),
            }
    raise Refusal(404, "ResourceNotFound", f"The Resource '{resource}' was not found.")


def _question(call: Call, start: float, end: float, filter_: str) -> Question:
    query = call.request.query
    names = query.get("metricnames", "AzureOpenAIRequests").split(",")
    interval = query.get("interval", "PT1M").upper()
    if interval not in {*INTERVALS, "FULL"}:
        raise _bad(f"The interval '{interval}' is not supported.")
    if end <= start:
        raise _bad("The timespan must end after it starts.")
    longest = call.switches.seconds("metrics_span_seconds")
    if longest and end - start > longest:
        raise _bad(f"The timespan may be at most {longest:.0f} seconds long.")
    if unknown := [name for name in names if name.strip().lower() not in METRICS]:
        raise _bad(f"Failed to find metric configuration for metric: {unknown[0]}.")
    keys = tuple(name.strip().lower() for name in names)
    conditions = _conditions(filter_, frozenset.intersection(*(DIMENSIONS[key] for key in keys)))
    top = query.get("top", str(TOP_BY_DEFAULT if conditions else 1_000_000))
    if not is_number(top) or not 1 <= int(top) < 2**31:
        raise _bad("top must be a whole number between 1 and 2147483647.")
    known_until = call.now - call.switches.seconds("metrics_delay_seconds")
    asked = Question(keys, start, end, interval, conditions, int(top), known_until)
    if asked.points > POINTS_AT_MOST:
        raise _bad("The timespan holds too many intervals.")
    return asked


def _conditions(text: str, dimensions: frozenset[str]) -> Conditions:
    """`Name eq 'value' and Name eq '*'`; anything else is refused, as what one metric lacks is."""
    found: Conditions = {}
    for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE) if text.strip() else []:
        condition = _CONDITION.fullmatch(part)
        if condition is None or condition[1].lower() not in dimensions:
            raise _bad(f"The filter '{text}' is not understood.")
        found[condition[1].lower()] = condition[2]
    return found


def _span(call: Call, text: str) -> tuple[float, float]:
    if not text:
        return call.now - 3600, call.now
    start, slash, end = text.partition("/")
    if not slash:
        raise _bad("timespan must be start/end.")
    return _moment(start), _moment(end)


def _moment(text: str) -> float:
    try:
        return moment_in(text.strip().replace(" ", "+"))
    except (ValueError, OverflowError):
        raise _bad(f"'{text}' is not a moment.") from None


def _answers(call: Call, account: Account, asked: Question) -> list[Document]:
    end = min(asked.end, asked.known_until)
    start = max(asked.start, call.now - RETENTION)
    buckets = traffic.between(call.books, account.key, start, end)
    return [
        {
            "id": f"{account.id}/providers/Microsoft.Insights/metrics/{METRICS[name][0]}",
            "type": "Microsoft.Insights/metrics",
            "unit": UNITS.get(name, "Count"),
            "name": dict(zip(("value", "localizedValue"), METRICS[name], strict=True)),
            "displayDescription": METRICS[name][1],
            "errorCode": "Success",
            "timeseries": list(_series(account, buckets, name, asked)),
        }
        for name in asked.metrics
    ]


def _series(
    account: Account, buckets: list[Bucket], metric: str, asked: Question
) -> Iterator[Document]:
    """One per combination of the filter's dimensions that had any calls, at most `top`."""
    found: dict[tuple[str, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for bucket in buckets:
        dimensions = _dimensions(bucket, account.region)
        amount = _amount(bucket, metric)
        if amount and _is_meant(dimensions, asked.conditions):
            key = tuple(dimensions[name] for name in asked.conditions)
            found[key][int((bucket.minute * 60 - asked.origin) // asked.step)] += amount
    if not asked.conditions and not found:
        found[()] = {}
    for key in sorted(found)[: asked.top]:
        yield {
            "metadatavalues": [
                {"name": {"value": name, "localizedValue": name}, "value": value}
                for name, value in zip(asked.conditions, key, strict=True)
            ],
            "data": [_point(asked, number, found[key]) for number in range(asked.points)],
        }


def _point(asked: Question, number: int, totals: dict[int, int]) -> Document:
    stamp = {"timeStamp": iso(asked.origin + number * asked.step)}
    return {**stamp, "total": float(totals[number])} if number in totals else stamp


def _is_meant(dimensions: dict[str, str], conditions: Conditions) -> bool:
    return all(
        wanted == "*" or dimensions[name].lower() == wanted.lower()
        for name, wanted in conditions.items()
    )


def _amount(bucket: Bucket, metric: str) -> int:
    return {
        "azureopenairequests": bucket.requests,
        "processedprompttokens": bucket.prompt,
        "generatedtokens": bucket.generated,
        "tokentransaction": bucket.prompt + bucket.generated,
    }.get(metric, 0)


def _dimensions(bucket: Bucket, region: str) -> dict[str, str]:
    model = base_model(bucket.model)
    return {
        "modeldeploymentname": bucket.deployment,
        "modelname": model.name if model else bucket.model,
        "modelversion": model.version if model else "",
        "statuscode": str(bucket.status),
        "apiname": "Azure OpenAI API",
        "operationname": "ChatCompletions_Create",
        "featurename": "",
        "usagechannel": "",
        "region": region,
        "streamtype": "Non-Streaming",
        "isspillover": "False",
        "servicetierrequest": "",
        "servicetierresponse": "",
    }


def _bad(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
