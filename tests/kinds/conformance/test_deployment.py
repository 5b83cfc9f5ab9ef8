"""Deployments: long-running writes, one at a time, read back before they are believed.

On a real account they are of the type DeveloperTier, which costs nothing by the hour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.standing import Phase
from reconciler.providers.azure.listings import list_deployments
from reconciler.providers.errors import (
    AnswerLost,
    Conflict,
    NotFound,
    PermissionMissing,
    QuotaExceeded,
    Refused,
)
from tests.kinds.conformance.conftest import (
    BASE,
    DEPLOYMENT,
    DESTROY,
    MARK,
    MODEL,
    Emulator,
    Service,
    costs_training,
    either,
)

pytestmark = costs_training
DEVELOPER = {"name": "DeveloperTier", "capacity": 1}
PATH = "/deployments/[^/]+$"


def test_a_new_deployment(service: Service) -> None:
    """PUT makes a deployment with its tags and SKU; the model's version is always 1."""
    desired = service.desired({})
    needs = service.deploy(desired)
    goal = desired.wanted[DEPLOYMENT].goal
    found = service.raw()
    assert found["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert found["properties"]["model"]["version"] == "1"
    assert found["tags"] | {"ftctl-fingerprint": goal.fingerprint} == found["tags"]
    assert found["tags"]["ftctl-name"] == DEPLOYMENT.name
    action = service.proposed(desired, DEPLOYMENT)
    assert (action.verb, action.code) == (Verb.KEEP, ReasonCode.AS_WANTED)


def test_defaults_are_no_drift(service: Service) -> None:
    """The service fills in raiPolicyName, versionUpgradeOption and rate limits by itself."""
    desired = service.desired({})
    service.deploy(desired)
    assert service.raw()["properties"].get("raiPolicyName")
    assert service.proposed(desired, DEPLOYMENT).changes == ()


@pytest.mark.parametrize("written", ["developertier", "DEVELOPERTIER"])
def test_a_sku_in_another_spelling(service: Service, written: str) -> None:
    """SKU names are taken in any case, and echoed in one: that is no difference."""
    desired = service.desired({"sku": DEVELOPER | {"name": written}})
    service.deploy(desired)
    assert service.raw()["sku"]["name"].lower() == "developertier"
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


def test_capacity_is_patched(service: Service, emulator: Emulator) -> None:
    """A change of capacity is a PATCH of SKU and tags, which leaves everything else alone."""
    service.deploy(service.desired({}))
    before = service.raw()["properties"]
    wider = service.desired({"sku": DEVELOPER | {"capacity": 7}})
    puts, patches = (emulator.count(one, "/deployments/") for one in ("PUT", "PATCH"))
    action = service.carry_out(wider, DEPLOYMENT, service.train(wider))
    assert (action.verb, [one.field for one in action.changes]) == (Verb.UPDATE, ["sku.capacity"])
    assert emulator.count("PATCH", "/deployments/") == patches + 1
    assert emulator.count("PUT", "/deployments/") == puts
    after = service.raw()
    assert after["sku"]["capacity"] == 7
    assert after["properties"]["model"] == before["model"]
    assert service.proposed(wider, DEPLOYMENT).verb is Verb.KEEP


@pytest.mark.usefixtures("emulator")
def test_what_nobody_here_knows_survives(service: Service) -> None:
    """A PUT replaces the whole deployment; properties and tags that we do not know are sent back.

    The SDK's own models would drop them.
    """
    desired = service.desired({})
    service.deploy(desired)
    there = service.raw()
    unknown = {"serviceTier": "Priority", "parentDeploymentName": "top", "routing": {"mode": "x"}}
    properties = there["properties"] | unknown
    properties["model"] |= {"publisher": "OpenAI"}
    sku = there["sku"] | {"tier": "Standard"}
    tags = there["tags"] | {"owner": "cx"}
    service.put(DEPLOYMENT.name, {"sku": sku, "tags": tags, "properties": properties})
    strict = service.desired({"raiPolicyName": "strict"})
    action = service.carry_out(strict, DEPLOYMENT, service.train(strict))
    assert action.verb is Verb.UPDATE
    found = service.raw()
    assert found["properties"] | unknown == found["properties"]
    assert found["properties"]["raiPolicyName"] == "strict"
    assert found["properties"]["model"]["publisher"] == "OpenAI"
    assert found["sku"]["tier"] == "Standard"
    assert found["tags"]["owner"] == "cx"


@pytest.mark.usefixtures("emulator")
def test_another_sku_is_a_put(service: Service) -> None:
    """A change of the deployment type goes through PUT; PATCH is for its capacity."""
    service.deploy(service.desired({}))
    other = service.desired({"sku": {"name": "GlobalStandard", "capacity": 3}})
    action = service.carry_out(other, DEPLOYMENT, service.train(other))
    assert {one.field for one in action.changes} == {"sku.name", "sku.capacity"}
    assert service.raw()["sku"] == {"name": "GlobalStandard", "capacity": 3}


@either("put_without_tags", "clear", "keep")
def test_every_put_sends_the_tags(service: Service) -> None:
    """UNVERIFIED: whether a PUT without tags clears them. Every PUT of ours sends them all."""
    desired = service.desired({})
    needs = service.deploy(desired)
    there = service.raw()
    body = {name: there[name] for name in ("sku", "properties")}
    service.put(DEPLOYMENT.name, body)
    kept = bool(service.raw().get("tags"))
    adopting = service.desired({"adopt": True})
    action = service.carry_out(adopting, DEPLOYMENT, needs)
    assert (action.verb is Verb.KEEP) == kept
    called = {} if kept else {"ftctl-called": there["tags"]["ftctl-called"]}
    assert service.raw()["tags"] | called == there["tags"]


@either("change_model", "refuse", "allow")
def test_another_model(service: Service) -> None:
    """A PUT with another model is refused with CannotChangeDeploymentModel, or applied.

    UNVERIFIED: which. Refused, the deployment is deleted and made again.
    """
    service.deploy(service.desired({}))
    other = service.desired({}, data="b")
    needs = service.train(other)
    action = service.carry_out(other, DEPLOYMENT, needs)
    assert action.verb is Verb.REPLACE
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP


@pytest.mark.usefixtures("emulator")
@either("change_model", "refuse", "allow")
def test_another_model_and_capacity(service: Service) -> None:
    """Model and capacity never change together in place; then it is deleted and made again."""
    service.deploy(service.desired({}))
    other = service.desired({"sku": DEVELOPER | {"capacity": 4}}, data="b")
    service.carry_out(other, DEPLOYMENT, service.train(other))
    assert service.raw()["sku"]["capacity"] == 4
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP


def test_a_replacement_that_was_asked_for(service: Service) -> None:
    """With `update: replace` the name is free after a DELETE, and can be used again at once."""
    service.deploy(service.desired({}))
    made = service.raw().get("systemData", {}).get("createdAt")
    other = service.desired({"update": "replace"}, data="b")
    service.carry_out(other, DEPLOYMENT, service.train(other))
    assert service.raw().get("systemData", {}).get("createdAt") != made


def test_quota_comes_back_late(service: Service, emulator: Emulator) -> None:
    """The quota of a deleted deployment is free again after 15 to 20 seconds, not at once."""
    service.deploy(service.desired({}))
    other = service.desired({"update": "replace"}, data="b")
    needs = service.train(other)
    emulator.fault("PUT", PATH, 2, kind="status", status=400, code="InsufficientQuota")
    service.carry_out(other, DEPLOYMENT, needs)
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]


