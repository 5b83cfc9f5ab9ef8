"""A deployment: missing, different, being made, or as wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.steps import GIVEN_UP, SWITCHED_OFF, WORKING
from reconciler.kinds.deployment.telling import amount
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from tests.kinds.tables import table
from tests.planning.situations import (
    NOON,
    OTHER_BYTES,
    PROD,
    there_deployment,
    wanted_deployment,
    weights,
)

KIND = KINDS["deployment"]
MINE = {"ftctl-project": "shop", "ftctl-name": "prod"}


def test_a_sku_that_the_catalogue_does_not_list() -> None:
    """It is the same in any case, as to the service."""
    cases = {"in other letters": there_deployment(sku="globalbatch")}
    assert table(wanted_deployment(sku="GlobalBatch"), cases) == snapshot("""\
in other letters
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_decisions() -> None:
    """Only what is declared counts, and only what is ours is touched."""
    cases = {
        "not there": None,
        "as declared": there_deployment(),
        "its SKU in other letters": there_deployment(sku="globalstandard"),
        "a policy that nobody declared": there_deployment(rai_policy="strict"),
        "another capacity": there_deployment(capacity=10),
        "another SKU": there_deployment(sku="Standard"),
        "another model": there_deployment(OTHER_BYTES),
        "another model and capacity": there_deployment(OTHER_BYTES, capacity=10),
        "a base model": there_deployment(model="gpt-4.1-mini", tags=MINE),
        "not ours": there_deployment(tags={}),
        "of another project": there_deployment(tags=MINE | {"ftctl-project": "other"}),
        "ours, under another name": there_deployment(tags=MINE | {"ftctl-name": "old"}),
    }
    assert table(wanted_deployment(), cases) == snapshot("""\
not there
  create missing: not on account/sweden; 50,000 tokens a minute (capacity 50)
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = missing
as declared
  keep as_wanted: as declared
  = ready deployment, model
its SKU in other letters
  keep as_wanted: as declared
  = ready deployment, model
a policy that nobody declared
  keep as_wanted: as declared
  = ready deployment, model
another capacity
  update changed: its settings differ from the manifest; 50,000 tokens a minute (capacity 50)
  sku.capacity: 10 -> 50
  = degraded deployment, model differs in sku.capacity
another SKU
  update changed: its settings differ from the manifest
  sku.name: Standard -> GlobalStandard
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = degraded deployment, model differs in sku.name
another model
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model
another model and capacity
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: cd0a9d25 -> 8c8a3a9d
  sku.capacity: 10 -> 50
  = degraded deployment, model differs in model, sku.capacity
a base model
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: gpt-4.1-mini -> 8c8a3a9d
  = degraded deployment, model differs in model
not ours
  keep foreign: a deployment of this name exists that this project did not make; set adopt: true
  = failed not made by this project
of another project
  keep foreign: a deployment of this name exists that this project did not make; set adopt: true
  = failed not made by this project
ours, under another name
  keep foreign: a deployment of this name exists that this project did not make; set adopt: true
  = failed not made by this project\
""")


def test_unsettled() -> None:
    """What the service has not finished, given up or switched off."""
    spelled = ["Creating", "Accepted", "Moving", "Updating", "Deleting", "Failed", "Canceled"]
    cases = {one: there_deployment(provisioning=one) for one in [*spelled, "Disabled", "Paused"]}
    assert table(wanted_deployment(), cases) == snapshot("""\
Creating
  wait pending: the service says Creating
  = pending deployment, model Creating
Accepted
  wait pending: the service says Accepted
  = pending deployment, model Accepted
Moving
  wait pending: the service says Moving
  = pending deployment, model Moving
Updating
  wait pending: the service says Updating
  = pending deployment, model Updating
Deleting
  wait pending: the service says Deleting
  = pending deployment, model Deleting
Failed
  create failed_last: the service says Failed
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = failed deployment, model Failed
Canceled
  create failed_last: the service says Canceled
  note: GlobalStandard may process prompts and answers in any Azure region; data at rest stays
    in the region of the account
  = failed deployment, model Canceled
Disabled
  keep disabled: the service says Disabled
  = failed deployment, model Disabled
Paused
  keep disabled: the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
  = failed deployment, model Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)\
""")
    assert {one.lower() for one in cases} == WORKING | GIVEN_UP | SWITCHED_OFF


