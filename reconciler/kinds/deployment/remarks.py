"""What is wrong with a deployment's manifest, or worth a warning, beyond the form of its fields."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.deployment import advice, inactivity
from reconciler.kinds.deployment.body import READ_ONLY
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.lifetime import is_developer
from reconciler.kinds.deployment.serving import served
from reconciler.kinds.deployment.spec import DeploymentSpec
from reconciler.kinds.deployment.state import MARKS
from reconciler.kinds.deployment.twins import RULE, WAY_OUT
from reconciler.kinds.deployment.versions import LONGEST_NAME, version_name
from reconciler.planning.kind import Remark, Written
from reconciler.providers.azure.quota import is_provisioned

# ARM-wide limits on tags; ours take some of the fifty.
MOST_TAGS, LONGEST_TAG, LONGEST_VALUE = 40, 512, 256
OF_ITS_OWN = frozenset(
    {
        "model",
        "raiPolicyName",
        "versionUpgradeOption",
        "spilloverDeploymentName",
        "dynamicThrottlingEnabled",
    }
)
# Source: azure-rest-api-specs, Microsoft.CognitiveServices 2026-03-01.
PAUSING = "deploymentstate"
RESUMING = "Remove it. A person pauses and resumes a deployment: POST .../pause or .../resume."


def remarks(spec: DeploymentSpec, goal: DeploymentGoal, written: Written) -> Iterator[Remark]:
    yield from advice.remarks(goal, written)
    yield from _sku(spec, goal)
    yield from _tags(spec)
    yield from _extra(spec)
    yield from _verify(spec)
    yield from _life(spec, goal)
    yield from _name(goal)
    yield from _twin(goal, written)
    yield from _spillover(goal, written)


def _sku(spec: DeploymentSpec, goal: DeploymentGoal) -> Iterator[Remark]:
    if is_provisioned(goal.sku):
        if spec.sku.tokens_per_minute is not None:
            text = f"{goal.sku} is measured in throughput units, not in tokens a minute"
            yield Remark(("sku", "tokensPerMinute"), text, "Write capacity.")
        return
    if spec.sku.amount == 1:
        # Source: Microsoft's public fine-tuning field notes, 2026-08.
        text = "a capacity of 1 is about one request a minute: too little to serve or to evaluate"
        field = "capacity" if spec.sku.capacity else "tokensPerMinute"
        yield Remark(("sku", field), text, "Write more, such as 50.", is_error=False)


def _tags(spec: DeploymentSpec) -> Iterator[Remark]:
    for name, value in spec.tags.items():
        if name.lower().startswith(MARKS):
            hint = "Choose another name."
            yield Remark(("tags", name), f"tags that begin with {MARKS} are ftctl's own", hint)
        if len(name) > LONGEST_TAG or len(value) > LONGEST_VALUE:
            text = f"a tag has at most {LONGEST_TAG} characters, and its value {LONGEST_VALUE}"
            yield Remark(("tags", name), text)
    if len(spec.tags) > MOST_TAGS:
        yield Remark(("tags",), f"there is room for {MOST_TAGS} tags, not {len(spec.tags)}")


def _extra(spec: DeploymentSpec) -> Iterator[Remark]:
    """A property has one place to stand, and none if only the service writes it."""
    for name in spec.extra:
        folded = {one.lower(): one for one in (*OF_ITS_OWN, *READ_ONLY)}
        known = folded.get(name.lower())
        if known in OF_ITS_OWN:
            yield Remark(("extra", name), f"{known} is a field of its own", f"Write spec.{known}.")
        elif known:
            yield Remark(("extra", name), f"{known} is what the service says; nobody writes it")
        elif name.lower() == PAUSING:
            text = f"{name} can pause it, and no apply starts again what is paused"
            yield Remark(("extra", name), text, RESUMING)


def _verify(spec: DeploymentSpec) -> Iterator[Remark]:
    for number, one in enumerate(spec.verify):
        if one.mistake:
            field, why = one.mistake
            yield Remark(("verify", number, field), f"verify.{number}.{field} {why}")


def _life(spec: DeploymentSpec, goal: DeploymentGoal) -> Iterator[Remark]:
    is_brief = is_developer(goal.sku)
    yield from inactivity.remarks(spec.inactivity, is_developer=is_brief, is_protected=spec.protect)
    if spec.renew and not is_brief:
        text = "renew is for DeveloperTier; for others there is inactivity.then: redeploy"
        yield Remark(("renew",), text, is_error=False)
    if not spec.probe and (is_brief or spec.inactivity.is_absence_fine):
        text = "without the call of probe, nothing may tell later that it was there"
        hint = "A deployment that nobody has called is taken for new, and made again."
        yield Remark(("probe",), text, hint, is_error=False)


def _name(goal: DeploymentGoal) -> Iterator[Remark]:
    """With `versioned`, the name has to leave room for the digits of a version."""
    room = LONGEST_NAME - len(version_name(goal, served(goal, {})))
    if goal.update == "versioned" and room < 0:
        longest = len(goal.name) + room
        text = f"update: versioned adds digits to the name, which may have {longest} characters"
        yield Remark(("update",), text, "Shorten metadata.name.")


def _twin(goal: DeploymentGoal, written: Written) -> Iterator[Remark]:
    """A second deployment of the same weights in one account, which the service may refuse."""
    rule = written.policy.one_deployment_per_model
    others = (one for one in written.goals.values() if isinstance(one, DeploymentGoal))
    twin = next((one for one in others if _is_twin(one, goal)), None)
    if twin is None or rule == "allow":
        return
    text = f"deployment/{twin.name} serves the same model in account/{goal.account}; {RULE}"
    yield Remark(("model",), text, WAY_OUT, is_error=rule == "refuse")


def _is_twin(one: DeploymentGoal, other: DeploymentGoal) -> bool:
    is_same = served(one, {}).weights == served(other, {}).weights
    return is_same and one.account == other.account


def _spillover(goal: DeploymentGoal, written: Written) -> Iterator[Remark]:
    """Whether who takes over is there, and has the name by which it is meant; said once of a pair.

    Which of the two is read last is left to their names.
    """
    others = [one for one in written.goals.values() if isinstance(one, DeploymentGoal)]
    for one, other in [pair for each in others for pair in ((goal, each), (each, goal))]:
        if _spills_to(one, other) and (doubt := _doubt(one, other)):
            field, why, hint = doubt
            path = "spilloverDeploymentName" if one is goal else field
            yield Remark((path,), why, hint, is_error=False)


def _spills_to(one: DeploymentGoal, other: DeploymentGoal) -> bool:
    return str(one.properties.get("spilloverDeploymentName", "")).lower() == other.name


def _doubt(one: DeploymentGoal, other: DeploymentGoal) -> tuple[str, str, str] | None:
    """Why one may not spill over to the other: a field of that, a sentence, and what to do."""
    begin = f"deployment/{one.name} spills over to deployment/{other.name}, which"
    if other.account != one.account:
        text = f"{begin} is in account/{other.account}, not in account/{one.account}"
        return "account", text, "Name a deployment of the same account."
    if other.update == "versioned":
        text = f"{begin} is versioned: on the service its name ends in the digits of each version"
        return "update", text, "Write update: auto or replace there, or name another deployment."
    brief = is_developer(other.sku) and not other.renew
    if brief or other.inactivity.is_absence_fine:
        text = f"{begin} may be away, and then nothing takes over"
        return "sku" if brief else "inactivity", text, "Name a deployment that stays."
    return None