@either("duplicate_model", "allow", "refuse")
def test_one_model_behind_two_names(service: Service) -> None:
    """UNVERIFIED: whether a custom model may be deployed twice in one account.

    Where it may not, the answer is 400 DuplicatedDeploymentForSameModel.
    """
    desired = service.desired({})
    needs = service.deploy(desired)
    second = replace(desired.wanted[DEPLOYMENT].goal, name=f"{DEPLOYMENT.name}-2")
    address = Address("deployment", second.name)
    wanted = replace(desired.wanted[DEPLOYMENT], address=address, goal=second)
    both = replace(desired, wanted={**desired.wanted, address: wanted})
    try:
        service.carry_out(both, address, needs)
    except Refused as refused:
        assert refused.code == "DuplicatedDeploymentForSameModel"  # noqa: PT017
        assert second.name not in {one.name for one in list_deployments(service.here)}
    else:
        assert service.proposed(both, address).verb is Verb.KEEP


def test_two_writes_at_the_same_moment(service: Service, emulator: Emulator) -> None:
    """ARM takes one write at a time for an account, and answers 409 RequestConflict meanwhile."""
    desired = service.desired({})
    needs = service.train(desired)
    place = service.here.place
    emulator.fault("GET", "/operationResults/", times=2, kind="delay", seconds=0.05)
    service.here.control.deployments.begin_create_or_update(
        place.resource_group, place.account_name, f"{MARK}-base", _base_deployment()
    )
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


