"""Who may do what: the built-in roles, and what each address asks for.

An account that was registered without roles lets everybody do everything. With roles, a call that
none of them allows is refused as the service refuses it; an API key opens the whole data plane.
Source: Microsoft Learn, "Role-based access control", 2025-11-26 and 2026-04-13, and public dumps
of role definitions. That callers may read their own permissions is general knowledge of ARM.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.emulator.call import Call
from reconciler.emulator.keys import is_signed_with_key
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.records import Account

SERVICE = "Microsoft.CognitiveServices"
OPENAI = f"{SERVICE}/accounts/OpenAI"
METRICS_READ = "Microsoft.Insights/metrics/read"
CALLER = "00000000-0000-0000-0000-00000000c0de"
SCOPES = ("account", "subscription")  # what is held at the second counts at the first as well


@dataclass(frozen=True, slots=True)
class Role:
    """What it allows on the control plane and on the data plane."""

    actions: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


ROLES = {
    "Owner": Role(("*",)),
    "Contributor": Role(("*",)),
    "Reader": Role(("*/read",)),
    "Monitoring Reader": Role(("*/read",)),
    "Cognitive Services Contributor": Role((f"{SERVICE}/*", METRICS_READ)),
    "Cognitive Services Usages Reader": Role((f"{SERVICE}/locations/usages/read",)),
    "Cognitive Services OpenAI User": Role(
        (f"{SERVICE}/*/read",),
        (f"{OPENAI}/*/read", f"{OPENAI}/deployments/*/action", f"{OPENAI}/responses/write"),
    ),
    "Cognitive Services OpenAI Contributor": Role(
        (
            f"{SERVICE}/*/read",
            f"{SERVICE}/accounts/deployments/write",
            f"{SERVICE}/accounts/deployments/delete",
            f"{SERVICE}/accounts/raiPolicies/*",
        ),
        (f"{OPENAI}/*",),
    ),
    "Foundry User": Role((f"{SERVICE}/*/read",), (f"{SERVICE}/*",)),
}
_EVERYTHING = Role(("*",), ("*",))

# The kinds of things on the data plane, by how their addresses begin.
_DATA = {
    "files": "files",
    "uploads": "fine-tunes/uploads",
    "fine_tuning": "fine-tunes",
    "models": "models",
    "responses": "responses",
}
_VERBS = {"GET": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete", "POST": "action"}


def known(given: object) -> dict[str, list[str]] | None:
    """Roles by scope, out of a registration; raises ValueError in plain words."""
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - set(SCOPES):
        raise ValueError('roles look like {"account": [...], "subscription": [...]}')
    for names in given.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("roles of a scope are a list of names")
        if unknown := set(names) - set(ROLES):
            raise ValueError(f"no role is called {min(unknown)!r}; there are {', '.join(ROLES)}")
    return given


def check(call: Call, pattern: str) -> None:
    """Refuse what none of the account's roles allows."""
    if call.account.roles is None or _is_open(call, pattern):
        return
    if call.surface == "arm":
        _check_control(call, pattern)
    elif not is_signed_with_key(call):
        _check_data(call, pattern)


def _is_open(call: Call, pattern: str) -> bool:
    """What takes no role: among others, to follow a write that one was allowed to begin.

    UNVERIFIED for the last; but roles on the account are documented as enough to deploy, and the
    addresses of operations are below the subscription.
    """
    if "operationResults" in pattern:
        return call.switches.is_set("following", "caller")
    return call.surface == "control" or "Microsoft.Authorization" in pattern


def _check_control(call: Call, pattern: str) -> None:
    account, action = call.account, _action(call.request.method, pattern)
    is_within = "{account}" in pattern
    held = _held(account, SCOPES if is_within else SCOPES[1:])
    if not any(_matches(one, action) for role in held for one in role.actions):
        scope = account.id if is_within else f"/subscriptions/{account.subscription}"
        raise _unauthorized(action, scope)


def _check_data(call: Call, pattern: str) -> None:
    """401 or 403: the code is widely reported with both; last seen 2026-10."""
    action = _data_action(call.request.method, pattern)
    held = _held(call.account, SCOPES)
    if not any(_matches(one, action) for role in held for one in role.data):
        message = (
            f"The principal `{CALLER}` lacks the required data action `{action}` to perform "
            f"`{call.request.method} {pattern}` operation."
        )
        raise Refusal(call.switches["denied_status"], "PermissionDenied", message)


def _unauthorized(action: str, scope: str) -> Refusal:
    message = (
        f"The client 'emulator' with object id '{CALLER}' does not have authorization to perform "
        f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently "
        "granted, please refresh your credentials."
    )
    return Refusal(403, "AuthorizationFailed", message)


def _held(account: Account, scopes: Iterable[str]) -> list[Role]:
    if account.roles is None:
        return [_EVERYTHING]
    return [ROLES[name] for scope in scopes for name in account.roles.get(scope, ())]


def _action(method: str, pattern: str) -> str:
    """ARM's names follow from its addresses: the kinds of things, and what is done to them.

    Metrics of many accounts take the same permission as those of one, at the subscription.
    """
    if pattern.endswith("metrics:getBatch"):
        return METRICS_READ
    _, _, tail = pattern.rpartition("providers/")
    kinds = [part for part in tail.split("/") if not part.startswith("{")]
    return "/".join([*kinds, _VERBS[method]])


def _data_action(method: str, pattern: str) -> str:
    if pattern.endswith("completions"):
        kind = "chat/completions" if pattern.endswith("chat/completions") else "completions"
        return f"{OPENAI}/deployments/{kind}/action"
    verb = "write" if method == "POST" else _VERBS[method]
    return f"{OPENAI}/{_DATA[pattern.split('/', maxsplit=1)[0]]}/{verb}"


def _matches(allowed: str, action: str) -> bool:
    """Whether a permission with stars covers an action, in any case."""
    form = ".*".join(re.escape(part) for part in allowed.split("*"))
    return re.fullmatch(form, action, re.IGNORECASE) is not None


def at_account(call: Call) -> Response:
    return _permissions(_held(call.account, SCOPES))


def at_subscription(call: Call) -> Response:
    return _permissions(_held(call.account, SCOPES[1:]))


def _permissions(held: Iterable[Role]) -> Response:
    """One entry a role, as `Microsoft.Authorization/permissions` of 2022-04-01 lists them."""
    value: list[Document] = [
        {
            "actions": list(role.actions),
            "notActions": [],
            "dataActions": list(role.data),
            "notDataActions": [],
        }
        for role in held
    ]
    return as_json(200, {"value": value, "nextLink": None})
