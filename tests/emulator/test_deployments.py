"""Deployments on the control plane, through azure-mgmt-cognitiveservices and plain HTTP."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from openai import AzureOpenAI, NotFoundError, OpenAI

from tests.emulator.conftest import ARM, SUBSCRIPTION, Answer, Wire, deployment


def _settle(wire: Wire) -> None:
    wire.advance("2s")


def test_a_long_running_create(train: Any, wire: Wire) -> None:
    """A new deployment: 201, Creating, an absolute operation URL to poll, and Succeeded in time."""
    model = train()["fine_tuned_model"]
    answer = wire.put("bot", model, tags={"a": "b"})
    assert answer.status == 201
    assert answer.json["properties"]["provisioningState"] == "Creating"
    assert answer.headers["Retry-After"] == "1"
    url = answer.headers["Azure-AsyncOperation"]
    assert url.startswith(f"{wire.url}/subscriptions/{SUBSCRIPTION}/providers/")
    path = url.removeprefix(wire.url)
    assert wire.get(path).json["status"] == "InProgress"
    _settle(wire)
    operation = wire.get(path).json
    assert operation["status"] == "Succeeded"
    assert operation["endTime"] > operation["startTime"]
    found = wire.arm("GET", "/deployments/BOT").json
    assert found["properties"]["provisioningState"] == "Succeeded"
    assert found["name"] == "bot"
    assert found["tags"] == {"a": "b"}


def test_the_sdk_sees_it_through(
    train: Any, wire: Wire, arm: CognitiveServicesManagementClient
) -> None:
    """The management client creates, lists, scales, tags and deletes."""
    wire.turn(poll_after_seconds=0.05)
    model = train()["fine_tuned_model"]
    body: Any = deployment(model, sku="globalstandard", tags={"k": "v"})
    made = arm.deployments.begin_create_or_update("rg", "acct", "bot", body)
    _settle(wire)
    assert made.result(10).sku.name == "GlobalStandard"
    patch: Any = {"sku": {"name": "GlobalStandard", "capacity": 20}, "tags": {"k": "w"}}
    changed = arm.deployments.begin_update("rg", "acct", "bot", patch)
    _settle(wire)
    assert changed.result(10).properties.current_capacity == 20
    assert [each.tags for each in arm.deployments.list("rg", "acct")] == [{"k": "w"}]
    assert len(list(arm.deployments.list_skus("rg", "acct", "bot"))) == 4
    gone = arm.deployments.begin_delete("rg", "acct", "bot")
    assert arm.deployments.get("rg", "acct", "bot").properties.provisioning_state == "Deleting"
    _settle(wire)
    gone.result(10)
    with pytest.raises(ResourceNotFoundError):
        arm.deployments.get("rg", "acct", "bot")


def test_delete_answers(train: Any, wire: Wire) -> None:
    """Delete: 202 with both addresses; the Location ends with 204; what is gone is 204 at once."""
    wire.put("bot", train()["fine_tuned_model"])
    _settle(wire)
    answer = wire.arm("DELETE", "/deployments/bot")
    assert answer.status == 202
    location = answer.headers["Location"].removeprefix(wire.url)
    assert "Azure-AsyncOperation" in answer.headers
    assert wire.get(location).status == 202
    _settle(wire)
    assert wire.get(location).status == 204
    assert wire.arm("DELETE", "/deployments/bot").status == 204


def test_put_replaces(train: Any, wire: Wire) -> None:
    """PUT on an existing one is 200, keeps createdAt, and clears tags that it does not send."""
    model = train()["fine_tuned_model"]
    created = wire.put("bot", model, tags={"a": "b"}).json["systemData"]["createdAt"]
    _settle(wire)
    answer = wire.put("bot", model, capacity=30)
    assert answer.status == 200
    assert answer.json["systemData"]["createdAt"] == created
    assert answer.json["systemData"]["lastModifiedAt"] > created
    assert answer.json["sku"]["capacity"] == 30
    assert "tags" not in answer.json
    _settle(wire)
    wire.turn(put_without_tags="keep")
    wire.put("bot", model, tags={"c": "d"})
    _settle(wire)
    assert wire.put("bot", model).json["tags"] == {"c": "d"}


def test_unknown_properties_survive(train: Any, wire: Wire) -> None:
    """Properties that the emulator does not know come back; read-only ones are not believed."""
    sent = {"serviceTier": "Default", "somethingNew": ["x"], "provisioningState": "Failed"}
    wire.put("bot", train()["fine_tuned_model"], properties=sent)
    _settle(wire)
    found = wire.arm("GET", "/deployments/bot").json["properties"]
    assert (found["serviceTier"], found["somethingNew"]) == ("Default", ["x"])
    assert found["provisioningState"] == "Succeeded"
    assert found["raiPolicyName"] == "Microsoft.DefaultV2"


def test_properties_of_later_versions(train: Any, wire: Wire) -> None:
    """An older api-version neither tells nor takes what came later, and its PUT loses it."""
    model, path, old = train()["fine_tuned_model"], "/deployments/bot", "2025-09-01"
    later = {"serviceTier": "Priority", "costControlIds": ["x"], "speculativeDecoding": {}}

    def told(version: str) -> set[str]:
        return later.keys() & wire.arm("GET", path, version=version).json["properties"].keys()

    newest = "2026-09-15-preview"
    wire.arm("PUT", path, deployment(model, properties=later), version=newest)
    _settle(wire)
    assert told(newest) == set(later)
    assert told("2026-09-15") == told("2026-03-01") == {"serviceTier"}
    assert told("2026-03-15-preview") == {"serviceTier", "speculativeDecoding"}
    assert told(old) == set()
    wire.arm("PUT", path, deployment(model, properties=later), version=old)
    _settle(wire)
    assert told(newest) == set()
    assert wire.arm("POST", f"{path}/pause", version=old).code == "InvalidResourceType"
    wire.turn(later_properties="known")
    wire.arm("PUT", path, deployment(model, properties=later), version=old)
    assert told(old) == set(later)


def test_one_write_at_a_time(train: Any, wire: Wire) -> None:
    """While a write is in flight on an account, the next one is a RequestConflict."""
    model = train()["fine_tuned_model"]
    wire.register("other")
    wire.put("bot", model)
    for answer in (wire.put("two", model), wire.arm("DELETE", "/deployments/bot")):
        assert (answer.status, answer.code) == (409, "RequestConflict")
        assert "Another operation is being performed on the parent resource" in answer.message
        assert "Retry-After" not in answer.headers
    base = {"model": {"version": "2025-04-14"}}
    assert wire.put("base", "gpt-4.1", account="other", **base).status == 201
    _settle(wire)
    assert wire.put("two", model).status == 201


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown model": ({"model": "gpt-9"}, 400, "DeploymentModelNotSupported"),
    "another version": (
        {"model": "gpt-4.1", "properties": {"model": {"name": "gpt-4.1", "version": "1"}}},
        400,
        "DeploymentModelNotSupported",
    ),
    "an unknown source": (
        {"properties": {"model": {"name": "m", "source": "/subscriptions/x"}}},
        400,
        "DeploymentModelNotSupported",
    ),
    "an unknown SKU": ({"sku": "Luxury"}, 400, "InvalidResourceProperties"),
    "a SKU the model lacks": ({"sku": "ProvisionedManaged"}, 400, "InvalidResourceProperties"),
    "no capacity": ({"capacity": 0}, 400, "InvalidCapacity"),
    "a capacity in words": ({"capacity": "10"}, 400, "InvalidCapacity"),
    "too much capacity": ({"capacity": 501}, 400, "InsufficientQuota"),
    "tags of numbers": ({"tags": {"a": 1}}, 400, "InvalidRequestContent"),
    "properties that are no object": (
        {"whole": {"properties": 1}},
        400,
        "InvalidResourceProperties",
    ),
    "no SKU": ({"whole": {"sku": None}}, 400, "InvalidResourceProperties"),
}


@pytest.mark.parametrize("case", BAD)
def test_refusals(train: Any, wire: Wire, case: str) -> None:
    """What ARM refuses is refused at once, with its code, and nothing is made."""
    change, status, code = BAD[case]
    change = dict(change)
    whole = change.pop("whole", {})
    properties = change.pop("properties", {})
    body = deployment(change.pop("model", None) or train()["fine_tuned_model"], **change)
    body["properties"]["model"] |= properties.get("model", {})
    answer = wire.arm("PUT", "/deployments/bot", body | whole)
    assert (answer.status, answer.code) == (status, code)
    assert wire.arm("GET", "/deployments").json["value"] == []


def test_a_wrong_format_is_an_empty_500(train: Any, wire: Wire) -> None:
    """A wrong model.format yields HTTP 500 without a message."""
    body = deployment(train()["fine_tuned_model"])
    body["properties"]["model"]["format"] = "openai"
    answer = wire.arm("PUT", "/deployments/bot", body)
    assert (answer.status, answer.raw) == (500, b"")


def test_names(wire: Wire, train: Any) -> None:
    """A deployment's name has at most 64 letters, digits and a few signs."""
    model = train()["fine_tuned_model"]
    for name in ("a" * 65, "-a", "a%20b", "a%2Fb"):
        assert wire.put(name, model).code == "InvalidResourceName"


