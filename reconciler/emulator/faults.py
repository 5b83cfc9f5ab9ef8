"""Faults on demand: kept with the data, matched in order, and counted.

A fault is `{"match": {...}, "times": n, "after": n, "probability": p, "action": {...}}`. Actions on
the wire (status, drop, cut, delay, malformed) strike a request; the others wait for the thing
that they spoil: `job_failure`, `rai_data` and `rai_model` the next job, `file_error` the next
upload, `deployment_failure` the next write of a deployment.
"""

import json
import re
from dataclasses import dataclass

from reconciler.emulator.chance import fraction
from reconciler.emulator.messages import Document, Request, Response, as_json
from reconciler.emulator.records import Fault
from reconciler.emulator.storage import Books

WIRE = frozenset({"status", "drop", "cut", "delay", "malformed"})
THINGS = frozenset({"job_failure", "rai_data", "rai_model", "file_error", "deployment_failure"})
_FIELDS = frozenset({"match", "times", "after", "probability", "action"})
_MATCHERS = frozenset({"method", "path", "account"})

# Both texts: Microsoft Learn, "Safety evaluation for fine-tuning", 2025-08-29.
_RAI_DATA = (
    "The provided training data failed RAI checks for harm types: [{harms}]. "
    "Please fix the data and try again."
)
_RAI_MODEL = (
    "This model is unable to be deployed. Model evaluation identified that this fine tuned model "
    "scores above acceptable thresholds for [{harms}]. Please review your training data set and "
    "resubmit the job."
)


@dataclass(frozen=True, slots=True)
class Blow:
    """A fault that struck one request."""

    kind: str
    action: Document

    @property
    def is_before(self) -> bool:
        """Whether it strikes before anything is written; otherwise after the commit."""
        return bool(self.action.get("when", "before") == "before")

    @property
    def seconds(self) -> float:
        return float(self.action.get("seconds", 0))


NO_BLOW = Blow("", {})


def added(document: Document, number: int, now: float) -> Fault:
    """The fault that a document asks for; raises ValueError in plain words."""
    if unknown := set(document) - _FIELDS:
        raise ValueError(f"a fault has no field {min(unknown)!r}")
    action = document.get("action")
    if not isinstance(action, dict) or action.get("kind") not in WIRE | THINGS:
        raise ValueError(f"action.kind is one of {', '.join(sorted(WIRE | THINGS))}")
    match = document.get("match") or {}
    if not isinstance(match, dict) or set(match) - _MATCHERS:
        raise ValueError("match may hold method, path (a regular expression) and account")
    re.compile(str(match.get("path", "")))
    _check_action(action)
    times = document.get("times", 1)
    return Fault(
        account="",
        key=f"fault-{number}",
        created=now,
        match=match,
        action=action,
        times=None if times is None else int(times),
        after=int(document.get("after", 0)),
        probability=float(document.get("probability", 1)),
    )


def _check_action(action: Document) -> None:
    if not 200 <= int(action.get("status", 500)) <= 599:
        raise ValueError("action.status is an HTTP status")
    if not 0 <= float(action.get("seconds", 0)) <= 3600:
        raise ValueError("action.seconds is between 0 and 3600")
    if action.get("when", "before") not in {"before", "after", "after commit"}:
        raise ValueError("action.when is before or after")
    if not isinstance(action.get("harms", []), list):
        raise ValueError("action.harms is a list of harm types")  # noqa: TRY004 -- bad input


def strike(books: Books, request: Request, account: str, seed: int) -> Blow:
    """The first wire fault that this request meets."""
    fault = _take(books, WIRE, request, account, seed)
    return NO_BLOW if fault is None else Blow(str(fault["kind"]), fault)


def spoil(books: Books, kinds: set[str], request: Request, account: str) -> Document | None:
    """The action of a fault that waits for the thing being made now."""
    return _take(books, frozenset(kinds), request, account, seed=0)


def job_failure(action: Document) -> Document:
    """How a job ends that a fault spoils; safety failures use the service's own texts."""
    harms = ", ".join(str(harm) for harm in action.get("harms", ()))
    if action["kind"] == "rai_data":
        return {
            "code": action.get("code", "contentFilter"),
            "message": _RAI_DATA.format(harms=harms or "hate_fairness, self_harm, violence"),
            "param": "training_file",
            "stage": "data",
        }
    text = _RAI_MODEL.format(harms=harms or "Violence, Self Harm")
    return {
        "code": action.get("code", "internalFailure"),
        "message": action.get("message", text if action["kind"] == "rai_model" else "Job failed."),
        "param": action.get("param"),
        "stage": action.get("stage", "model"),
    }


def answer_of(blow: Blow) -> Response:
    """The answer of a `status` fault, with throttling headers where asked."""
    action = blow.action
    status = int(action.get("status", 500))
    headers = {}
    if "retry_after" in action:
        headers["Retry-After"] = str(action["retry_after"])
    if "retry_after_ms" in action:
        headers["retry-after-ms"] = str(action["retry_after_ms"])
    if "content_type" in action:
        headers["Content-Type"] = str(action["content_type"])
        return Response(status, str(action.get("body", "")).encode(), headers)
    if "body" in action:
        body = action["body"]
        return as_json(status, body, headers) if body != "" else Response(status, b"", headers)
    error = {
        "code": str(action.get("code", status)),
        "message": str(action.get("message", "A fault was asked for.")),
    }
    return as_json(status, {"error": error}, headers)


def _take(
    books: Books, kinds: frozenset[str], request: Request, account: str, seed: int
) -> Document | None:
    for fault in books.all(Fault):
        if fault.action["kind"] not in kinds or not _matches(fault, request, account):
            continue
        if _is_due(fault, seed):
            fault.struck += 1
            books.keep(fault)
            return fault.action
        books.keep(fault)
    return None


def _matches(fault: Fault, request: Request, account: str) -> bool:
    if fault.times is not None and fault.struck >= fault.times:
        return False
    match = fault.match
    return (
        str(match.get("method", request.method)).upper() == request.method
        and str(match.get("account", account)).lower() == account.lower()
        and re.search(str(match.get("path", "")), request.path) is not None
    )


def _is_due(fault: Fault, seed: int) -> bool:
    fault.asked += 1
    if fault.asked <= fault.after:
        return False
    return fraction("fault", seed, fault.key, fault.asked) < fault.probability


def shown(fault: Fault) -> Document:
    return {
        "id": fault.key,
        "match": fault.match,
        "action": fault.action,
        "times": fault.times,
        "after": fault.after,
        "probability": fault.probability,
        "asked": fault.asked,
        "struck": fault.struck,
    }


def broken(body: bytes) -> bytes:
    """A body that looks like the real one and is no JSON."""
    return (body[: max(1, len(body) // 2)] or json.dumps("{").encode()) + b"\x00<html>"