def _base_deployment() -> Any:
    model, _dash, version = BASE.partition("-20")
    return {
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": model, "version": f"20{version}"}},
    }


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_conflict_is_waited_out(service: Service, emulator: Emulator, method: str) -> None:
    """409 RequestConflict has no Retry-After; each kind of write is tried again after a while."""
    desired = service.desired({})
    needs = service.train(desired)
    if method != "PUT":
        service.deploy(desired)
    busy = {"kind": "status", "status": 409, "code": "RequestConflict"}
    emulator.fault(method, PATH, 3, **busy)
    changed = service.desired({"sku": DEVELOPER | {"capacity": 2}})
    if method == "DELETE":
        service.perform(changed, DESTROY)
        assert service.state(changed, DEPLOYMENT) is None
    else:
        service.carry_out(changed, DEPLOYMENT, needs)
        assert service.raw()["sku"]["capacity"] == 2


def test_a_conflict_without_end(service: Service, emulator: Emulator) -> None:
    """An account that stays busy for minutes is a Conflict, not an endless wait."""
    desired = service.desired({})
    needs = service.train(desired)
    busy = {"kind": "status", "status": 409, "code": "RequestConflict"}
    emulator.fault("PUT", PATH, times=None, **busy)
    service.session.sleep = lambda _seconds: None
    with pytest.raises(Conflict) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.code == "RequestConflict"


def test_a_lock(service: Service, emulator: Emulator) -> None:
    """A lock is 409, too: waiting does not help, and the error says what does."""
    desired = service.desired({})
    service.deploy(desired)
    emulator.fault("DELETE", PATH, None, kind="status", status=409, code="ScopeLocked")
    with pytest.raises(Refused) as raised:
        service.perform(desired, DESTROY)
    assert "An Owner or User Access Administrator can remove it." in raised.value.hint
    assert emulator.count("DELETE", "/deployments/") == 1


def test_a_paused_deployment(service: Service, emulator: Emulator) -> None:
    """What somebody has paused answers no calls, and is left to them; then it is ready again."""
    desired = service.desired({"sku": {"name": "Standard", "capacity": 1}})
    service.deploy(desired)
    path = f"{service.here.place.resource_id}/deployments/{DEPLOYMENT.name}"
    emulator.post(f"{path}/pause?api-version=2026-03-01")
    assert service.standing(desired, DEPLOYMENT).phase is Phase.FAILED
    proposed = service.proposed(desired, DEPLOYMENT)
    assert (proposed.verb, proposed.code) == (Verb.KEEP, ReasonCode.DISABLED)
    assert "POST .../resume" in proposed.reason
    assert proposed.is_stuck
    emulator.post(f"{path}/resume?api-version=2026-03-01")
    assert service.standing(desired, DEPLOYMENT).phase is Phase.READY


def test_too_little_quota(service: Service) -> None:
    """More capacity than the region has left is 400 InsufficientQuota, at once."""
    desired = service.desired({"sku": DEVELOPER | {"capacity": 1_000_000}})
    needs = service.train(desired)
    with pytest.raises(QuotaExceeded) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.code in {"InsufficientQuota", "QuotaExceeded"}
    assert service.state(desired, DEPLOYMENT) is None


def test_a_sku_that_does_not_exist(service: Service) -> None:
    """An unknown SKU is refused. UNVERIFIED: that the code is InvalidResourceProperties."""
    desired = service.desired({"sku": {"name": "Imaginary", "capacity": 1}})
    needs = service.train(desired)
    with pytest.raises(Refused) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.status == 400