def test_changing_the_model(train: Any, wire: Wire) -> None:
    """The model behind a name stays; a switch lets it change, never together with the capacity."""
    one, two = train()["fine_tuned_model"], train()["fine_tuned_model"]
    wire.put("bot", one)
    _settle(wire)
    assert wire.put("bot", two).code == "CannotChangeDeploymentModel"
    wire.turn(change_model="allow")
    both = wire.put("bot", two, capacity=11)
    assert both.message.startswith("Cannot change capacity and model at the same time")
    assert wire.put("bot", two).json["properties"]["model"]["name"] == two


def test_quota_is_shared_in_a_region(train: Any, wire: Wire) -> None:
    """Capacity counts per subscription, region, model and SKU; deleting gives it back."""
    wire.register(quota={"Standard": 15})
    model = train()["fine_tuned_model"]
    wire.put("one", model, capacity=10)
    _settle(wire)
    answer = wire.put("two", model, capacity=6)
    assert answer.code == "InsufficientQuota"
    assert "the quota limit is 15" in answer.message
    assert "current available capacity 5" in answer.message
    assert wire.put("two", model, capacity=6, sku="GlobalStandard").status == 201
    _settle(wire)
    usages = wire.get(
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
        f"/locations/swedencentral/usages?api-version={ARM}"
    ).json["value"]
    line = next(u for u in usages if u["name"]["value"] == "OpenAI.Standard.gpt-4.1-mini-finetune")
    assert (line["currentValue"], line["limit"]) == (10, 15)
    wire.arm("DELETE", "/deployments/one")
    _settle(wire)
    assert wire.put("three", model, capacity=15).status == 201


