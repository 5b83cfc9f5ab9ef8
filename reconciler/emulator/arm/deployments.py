"""Deployments: written through long-running operations, shown with the service's defaults."""

from dataclasses import replace

from reconciler.emulator import faults
from reconciler.emulator.arm import deployment_rules as rules
from reconciler.emulator.arm import holdings, operations, versions
from reconciler.emulator.arm.lists import listed
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import SKUS
from reconciler.emulator.clock import iso
from reconciler.emulator.messages import Document, Refusal, Response, as_json
from reconciler.emulator.records import Deployment, Operation

WHO = "emulator@ftctl.invalid"
# What the service fills in by itself; a PUT that sends them is not believed.
READ_ONLY = ("provisioningState", "rateLimits", "capabilities", "currentCapacity", "callRateLimit")
PAUSABLE = frozenset({"Standard", "DataZoneStandard", "GlobalStandard"})


def listing(call: Call) -> Response:
    value = [shown(call, each) for each in holdings.deployments(call, call.account.key)]
    return listed(call, value)


def get(call: Call, name: str) -> Response:
    return as_json(200, shown(call, existing(call, name)))


def put(call: Call, name: str) -> Response:
    """201 for a new one, 200 for an existing one; both go on for a while."""
    rules.check_name(name)
    wanted = call.document()
    rules.check_tags(wanted)
    sku, properties = rules.sku(wanted), rules.section(wanted, "properties")
    model = rules.section(properties, "model")
    old = holdings.find(call, name)
    operations.check_free(call)
    found = rules.behind(call, model)
    rules.check_sku_of_model(call, found, sku["name"])
    rules.check_policy(call, properties)
    if old is None:
        rules.check_slots(call, found)
    else:
        rules.check_change(call, old, model, sku["capacity"])
    rules.check_duplicate(call, name, found, model)
    rules.check_quota(call, found, sku, old)
    document = _document(call, wanted, sku, found, old)
    return _create(call, name, document, found) if old is None else _updated(call, old, document)


def _document(
    call: Call, wanted: Document, sku: Document, found: rules.Behind, old: Deployment | None
) -> Document:
    """What will be stored: what was sent, but what only we may say, and what came later."""
    sent = versions.known(call, wanted["properties"])
    properties = {name: value for name, value in sent.items() if name not in _ignored(call)}
    version = "1" if found.is_custom else found.model.version
    properties["model"] = {**sent["model"], "version": str(sent["model"].get("version") or version)}
    tags = wanted.get("tags")
    if tags is None and old is not None and call.switches.is_set("put_without_tags", "keep"):
        tags = old.document.get("tags")
    job = {"job": found.job} if found.job else {}
    return {"sku": sku, "tags": tags, "properties": properties, **job}


def _ignored(call: Call) -> tuple[str, ...]:
    """The SDK marks dynamicThrottlingEnabled as read-only, and Terraform writes it: a switch."""
    is_ignored = call.switches.is_set("dynamic_throttling", "ignored")
    return (*READ_ONLY, "dynamicThrottlingEnabled") if is_ignored else READ_ONLY


def _create(call: Call, name: str, document: Document, found: rules.Behind) -> Response:
    failure = _failure_to_come(call)
    ready = call.now + call.pace.deployment
    deployment = Deployment(
        account=call.account.key,
        key=name.lower(),
        name=name,
        created=call.now,
        modified=call.now,
        ready=ready,
        busy_until=ready,
        document=document,
        family=found.model.id,
        custom=found.is_custom,
        etag=call.new_guid(),
        failure=failure,
        quota_release=call.pace.quota_release,
    )
    _date_pause(call, deployment)
    call.books.keep(deployment)
    operation = operations.begin(call, _id(call, name), call.pace.deployment, failure)
    return as_json(201, shown(call, deployment), operations.headers(call, operation))


def _failure_to_come(call: Call) -> Document | None:
    """How a write that is accepted now will end; None for well."""
    action = faults.spoil(call.books, {"deployment_failure"}, call.request, call.account.name)
    return action and {
        "code": str(action.get("code", "InternalServerError")),
        "message": str(action.get("message", "The deployment could not be provisioned.")),
    }


def patch(call: Call, name: str) -> Response:
    """Only tags and SKU; anything else in the body is ignored, as the specification has it."""
    deployment = existing(call, name)
    wanted = call.document()
    rules.check_tags(wanted)
    operations.check_free(call)
    document = dict(deployment.document)
    if wanted.get("sku") is not None:
        given = {**deployment.document["sku"], **rules.section(wanted, "sku")}
        sku = rules.sku({"sku": given})
        found = rules.behind_existing(deployment)
        rules.check_sku_of_model(call, found, sku["name"])
        rules.check_quota(call, found, sku, deployment)
        document["sku"] = sku
    if wanted.get("tags") is not None:
        document["tags"] = wanted["tags"]
    return _updated(call, deployment, document)