@pytest.mark.parametrize("update", ["auto", "replace"])
def test_another_model_after_a_failure(update: str) -> None:
    """PUT of another model over it is refused, so what failed is deleted first; that is shown."""
    broken = {"failed": there_deployment(OTHER_BYTES, provisioning="Failed")}
    wanted = wanted_deployment(update=update)
    assert table(wanted, broken) == snapshot("""\
failed
  replace failed_last: the service says Failed; another model: deleted and made again under the
    same name; if it still answers, calls fail meanwhile, for 2 to 10 minutes as a rule
  model: cd0a9d25 -> 8c8a3a9d
  = failed deployment, model Failed\
""")
    ways_back = [
        KIND.decide(wanted, state, Context(NOON, Policy(project="shop"), {})).action.undo
        for state in (*broken.values(), there_deployment(provisioning="Failed"))
    ]
    assert ways_back == snapshot(
        [
            "apply the earlier manifest; the earlier model stays",
            "not needed: the same is made again",
        ]
    )


def test_a_name_in_another_case() -> None:
    """The service knows no difference: what was adopted as `Prod` is ours as `prod`."""
    ours = there_deployment().record.tags
    cases = {
        "adopted": there_deployment(name="Prod", tags=ours),
        "adopted, with another model": there_deployment(OTHER_BYTES, name="Prod", tags=ours),
        "foreign": there_deployment(name="Prod", tags={}),
    }
    assert table(wanted_deployment(), cases) == snapshot("""\
adopted
  keep as_wanted: as declared
  = ready deployment, model
adopted, with another model
  replace changed: another model: in place if the service can; else deleted and made again
    (calls fail meanwhile, for 2 to 10 minutes as a rule)
  model: cd0a9d25 -> 8c8a3a9d
  = degraded deployment, model differs in model
foreign
  keep foreign: a deployment of this name exists that this project did not make; set adopt: true
  = failed not made by this project\
""")


