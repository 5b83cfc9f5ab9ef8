"""When deployments were last called, as far as Azure Monitor has counted it: one query an account.

The answer holds a series for each deployment that was called at all, and a total for each interval
with calls. Requests count calls of any outcome; tokens only those that were answered. Whether a
refused call keeps a deployment alive is not documented, so both are read. Names come back in any
case, and the last quarter of an hour is not counted yet.
Sources: Microsoft Learn, "Supported metrics: Microsoft.CognitiveServices/accounts", 2026-07-31;
Azure Monitor REST API, metrics, 2024-02-01.

The query goes through the pipeline of the account's control client: the same sign-in, retries and
TLS. The Monitor client would ask the same, and takes half a second to turn the answer for twelve
deployments into objects; the tests hold this reading against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from reconciler.providers.azure.control import read
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import PermissionMissing, Refused, ServiceError
from reconciler.providers.session import Connection

VERSION = "2024-02-01"
TRIED, ANSWERED = "AzureOpenAIRequests", "ProcessedPromptTokens"
DIMENSION = "modeldeploymentname"
# Far above the 42 deployments of an account; without it the service cuts to 10, without a word.
# Source: Microsoft Q&A, "metrics top", 2026-09-16.
TOP = 1000
# Calls appear minutes later; how many is not documented, so this is a guess on the safe side.
DELAY = timedelta(minutes=15)
RETRIES = 1  # nothing is lost by not knowing for once
# Source: Microsoft Learn, "Role-based access control for Azure OpenAI", read 2026-10: the role
# that may do everything else here, Cognitive Services OpenAI Contributor, reads no metrics.
ROLE = "Monitoring Reader"


class Reach(NamedTuple):
    """How far back, and in intervals of which length."""

    back: timedelta
    grain: timedelta
    interval: str


# One day more than the service lets a deployment idle.
RECENT = Reach(timedelta(days=16), timedelta(hours=1), "PT1H")
# Metrics are kept for 93 days. How long a span one query may have is not documented, so a month,
# as the portal draws it, is tried where a quarter of a year is refused.
# Source: Microsoft Learn, "Azure Monitor metrics: retention", read 2026-10.
LONG = (
    Reach(timedelta(days=92), timedelta(days=1), "P1D"),
    Reach(timedelta(days=30), timedelta(days=1), "P1D"),
)


@dataclass(frozen=True)
class Calls:
    """The ends of the last intervals in which a deployment was called. None: in none of them."""

    tried: datetime | None = None
    answered: datetime | None = None


@dataclass(frozen=True)
class Activity:
    """What was counted in an account between two moments."""

    since: datetime
    until: datetime  # whether it was called later is not known yet
    grain: timedelta
    calls: Mapping[str, Calls] = field(default_factory=dict)  # by name in lower case

    def of(self, deployment: str) -> Calls:
        return self.calls.get(deployment.lower(), Calls())


@dataclass(frozen=True)
class Unseen:
    """Why nobody can say when something was called, and what would change that."""

    why: str
    hint: str = ""


def read_recent(connection: Connection, at: datetime) -> Activity | Unseen:
    """The calls of the last 16 days, to the hour."""
    try:
        return _read(connection, at, RECENT)
    except ServiceError as error:
        return _unseen(connection.place.name, error)


def read_long(connection: Connection, at: datetime) -> Activity | Unseen:
    """The calls of as many days as the service still tells, to the day."""
    refused = Unseen("")
    for reach in LONG:
        try:
            return _read(connection, at, reach)
        except Refused as error:
            refused = _unseen(connection.place.name, error)
        except ServiceError as error:
            return _unseen(connection.place.name, error)
    return refused


def _unseen(account: str, error: ServiceError) -> Unseen:
    if isinstance(error, PermissionMissing):
        hint = f'assign the role "{ROLE}" on the account'
        return Unseen(f"nobody here may read the metrics of account/{account}", hint)
    return Unseen(error.message.rstrip("."), error.hint.rstrip("."))


def _read(connection: Connection, at: datetime, reach: Reach) -> Activity:
    with translated("read the metrics", connection.place.name):
        answer = _ask(connection, at, reach)
    try:
        calls = _calls(answer, reach.grain)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        place = connection.place.name
        raise Refused(f"the metrics of account/{place} are not as documented.") from error
    return Activity(at - reach.back, at - DELAY, reach.grain, calls)


def _calls(answer: Mapping[str, Any], grain: timedelta) -> dict[str, Calls]:
    """Raises KeyError and the like where the answer has another form, or tells of no calls."""
    metrics = {str(one["name"]["value"]).lower(): one for one in answer["value"]}
    told = {
        name: _last(metric, grain)
        for name, metric in metrics.items()
        if metric.get("errorCode", "Success") == "Success"
    }
    # Where only one of the two is told, it has to stand for both.
    tried = told[TRIED.lower() if TRIED.lower() in told else ANSWERED.lower()]
    answered = told.get(ANSWERED.lower(), tried)
    return {name: Calls(tried.get(name), answered.get(name)) for name in {*tried, *answered}}


def _ask(connection: Connection, at: datetime, reach: Reach) -> Mapping[str, Any]:
    query = {
        "api-version": VERSION,
        "metricnamespace": "Microsoft.CognitiveServices/accounts",
        "metricnames": f"{TRIED},{ANSWERED}",
        "aggregation": "Total",
        "interval": reach.interval,
        "timespan": f"{_stamp(at - reach.back)}/{_stamp(at)}",
        "top": str(TOP),
        "$filter": "ModelDeploymentName eq '*'",
    }
    path = f"{connection.place.resource_id}/providers/Microsoft.Insights/metrics"
    body: Mapping[str, Any] = read(connection, f"{path}?{urlencode(query)}", retry_total=RETRIES)
    return body


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _last(metric: Mapping[str, Any], grain: timedelta) -> dict[str, datetime]:
    """When the last interval with calls ended, by deployment."""
    found: dict[str, datetime] = {}
    for series in metric.get("timeseries") or ():
        name = _deployment(series.get("metadatavalues") or ())
        stamps = [one["timeStamp"] for one in series.get("data") or () if one.get("total")]
        if name and stamps:
            ended = datetime.fromisoformat(max(stamps)) + grain
            found[name] = max(ended, found.get(name, ended))
    return found


def _deployment(labels: Iterable[Mapping[str, Any]]) -> str:
    names = {str(one["name"]["value"]).lower(): str(one["value"]).lower() for one in labels}
    return names.get(DIMENSION, "")