def test_a_model_that_does_not_exist(service: Service) -> None:
    """A model that was deleted meanwhile cannot be deployed: 400 DeploymentModelNotSupported."""
    desired = service.desired({})
    needs = service.train(desired)
    ids = {**needs[MODEL].ids, "model": f"{BASE}.ft-{'0' * 32}-{MARK}"}
    with pytest.raises((Refused, NotFound)) as raised:
        service.carry_out(desired, DEPLOYMENT, {MODEL: replace(needs[MODEL], ids=ids)})
    assert raised.value.code


def test_a_delete(service: Service) -> None:
    """DELETE is a long-running write too; after it the name is gone from the list."""
    desired = service.desired({})
    service.deploy(desired)
    service.perform(desired, DESTROY)
    service.until(lambda: service.state(desired, DEPLOYMENT) is None)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.CREATE


def test_deleting_what_is_gone(service: Service) -> None:
    """DELETE of a deployment that is gone is 204, or 404; both are what was wanted."""
    desired = service.desired({})
    service.deploy(desired)
    seen = service.state(desired, DEPLOYMENT)
    service.perform(desired, DESTROY, state=seen)
    service.perform(desired, DESTROY, state=seen)


def test_deleting_what_is_gone_with_404(service: Service, emulator: Emulator) -> None:
    """The same with the other status."""
    desired = service.desired({})
    service.deploy(desired)
    emulator.fault("DELETE", PATH, kind="status", status=404, code="ResourceNotFound")
    service.perform(desired, DESTROY)


def test_provisioning_that_fails(service: Service, emulator: Emulator) -> None:
    """A failure after acceptance comes in the operation's document; the deployment is `Failed`.

    PUT on a failed deployment is allowed and tries again.
    """
    desired = service.desired({})
    needs = service.train(desired)
    emulator.spoil("deployment_failure", code="InternalServerError", message="No machine is free.")
    with pytest.raises((Refused, AnswerLost), match="No machine is free"):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert service.state(desired, DEPLOYMENT).record.provisioning == "Failed"
    action = service.carry_out(desired, DEPLOYMENT, needs)
    assert (action.verb, action.code) == (Verb.CREATE, ReasonCode.FAILED_LAST)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


@pytest.mark.parametrize("update", ["auto", "replace"])
def test_another_model_after_a_failure(service: Service, emulator: Emulator, update: str) -> None:
    """PUT of another model over a failed deployment is 400, so that is deleted first."""
    emulator.spoil("deployment_failure", code="InternalServerError", message="It did not start.")
    with pytest.raises(Refused):
        service.deploy(service.desired({"update": update}))
    mended = service.desired({"update": update}, seed=2)
    needs = service.train(mended)
    action = service.proposed(mended, DEPLOYMENT, needs)
    assert (action.verb, action.code) == (Verb.REPLACE, ReasonCode.FAILED_LAST)
    service.perform(mended, action, needs)
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(mended, DEPLOYMENT, needs).verb is Verb.KEEP


def test_adopted_in_another_case(service: Service) -> None:
    """What somebody made as `Bot` is adopted as `bot`, and the next plan is empty."""
    desired = service.desired({"adopt": True})
    needs = service.deploy(desired)
    made = {part: service.raw()[part] for part in ("sku", "properties")}
    service.here.control.deployments.begin_delete(
        service.here.place.resource_group, service.here.place.account_name, DEPLOYMENT.name
    ).result()
    model = {name: made["properties"]["model"][name] for name in ("format", "name", "version")}
    service.put(DEPLOYMENT.name.upper(), {"sku": made["sku"], "properties": {"model": model}})
    assert service.carry_out(desired, DEPLOYMENT, needs).verb is Verb.UPDATE
    assert service.proposed(desired, DEPLOYMENT, needs).verb is Verb.KEEP


def test_quota_that_is_missed_late(service: Service, emulator: Emulator) -> None:
    """A missing quota may also show only in the operation's document."""
    desired = service.desired({})
    needs = service.train(desired)
    emulator.spoil("deployment_failure", code="InsufficientQuota", message="None is left.")
    with pytest.raises(QuotaExceeded):
        service.carry_out(desired, DEPLOYMENT, needs)