def test_unknown_provisioning_state() -> None:
    """A state that nobody has heard of counts as settled: the fields decide."""
    assert table(wanted_deployment(), {"new": there_deployment(provisioning="Hm")}) == snapshot("""\
new
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_policy() -> None:
    """A declared content filter is compared, and the tag may be another's."""
    cases = {
        "as declared": there_deployment(rai_policy="strict"),
        "another": there_deployment(rai_policy="Microsoft.DefaultV2"),
        "none": there_deployment(rai_policy=""),
    }
    assert table(wanted_deployment(properties={"raiPolicyName": "strict"}), cases) == snapshot("""\
as declared
  keep as_wanted: as declared
  = ready deployment, model
another
  update changed: its settings differ from the manifest
  raiPolicyName: Microsoft.DefaultV2 -> strict
  = degraded deployment, model differs in raiPolicyName
none
  update changed: its settings differ from the manifest
  raiPolicyName: None -> strict
  = degraded deployment, model differs in raiPolicyName\
""")


def test_adopt() -> None:
    """With adopt: true, whoever made it before is named, and then it is ours."""
    cases = {
        "nobody's": there_deployment(tags={}),
        "of another project": there_deployment(tags=MINE | {"ftctl-project": "other"}),
        "ours already": there_deployment(),
    }
    assert table(wanted_deployment(may_adopt=True), cases) == snapshot("""\
nobody's
  update changed: taken over
  owner: None -> project shop
  = held not made by this project, and not taken over yet
of another project
  update changed: taken over
  owner: project other -> project shop
  = held not made by this project, and not taken over yet
ours already
  keep as_wanted: as declared
  = ready deployment, model\
""")


def test_protect() -> None:
    """Protection is a field like any other: it is stamped, and lifted."""
    marked = there_deployment(tags=MINE | {"ftctl-protect": "true"})
    protected = wanted_deployment(is_protected=True)
    assert table(protected, {"bare": there_deployment()}) == snapshot("""\
bare
  update changed: its settings differ from the manifest
  protect: False -> True
  = degraded deployment, model differs in protect\
""")
    assert table(wanted_deployment(), {"still marked": marked}) == snapshot("""\
still marked
  update changed: its settings differ from the manifest
  protect: True -> False
  = degraded deployment, model differs in protect\
""")
    assert table(protected, {"marked": marked}) == snapshot("""\
marked
  keep as_wanted: as declared
  = ready deployment, model\
""")


@pytest.mark.parametrize("is_declared", [True, False])
def test_protection_lasts_until_lifted(*, is_declared: bool) -> None:
    """A mark on the service protects, also against the change that would lift it."""
    tags = MINE | {"ftctl-protect": "true"}
    state = there_deployment(OTHER_BYTES, tags=tags)
    context = Context(NOON, Policy(), {})
    action = KIND.decide(wanted_deployment(is_protected=is_declared), state, context).action
    assert action.is_protected


def test_the_model_is_believed_before_the_tag() -> None:
    """The id of the model says what is served; the tag only where the id carries no digits."""
    assert there_deployment(OTHER_BYTES).weights == weights(OTHER_BYTES)[:8]
    lying = there_deployment(OTHER_BYTES, tags=MINE | {"ftctl-fingerprint": weights()})
    assert lying.weights == weights(OTHER_BYTES)[:8]
    silent = there_deployment(model="ftchkpt-1", tags=MINE | {"ftctl-fingerprint": weights()})
    assert silent.weights == weights()[:8]
    assert there_deployment(model="gpt-4.1-mini", tags=MINE).weights == "gpt-4.1-mini"


def test_hosting() -> None:
    """Hosting is 720 hours at the price of the SKU; null where that is not known."""
    context = Context(NOON, Policy(), {})

    def price(sku: str) -> object:
        cost = KIND.decide(wanted_deployment(sku=sku), None, context).action.cost
        return cost and cost.hosting_per_month

    skus = ["Standard", "GlobalStandard", "DeveloperTier", "ProvisionedManaged", "New"]
    assert {sku: str(price(sku)) for sku in skus} == snapshot(
        {
            "Standard": "1224.00",
            "GlobalStandard": "1224.00",
            "DeveloperTier": "0",
            "ProvisionedManaged": "None",
            "New": "None",
        }
    )


def test_amounts() -> None:
    """Capacity is said in both of its units, or in throughput units, wherever those are served."""
    skus = ["Standard", "ProvisionedManaged", "GlobalProvisionedManaged"]
    skus += ["datazoneprovisionedmanaged"]
    said = [
        amount(wanted_deployment(sku=sku, capacity=number).goal)
        for sku in skus
        for number in (1, 1000)
    ]
    assert "\n".join(said) == snapshot("""\
1,000 tokens a minute (capacity 1)
1,000,000 tokens a minute (capacity 1,000)
1 provisioned throughput unit
1,000 provisioned throughput units
1 provisioned throughput unit
1,000 provisioned throughput units
1 provisioned throughput unit
1,000 provisioned throughput units\
""")


def test_retire() -> None:
    """Deleting says what breaks, and whether it is protected."""
    action = KIND.retire(PROD, there_deployment())
    assert (action.reason, action.undo, action.lane) == snapshot(
        (
            "from account/sweden; calls to it fail from then on",
            "the model stays, and can be deployed again",
            "sweden",
        )
    )
    assert not action.is_protected
    marked = replace(there_deployment().record, tags=MINE | {"ftctl-protect": "true"})
    assert KIND.retire(PROD, replace(there_deployment(), record=marked)).is_protected
