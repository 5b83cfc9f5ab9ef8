"""Every address this server answers, in tables: one per surface."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from reconciler.emulator import control, roles
from reconciler.emulator.arm import (
    accounts,
    deployments,
    locations,
    metrics,
    operations,
    policies,
    quotas,
)
from reconciler.emulator.call import Form
from reconciler.emulator.dataplane import files, inference, jobs, models, preview, uploads
from reconciler.emulator.messages import Refusal, Response, Surface
from reconciler.emulator.storage import Storage

Handler = Callable[..., Response]
Where = Literal["both", "legacy", "v1"]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a pattern; `{name}` stands for one part of the path."""

    method: str
    pattern: str
    handler: Handler
    where: Where = "both"
    # Reads what the body points to, before the transaction begins.
    fetch: Callable[[bytes, Storage], Form] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the surface, the account's name, and the rest of the path."""

    surface: Surface
    account: str
    rest: tuple[str, ...]


_JOB = "fine_tuning/jobs/{job_id}"
DATA = (
    Route("GET", "files", files.listing),
    Route("POST", "files", files.upload),
    Route("POST", "files/import", uploads.import_file, "legacy", uploads.fetch),
    Route("GET", "files/{file_id}", files.get),
    Route("DELETE", "files/{file_id}", files.delete),
    Route("GET", "files/{file_id}/content", files.content),
    Route("POST", "uploads", uploads.create),
    Route("POST", "uploads/{upload_id}/parts", uploads.add_part),
    Route("POST", "uploads/{upload_id}/complete", uploads.complete),
    Route("POST", "uploads/{upload_id}/cancel", uploads.cancel),
    Route("GET", "fine_tuning/jobs", jobs.listing),
    Route("POST", "fine_tuning/jobs", jobs.create),
    Route("GET", _JOB, jobs.get),
    Route("DELETE", _JOB, jobs.delete, "legacy"),
    Route("POST", f"{_JOB}/cancel", jobs.cancel),
    Route("POST", f"{_JOB}/pause", jobs.pause),
    Route("POST", f"{_JOB}/resume", jobs.resume),
    Route("GET", f"{_JOB}/events", jobs.events),
    Route("GET", f"{_JOB}/checkpoints", jobs.checkpoints),
    Route("POST", f"{_JOB}/checkpoints/{{checkpoint_id}}/copy", preview.copy, "v1"),
    Route("GET", f"{_JOB}/checkpoints/{{checkpoint_id}}/copy", preview.copies, "v1"),
    Route("POST", "fine_tuning/alpha/graders/run", preview.run_grader, "v1"),
    Route("POST", "fine_tuning/alpha/graders/validate", preview.validate_grader, "v1"),
    Route("GET", "models", models.listing),
    Route("GET", "models/{model_id}", models.get),
    Route("POST", "chat/completions", inference.chat, "v1"),
    Route("POST", "completions", inference.completions, "v1"),
    Route("POST", "responses", inference.responses),
    Route("POST", "deployments/{deployment}/chat/completions", inference.chat, "legacy"),
    Route("POST", "deployments/{deployment}/completions", inference.completions, "legacy"),
)

_PROVIDER = "subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
_GROUP = "subscriptions/{subscription}/resourceGroups/{resource_group}"
_ACCOUNTS = f"{_GROUP}/providers/Microsoft.CognitiveServices/accounts"
_ACCOUNT = f"{_ACCOUNTS}/{{account}}"
_DEPLOYMENT = f"{_ACCOUNT}/deployments/{{name}}"
_PERMISSIONS = "providers/Microsoft.Authorization/permissions"
_LOCATION = f"{_PROVIDER}/locations/{{location}}"
ARM = (
    Route("GET", _PROVIDER, accounts.provider),
    Route("POST", f"{_PROVIDER}/register", accounts.provider),
    Route("GET", f"{_PROVIDER}/accounts", accounts.in_subscription),
    Route("GET", f"{_PROVIDER}/modelCapacities", locations.capacities),
    Route("GET", f"{_LOCATION}/modelCapacities", locations.capacities),
    Route("GET", f"{_LOCATION}/models", accounts.models_of_location),
    Route("GET", f"{_LOCATION}/usages", quotas.usages),
    Route("GET", f"{_LOCATION}/operationResults/{{operation_id}}", operations.get),
    Route("GET", _ACCOUNTS, accounts.in_subscription),
    Route("GET", _ACCOUNT, accounts.get),
    Route("POST", f"{_ACCOUNT}/listKeys", accounts.list_keys),
    Route("GET", f"{_ACCOUNT}/models", accounts.models),
    Route("GET", f"{_ACCOUNT}/usages", locations.account_usages),
    Route("GET", f"{_ACCOUNT}/deployments", deployments.listing),
    Route("GET", _DEPLOYMENT, deployments.get),
    Route("PUT", _DEPLOYMENT, deployments.put),
    Route("PATCH", _DEPLOYMENT, deployments.patch),
    Route("DELETE", _DEPLOYMENT, deployments.delete),
    Route("GET", f"{_DEPLOYMENT}/skus", deployments.skus),
    Route("POST", f"{_DEPLOYMENT}/pause", deployments.pause),
    Route("POST", f"{_DEPLOYMENT}/resume", deployments.resume),
    Route("GET", f"{_ACCOUNT}/raiPolicies", policies.listing),
    Route("GET", f"{_ACCOUNT}/raiPolicies/{{name}}", policies.get),
    Route("GET", f"{_ACCOUNT}/{_PERMISSIONS}", roles.at_account),
    Route("GET", f"subscriptions/{{subscription}}/{_PERMISSIONS}", roles.at_subscription),
    Route("GET", f"{_ACCOUNT}/providers/Microsoft.Insights/metrics", metrics.of_account),
    Route("POST", "subscriptions/{subscription}/metrics:getBatch", metrics.of_many),
)