def test_ten_fine_tuned_deployments(train: Any, wire: Wire) -> None:
    """An account has room for ten fine-tuned deployments; base models do not count."""
    model = train()["fine_tuned_model"]
    wire.put("base", "gpt-4.1", model={"version": "2025-04-14"})
    _settle(wire)
    for number in range(10):
        assert wire.put(f"bot{number}", model, capacity=1).status == 201
        _settle(wire)
    assert wire.put("bot10", model, capacity=1).code == "DeploymentLimitReached"


def test_duplicates(train: Any, wire: Wire) -> None:
    """Several deployments of one model are allowed; a switch brings back the rule of 2024."""
    model = train()["fine_tuned_model"]
    wire.put("one", model)
    _settle(wire)
    wire.turn(duplicate_model="refuse")
    assert wire.put("two", model).code == "DuplicatedDeploymentForSameModel"
    wire.turn(duplicate_model="allow")
    assert wire.put("two", model).status == 201


def test_checkpoints_and_other_accounts(train: Any, wire: Wire, legacy: AzureOpenAI) -> None:
    """A checkpoint deploys by id or name, also in another account that names its source."""
    job = train()
    found = list(legacy.fine_tuning.jobs.checkpoints.list(job["id"]))[1]
    wire.register("other", region="northcentralus")
    source = wire.arm("GET", "").json["id"]
    for number, name in enumerate([found.id, found.fine_tuned_model_checkpoint]):
        assert wire.put(f"here{number}", name).status == 201
        assert wire.put("there", name, account="other").code == "DeploymentModelNotSupported"
        for spelling in ("source", "sourceAccount"):
            body = wire.put(f"{spelling}{number}", name, account="other", model={spelling: source})
            assert body.status == 201
            _settle(wire)


def test_a_deployed_model_stays(train: Any, wire: Wire) -> None:
    """A job whose model is deployed, in whichever account, cannot be deleted."""
    job = train()
    wire.register("other")
    source = wire.arm("GET", "").json["id"]
    wire.put("bot", job["fine_tuned_model"], account="other", model={"source": source})
    _settle(wire)
    answer = wire.legacy("DELETE", f"fine_tuning/jobs/{job['id']}")
    assert (answer.status, answer.code) == (409, "conflict")
    wire.arm("DELETE", "/deployments/bot", account="other")
    _settle(wire)
    assert wire.legacy("DELETE", f"fine_tuning/jobs/{job['id']}").status == 204