def test_a_failed_deployment_that_vanished(service: Service, emulator: Emulator) -> None:
    """What is gone by the time it should be changed is left to the next look, and made then."""
    desired = service.desired({})
    needs = service.train(desired)
    emulator.spoil("deployment_failure")
    with pytest.raises((Refused, AnswerLost)):
        service.carry_out(desired, DEPLOYMENT, needs)
    action, seen = service.proposed(desired, DEPLOYMENT), service.state(desired, DEPLOYMENT)
    service.perform(desired, DESTROY)
    with pytest.raises(Conflict, match="changed meanwhile"):
        service.perform(desired, action, needs, state=seen)
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


def test_accepted_and_not_applied(service: Service, emulator: Emulator) -> None:
    """A write that succeeds and changes nothing is an error with a name."""
    desired = service.desired({})
    needs = service.deploy(desired)
    there = service.raw()
    emulator.answers("PATCH", PATH, there)
    wider = service.desired({"sku": DEVELOPER | {"capacity": 2}})
    with pytest.raises(Refused, match=r"sku\.capacity is 1, not 2") as raised:
        service.carry_out(wider, DEPLOYMENT, needs)
    assert raised.value.code == "AcceptedNotApplied"


def test_accepted_and_not_there(service: Service, emulator: Emulator) -> None:
    """The same when it does not show at all."""
    desired = service.desired({})
    needs = service.train(desired)
    emulator.answers("GET", "/deployments$", {"value": []})
    with pytest.raises(Refused) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.code == "AcceptedNotApplied"


LOST = {
    "dropped after the PUT was accepted": {"kind": "drop", "when": "after"},
    "503 once": {"kind": "status", "status": 503},
    "429 with Retry-After": {"kind": "status", "status": 429, "retry_after_ms": 20},
}


@pytest.mark.parametrize("case", LOST)
def test_a_lost_answer_to_a_put(service: Service, emulator: Emulator, case: str) -> None:
    """PUT of the same deployment may be repeated; one deployment is there in the end."""
    desired = service.desired({})
    needs = service.train(desired)
    emulator.fault("PUT", PATH, **LOST[case])
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


def test_an_operation_that_is_lost_sight_of(service: Service, emulator: Emulator) -> None:
    """One failed poll of a long-running write does not lose it."""
    desired = service.desired({})
    needs = service.train(desired)
    emulator.fault("GET", "/operationResults/", kind="status", status=503)
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


@pytest.mark.usefixtures("emulator")
def test_a_name_in_another_case_is_the_same_name(service: Service) -> None:
    """ARM names are the same in any case: what others called `BOT` is not ours to overwrite."""
    desired = service.desired({})
    service.train(desired)
    service.put(DEPLOYMENT.name.upper(), _base_deployment())
    assert service.proposed(desired, DEPLOYMENT).code is ReasonCode.FOREIGN


def test_what_others_made_is_foreign(service: Service) -> None:
    """A deployment without our tags is never changed; `adopt: true` takes it over."""
    desired = service.desired({})
    needs = service.train(desired)
    goal = desired.wanted[DEPLOYMENT].goal
    model = {"format": "OpenAI", "name": needs[MODEL].ids["model"], "version": "1"}
    body = {"sku": {"name": goal.sku, "capacity": 1}, "properties": {"model": model}}
    service.put(DEPLOYMENT.name, body | {"tags": {"owner": "cx"}})
    assert service.proposed(desired, DEPLOYMENT).code is ReasonCode.FOREIGN
    adopting = service.desired({"adopt": True})
    action = service.carry_out(adopting, DEPLOYMENT, needs)
    assert "owner" in {one.field for one in action.changes}
    assert service.raw()["tags"]["owner"] == "cx"
    assert service.proposed(adopting, DEPLOYMENT).verb is Verb.KEEP


def test_ours_that_nobody_wants_is_found(service: Service) -> None:
    """Tags come back in the list, so that what is ours is found without any state of ours."""
    service.deploy(service.desired({}))
    others = service.look(service.desired(), "deployment").others
    assert {one.address: one.is_ours for one in others}[DEPLOYMENT]