def _updated(call: Call, deployment: Deployment, document: Document) -> Response:
    """Answered with what was asked for; where that fails later, everything stays as it was."""
    failure = _failure_to_come(call)
    deployment.modified = call.now
    deployment.etag = call.new_guid()
    if failure is None:
        deployment.document, deployment.failure = document, None
        _date_pause(call, deployment)
    operation = _begun(call, deployment, call.pace.update, failure)
    asked = replace(deployment, document=document)
    return as_json(200, shown(call, asked), operations.headers(call, operation))


def _begun(
    call: Call, deployment: Deployment, seconds: float, failure: Document | None
) -> Operation:
    """Whether the state tells afterwards that a write has failed is not documented: a switch."""
    deployment.busy_until = call.now + seconds
    is_told = call.switches.is_set("after_failed_write", "Failed")
    deployment.last_write_failed = failure is not None and is_told
    call.books.keep(deployment)
    return operations.begin(call, _id(call, deployment.name), seconds, failure)


def delete(call: Call, name: str) -> Response:
    deployment = holdings.find(call, name)
    if deployment is None:
        return Response(204)
    operations.check_free(call)
    failure = _failure_to_come(call)
    if failure is None:
        deployment.deleted, deployment.deletion = call.now, call.pace.deletion
    operation = _begun(call, deployment, call.pace.deletion, failure)
    return Response(202, b"", operations.headers(call, operation, location=True))


def pause(call: Call, name: str) -> Response:
    """Synchronous and idempotent (Cognitive Services ARM specification, 2026-03-01)."""
    return _set_running(call, name, is_running=False)


def resume(call: Call, name: str) -> Response:
    return _set_running(call, name, is_running=True)


def _set_running(call: Call, name: str, *, is_running: bool) -> Response:
    versions.check_pausing(call)
    deployment = existing(call, name)
    if deployment.sku not in PAUSABLE:
        raise rules.invalid(f"Deployments of SKU '{deployment.sku}' cannot be paused.")
    state = "Running" if is_running else "Paused"
    deployment.document["properties"]["deploymentState"] = state
    _date_pause(call, deployment)
    call.books.keep(deployment)
    return as_json(200, shown(call, deployment))


def _date_pause(call: Call, deployment: Deployment) -> None:
    """Since when it is paused follows what its properties say, whoever has written them."""
    since = deployment.paused_at
    if deployment.is_paused:
        deployment.paused_at = call.now if since is None else since
    elif since is not None:
        if call.switches.is_set("idle_while_paused", "stops"):
            idle = since - (deployment.last_call or deployment.created)
            deployment.last_call = call.now - idle
        deployment.paused_at = None


def skus(call: Call, name: str) -> Response:
    deployment = existing(call, name)
    allowed = rules.behind_existing(deployment).model.skus
    value = [
        {
            "resourceType": "Microsoft.CognitiveServices/accounts/deployments",
            "sku": {"name": sku},
            "capacity": {"minimum": 1, "maximum": 1000, "step": 1, "default": 10},
        }
        for sku in SKUS
        if sku in allowed
    ]
    return listed(call, value)


def existing(call: Call, name: str) -> Deployment:
    deployment = holdings.find(call, name)
    if deployment is None:
        message = (
            f"The Resource 'Microsoft.CognitiveServices/accounts/{call.account.name}/deployments/"
            f"{name}' under resource group '{call.account.group}' was not found."
        )
        raise Refusal(404, "ResourceNotFound", message)
    return deployment


def shown(call: Call, deployment: Deployment) -> Document:
    """As ARM returns it; the defaults stand where nothing was sent."""
    sent = deployment.document
    told = versions.known(call, sent["properties"])
    told = {**told, "model": _model(call, told["model"])}
    amount = deployment.capacity
    properties = {
        "versionUpgradeOption": "NoAutoUpgrade"
        if deployment.custom
        else "OnceNewDefaultVersionAvailable",
        "raiPolicyName": "Microsoft.DefaultV2",
        **{name: value for name, value in told.items() if value is not None},
        "currentCapacity": amount,
        "capabilities": {"chatCompletion": "true"},
        "rateLimits": [
            {"key": "request", "renewalPeriod": 60, "count": amount},
            {"key": "token", "renewalPeriod": 60, "count": amount * 1000},
        ],
        "provisioningState": holdings.state(deployment, call.now),
    }
    body: Document = {
        "id": _id(call, deployment.name),
        "name": deployment.name,
        "type": "Microsoft.CognitiveServices/accounts/deployments",
        "etag": f'"{deployment.etag}"',
        "sku": sent["sku"],
        "systemData": _stamps(deployment),
        "properties": properties,
    }
    return body if sent.get("tags") is None else body | {"tags": sent["tags"]}


def _model(call: Call, model: Document) -> Document:
    """Whether `source` and `sourceAccount` come back is not documented: a switch."""
    if call.switches.is_set("model_source", "told"):
        return model
    return {name: value for name, value in model.items() if not name.startswith("source")}


def _stamps(deployment: Deployment) -> Document:
    return {
        "createdBy": WHO,
        "createdByType": "User",
        "createdAt": iso(deployment.created),
        "lastModifiedBy": WHO,
        "lastModifiedByType": "User",
        "lastModifiedAt": iso(deployment.modified),
    }


def _id(call: Call, name: str) -> str:
    return f"{call.account.id}/deployments/{name}"