def test_fifteen_idle_days(train: Any, wire: Wire, v1: OpenAI) -> None:
    """A fine-tuned deployment vanishes after 15 days without a call; a call starts them anew."""
    wire.put("bot", train()["fine_tuned_model"])
    wire.advance("14d")
    v1.chat.completions.create(model="bot", messages=[{"role": "user", "content": "hi"}])
    wire.advance("14d23h")
    assert wire.arm("GET", "/deployments/bot").status == 200
    wire.advance("1h")
    answer = wire.arm("GET", "/deployments/bot")
    assert (answer.status, answer.code) == (404, "ResourceNotFound")
    assert wire.arm("GET", "/deployments").json["value"] == []
    with pytest.raises(NotFoundError):
        v1.chat.completions.create(model="bot", messages=[{"role": "user", "content": "hi"}])


def test_twenty_four_hours_for_developers(train: Any, wire: Wire, v1: OpenAI) -> None:
    """A developer-tier deployment vanishes 24 hours after it was made, whatever is called."""
    wire.put("bot", train()["fine_tuned_model"], sku="developertier")
    wire.advance("23h")
    v1.chat.completions.create(model="bot", messages=[{"role": "user", "content": "hi"}])
    assert wire.arm("GET", "/deployments/bot").json["sku"]["name"] == "DeveloperTier"
    wire.advance("1h")
    assert wire.arm("GET", "/deployments/bot").status == 404


def test_a_vanished_name_is_free(train: Any, wire: Wire) -> None:
    """A vanished deployment can be made again, with a createdAt of its own."""
    model = train()["fine_tuned_model"]
    first = wire.put("bot", model).json["systemData"]["createdAt"]
    wire.advance("16d")
    again = wire.put("bot", model)
    assert again.status == 201
    assert again.json["systemData"]["createdAt"] > first


def test_base_models_stay(wire: Wire) -> None:
    """Deployments of base models do not vanish from being idle."""
    wire.put("base", "gpt-4.1", model={"version": "2025-04-14"})
    wire.advance("40d")
    assert wire.arm("GET", "/deployments/base").status == 200


def test_pause_and_resume(train: Any, wire: Wire) -> None:
    """A paused deployment answers 423; pausing twice is the same as once."""
    wire.put("bot", train()["fine_tuned_model"])
    _settle(wire)
    for _ in range(2):
        paused = wire.arm("POST", "/deployments/bot/pause")
        assert paused.json["properties"]["deploymentState"] == "Paused"
    question = {"model": "bot", "messages": [{"role": "user", "content": "hi"}]}
    assert wire.v1("POST", "chat/completions", question).status == 423
    wire.arm("POST", "/deployments/bot/resume")
    assert wire.v1("POST", "chat/completions", question).status == 200


def test_a_put_pauses_and_resumes_as_well(train: Any, wire: Wire) -> None:
    """What a PUT says of being paused moves the idle clock as pause and resume do."""
    wire.turn(idle_while_paused="stops")
    model = train()["fine_tuned_model"]
    body = deployment(model)
    states = {
        one: {**body, "properties": {**body["properties"], "deploymentState": one}}
        for one in ("Paused", "Running")
    }
    wire.arm("PUT", "/deployments/bot", states["Paused"])
    wire.advance("40d")
    wire.arm("PUT", "/deployments/bot", states["Running"])
    wire.advance("14d")
    assert wire.arm("GET", "/deployments/bot").status == 200
    wire.arm("POST", "/deployments/bot/pause")
    wire.advance("40d")
    wire.arm("PUT", "/deployments/bot", states["Running"])
    wire.advance("2d")
    assert wire.arm("GET", "/deployments/bot").status == 404


def test_failure_comes_through_the_operation(
    train: Any, wire: Wire, arm: CognitiveServicesManagementClient
) -> None:
    """A deployment that fails says why in the operation's document."""
    wire.turn(poll_after_seconds=0.05)
    model = train()["fine_tuned_model"]
    wire.fault({"kind": "deployment_failure", "code": "OutOfGpus", "message": "None left."})
    body: Any = deployment(model)
    poller = arm.deployments.begin_create_or_update("rg", "acct", "bot", body)
    _settle(wire)
    with pytest.raises(HttpResponseError, match="None left") as failure:
        poller.result(10)
    assert failure.value.error is not None
    assert failure.value.error.code == "OutOfGpus"
    assert arm.deployments.get("rg", "acct", "bot").properties.provisioning_state == "Failed"