def test_a_model_of_another_account(two_accounts: Service) -> None:
    """A model is deployed from another account by naming its ARM id as `source`.

    UNVERIFIED: whether `source` or `sourceAccount` comes back.
    """
    service = two_accounts
    desired = service.desired({"account": "there"})
    needs = service.train(desired)
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP
    place = service.places["there"]
    raw: Any = service.session["there"].control.deployments.get(
        place.resource_group,
        place.account_name,
        DEPLOYMENT.name,
        cls=lambda answer, _parsed, _headers: answer.http_response.json(),
    )
    model = raw["properties"]["model"]
    source = str(model.get("source") or model.get("sourceAccount"))
    assert source.lower() == service.places["here"].resource_id.lower()


def test_a_source_that_is_not_told(service: Service, emulator: Emulator) -> None:
    """A PUT names the account of the model again. UNVERIFIED: that a deployment tells it."""
    emulator.turn(model_source="untold")
    needs = service.deploy(service.desired({"account": "there"}))
    strict = service.desired({"account": "there", "raiPolicyName": "strict"})
    service.carry_out(strict, DEPLOYMENT, needs)
    assert service.proposed(strict, DEPLOYMENT).verb is Verb.KEEP


@pytest.mark.usefixtures("emulator")
def test_an_open_weight_model(service: Service) -> None:
    """`model.format` names the maker of an open-weight model; a wrong one is an empty 500."""
    desired = service.desired(
        {"sku": {"name": "GlobalStandard", "capacity": 1}}, baseModel="ministral-3b"
    )
    service.deploy(desired)
    assert service.raw()["properties"]["model"]["format"] == "Mistral AI"


def test_a_wrong_format(service: Service, emulator: Emulator) -> None:
    """A `model.format` that does not fit is an empty 500; it is said what that may mean.

    The SDK repeats such a PUT three times by itself, and nobody else does.
    """
    desired = service.desired({})
    needs = service.train(desired)
    wanted = desired.wanted[DEPLOYMENT]
    goal = replace(wanted.goal, facts=replace(wanted.goal.facts, format="Meta"))
    wrong = replace(desired, wanted={**desired.wanted, DEPLOYMENT: replace(wanted, goal=goal)})
    with pytest.raises(Refused, match="no explanation") as raised:
        service.carry_out(wrong, DEPLOYMENT, needs)
    assert "model.format" in raised.value.hint
    assert emulator.count("PUT", "/deployments/") == 4
    assert service.state(desired, DEPLOYMENT) is None


def test_a_role_is_missing(service: Service, emulator: Emulator) -> None:
    """Without deployments/write a PUT is 403 AuthorizationFailed, and the role is named."""
    desired = service.desired({})
    needs = service.train(desired)
    denied = {"kind": "status", "status": 403, "code": "AuthorizationFailed"}
    emulator.fault("PUT", PATH, times=None, **denied)
    with pytest.raises(PermissionMissing) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert "Cognitive Services OpenAI Contributor" in raised.value.hint


def test_a_policy_forbids_it(service: Service, emulator: Emulator) -> None:
    """An Azure Policy answers 403 RequestDisallowedByPolicy: no role helps against that."""
    desired = service.desired({})
    needs = service.train(desired)
    denied = {"kind": "status", "status": 403, "code": "RequestDisallowedByPolicy"}
    emulator.fault("PUT", PATH, times=None, **denied)
    with pytest.raises(Refused) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert "role" not in raised.value.hint


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize("update", ["auto", "replace"])
def test_a_replacement_keeps_what_is_not_declared(service: Service, update: str) -> None:
    """Deleted and made again, a deployment has the tags and the content filter that it had."""
    needs = service.deploy(service.desired({}))
    there = service.raw()
    properties = {"model": there["properties"]["model"], "raiPolicyName": "strict"}
    tags = there["tags"] | {"owner": "cx"}
    body = {"sku": there["sku"], "properties": properties, "tags": tags}
    service.put(DEPLOYMENT.name, body)
    other = service.desired({"update": update}, data="b")
    needs = service.train(other)
    service.carry_out(other, DEPLOYMENT, needs)
    found = service.raw()
    assert found["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert found["properties"]["raiPolicyName"] == "strict"
    assert found["tags"]["owner"] == "cx"