CONTROL = (
    Route("GET", "emulator/clock", control.clock),
    Route("POST", "emulator/clock", control.move_clock),
    Route("GET", "emulator/accounts", control.accounts),
    Route("POST", "emulator/accounts", control.register),
    Route("GET", "emulator/faults", control.faults),
    Route("POST", "emulator/faults", control.add_faults),
    Route("DELETE", "emulator/faults", control.clear_faults),
    Route("GET", "emulator/requests", control.requests),
    Route("GET", "emulator/switches", control.switches),
    Route("POST", "emulator/switches", control.turn_switches),
)

_CONTROL_WORDS = frozenset(route.pattern.split("/")[1] for route in CONTROL)


def place(segments: list[str]) -> Place:
    """Which surface and account a path belongs to."""
    parts = tuple(segments)
    if len(parts) == 2 and parts[0] == "emulator" and parts[1] in _CONTROL_WORDS:
        return Place("control", "", parts)
    if parts and parts[0].lower() == "subscriptions":
        return Place("arm", _account_in(parts), parts)
    if parts and parts[0] == "openai":
        return _data_place("", parts[1:])
    if parts[1:2] == ("openai",):
        return _data_place(parts[0], parts[2:])
    if parts[1:3] == ("api", "projects") and parts[4:5] == ("openai",):
        return _data_place(parts[0], parts[5:])
    raise Refusal(404, "404", "Resource not found")


def _data_place(account: str, rest: tuple[str, ...]) -> Place:
    if rest[:1] == ("v1",):
        return Place("v1", account, rest[1:])
    return Place("legacy", account, rest)


def _account_in(parts: tuple[str, ...]) -> str:
    return parts[7] if len(parts) > 7 and parts[6].lower() == "accounts" else ""


def find(method: str, where: Place) -> tuple[Route, dict[str, str]]:
    """The route and what the pattern's names stand for."""
    tables: dict[Surface, Iterable[Route]] = {"arm": ARM, "control": CONTROL}
    matches = [
        (route, names)
        for route in tables.get(where.surface, DATA)
        if route.where in {"both", where.surface} or where.surface in {"arm", "control"}
        if (names := _match(route.pattern, where.rest, exact=where.surface != "arm")) is not None
    ]
    for route, names in matches:
        if route.method == method:
            return route, names
    if where.surface in {"arm", "control"} and matches:
        message = f"The method '{method}' is not supported for this resource."
        raise Refusal(405, "MethodNotAllowed", message)
    if where.surface == "arm":
        raise Refusal(404, "InvalidResourceType", "The resource type could not be found.")
    raise Refusal(404, "404", "Resource not found")


def _match(pattern: str, parts: tuple[str, ...], *, exact: bool) -> dict[str, str] | None:
    """Literal parts compare exactly on the data plane and in any case on ARM."""
    wanted = pattern.split("/")
    if len(wanted) != len(parts):
        return None
    names: dict[str, str] = {}
    for literal, part in zip(wanted, parts, strict=True):
        if literal.startswith("{"):
            names[literal[1:-1]] = part
        elif literal != part and (exact or literal.lower() != part.lower()):
            return None
    return names


_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")


def is_dated(version: str) -> bool:
    return _DATED.fullmatch(version) is not None