def test_a_change_that_fails_later(
    train: Any, wire: Wire, arm: CognitiveServicesManagementClient
) -> None:
    """A change that fails after it was accepted: the operation says why, and nothing has changed.

    Whether the state says so, too, is a switch. The deployment answers, and may be changed again.
    """
    wire.turn(poll_after_seconds=0.05)
    model = train()["fine_tuned_model"]
    wire.put("bot", model, tags={"a": "b"})
    _settle(wire)
    wider: Any = {"sku": {"name": "Standard", "capacity": 20}, "tags": {"a": "c"}}
    whole: Any = deployment(model, capacity=20, tags={"a": "c"})
    for state in ("Failed", "Succeeded"):
        wire.turn(after_failed_write=state)
        for begin, body in (
            (arm.deployments.begin_update, wider),
            (arm.deployments.begin_create_or_update, whole),
        ):
            wire.fault({"kind": "deployment_failure", "code": "OutOfGpus", "message": "None left."})
            poller = begin("rg", "acct", "bot", body)
            _settle(wire)
            with pytest.raises(HttpResponseError, match="None left"):
                poller.result(10)
            found = arm.deployments.get("rg", "acct", "bot")
            assert found.properties.provisioning_state == state
            assert (found.sku.capacity, found.tags) == (10, {"a": "b"})
            assert _asks(wire, "bot").status == 200
    changed = arm.deployments.begin_update("rg", "acct", "bot", wider)
    _settle(wire)
    assert changed.result(10).sku.capacity == 20
    assert arm.deployments.get("rg", "acct", "bot").properties.provisioning_state == "Succeeded"


def test_a_deletion_that_fails_later(
    train: Any, wire: Wire, arm: CognitiveServicesManagementClient
) -> None:
    """A deletion that fails after it was accepted: both addresses say so, and it is still there."""
    wire.turn(poll_after_seconds=0.05)
    wire.put("bot", train()["fine_tuned_model"])
    _settle(wire)
    wire.fault({"kind": "deployment_failure", "message": "Not today."}, match={"method": "DELETE"})
    answer = wire.arm("DELETE", "/deployments/bot")
    assert answer.status == 202
    _settle(wire)
    location = answer.headers["Location"].removeprefix(wire.url)
    assert wire.get(location).message == "Not today."
    wire.fault({"kind": "deployment_failure", "message": "Nor now."}, match={"method": "DELETE"})
    poller = arm.deployments.begin_delete("rg", "acct", "bot")
    _settle(wire)
    with pytest.raises(HttpResponseError, match="Nor now"):
        poller.result(10)
    assert arm.deployments.get("rg", "acct", "bot").properties.provisioning_state == "Failed"
    assert _asks(wire, "bot").status == 200
    gone = arm.deployments.begin_delete("rg", "acct", "bot")
    _settle(wire)
    gone.result(10)
    with pytest.raises(ResourceNotFoundError):
        arm.deployments.get("rg", "acct", "bot")


def _asks(wire: Wire, name: str) -> Answer:
    question = {"model": name, "messages": [{"role": "user", "content": "Hello?"}]}
    return wire.v1("POST", "chat/completions", question)


def test_conflicts_surface_in_the_sdk(
    train: Any, wire: Wire, arm: CognitiveServicesManagementClient
) -> None:
    """The management client raises ResourceExistsError on a RequestConflict."""
    model = train()["fine_tuned_model"]
    wire.put("bot", model)
    body: Any = deployment(model)
    with pytest.raises(ResourceExistsError):
        arm.deployments.begin_create_or_update("rg", "acct", "two", body)


def test_paths_in_any_case(wire: Wire) -> None:
    """ARM paths and names compare in any case."""
    path = f"/SUBSCRIPTIONS/{SUBSCRIPTION}/resourcegroups/RG/PROVIDERS/microsoft.cognitiveservices"
    answer = wire.get(f"{path}/ACCOUNTS/ACCT?api-version={ARM}")
    assert (answer.status, answer.json["name"]) == (200, "acct")


def test_who_is_not_there(wire: Wire) -> None:
    """Subscription, group, account and deployment each have their own 404."""
    provider = "providers/Microsoft.CognitiveServices/accounts"
    cases = {
        f"/subscriptions/x/{provider}": "SubscriptionNotFound",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x/{provider}": "ResourceGroupNotFound",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/{provider}/x": "ResourceNotFound",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/{provider}/acct/deployments/x": (
            "ResourceNotFound"
        ),
    }
    for path, code in cases.items():
        answer = wire.get(f"{path}?api-version={ARM}")
        assert (answer.status, answer.code) == (404, code)


def test_the_rest_of_the_plane(arm: CognitiveServicesManagementClient, wire: Wire) -> None:
    """Accounts, keys, models, usages and the provider's registration answer through the SDK."""
    account = arm.accounts.get("rg", "acct")
    assert account.location == "swedencentral"
    assert account.properties.endpoint == f"{wire.url}/acct/"
    assert [each.name for each in arm.accounts.list()] == ["acct"]
    assert [each.name for each in arm.accounts.list_by_resource_group("RG")] == ["acct"]
    assert arm.accounts.list_keys("rg", "acct").key1
    assert any(model.name == "gpt-4.1" for model in arm.accounts.list_models("rg", "acct"))
    assert any(each.model.name == "o4-mini" for each in arm.models.list("swedencentral"))
    assert all(usage.limit == 500 for usage in arm.usages.list("swedencentral"))
    found = list(arm.model_capacities.list("OpenAI", "gpt-4.1", "2025-04-14"))
    assert {each.properties.sku_name for each in found} > {"Standard", "GlobalStandard"}
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
    for method, tail in (("GET", ""), ("POST", "/register")):
        answer = wire.send(method, f"{path}{tail}?api-version=2021-04-01")
        assert answer.json["registrationState"] == "Registered"


def test_pages(train: Any, wire: Wire, arm: CognitiveServicesManagementClient) -> None:
    """A list comes whole, or in pages of a given size that each name the address of the next."""
    wire.register("second")
    model = train()["fine_tuned_model"]
    for name in ("a", "b", "c"):
        wire.put(name, model)
        _settle(wire)
    whole = wire.arm("GET", "/deployments").json
    assert (len(whole["value"]), whole["nextLink"]) == (3, None)
    models = [one.name for one in arm.accounts.list_models("rg", "acct")]
    usages = [one.name.value for one in arm.usages.list("swedencentral")]
    wire.turn(arm_page_size=2)
    page = wire.arm("GET", "/deployments").json
    assert [one["name"] for one in page["value"]] == ["a", "b"]
    rest = wire.get(page["nextLink"].removeprefix(wire.url)).json
    assert ([one["name"] for one in rest["value"]], rest["nextLink"]) == (["c"], None)
    wire.turn(arm_page_size=1)
    assert [one.name for one in arm.deployments.list("rg", "acct")] == ["a", "b", "c"]
    assert [one.name for one in arm.accounts.list()] == ["acct", "second"]
    wire.turn(arm_page_size=7)
    assert [one.name for one in arm.accounts.list_models("rg", "acct")] == models
    assert [one.name.value for one in arm.usages.list("swedencentral")] == usages
    path = page["nextLink"].removeprefix(wire.url)
    assert wire.get(path.replace("skipToken=2", "skipToken=x")).code == "InvalidSkipToken"


@pytest.mark.parametrize(
    ("region", "sku", "status"),
    [
        ("swedencentral", "Standard", 201),
        ("eastus", "Standard", 400),
        ("eastus", "DataZoneStandard", 201),
        ("swedencentral", "DataZoneStandard", 400),
        ("swedencentral", "ProvisionedManaged", 201),
        ("northcentralus", "ProvisionedManaged", 400),
        ("uksouth", "GlobalStandard", 201),
        ("uksouth", "DeveloperTier", 201),
    ],
)
def test_where_models_are_served(
    train: Any, wire: Wire, region: str, sku: str, status: int
) -> None:
    """Where the regions count, a fine-tuned gpt-4.1 is served as the documentation has it."""
    model = train(model="gpt-4.1-2025-04-14")["fine_tuned_model"]
    wire.register(region=region)
    assert wire.put("before", model, sku=sku).status == 201
    wire.turn(serving_regions="enforce")
    wire.advance("1m")
    assert wire.put("bot", model, sku=sku).status == status


def test_a_model_without_serverless_deployments(wire: Wire) -> None:
    """gpt-oss-120b is served on managed compute only."""
    for sku in ("GlobalStandard", "Standard", "DeveloperTier"):
        answer = wire.put("oss", "gpt-oss-120b", sku=sku, model={"format": "Microsoft"})
        assert (answer.status, answer.json["error"]["code"]) == (400, "InvalidResourceProperties")
