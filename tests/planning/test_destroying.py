"""Destroying as plans: users before what they use, and a word of all that stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.address import Address
from reconciler.planning.destroying import plan_destroy
from reconciler.planning.kind import Found
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    OTHER_BYTES,
    PROD,
    desired,
    everything,
    found,
    observed,
    picture,
    spine,
    there_account,
    there_deployment,
    trained,
    wanted_data,
    wanted_deployment,
    wanted_model,
)

States = Mapping[Address, Any]
OURS, THEIRS = (f"deployment/{name} in account/sweden" for name in ("prod", "theirs"))
ALL_KINDS = frozenset({"deployment", "finetunedmodel", "dataset"})


def destroyed(
    kinds: frozenset[str], states: States | None = None, others: Iterable[Found] = ()
) -> str:
    there = everything() if states is None else states
    return picture(plan_destroy(desired(), observed(there, others), kinds))


def test_deployments() -> None:
    """By default, destroy takes deployments only."""
    assert destroyed(frozenset({"deployment"})) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: the model stays, and can be deployed again
Plan: 1 to delete.\
""")


def test_everything() -> None:
    """Users go before what they use: a deployed model cannot be deleted."""
    assert destroyed(ALL_KINDS) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: none: finetunedmodel/bot goes, too
? finetunedmodel/bot  (after deployment/prod)
    delete: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d, for good
    way back: none: training it again is paid again
? dataset/chats  (after finetunedmodel/bot)
    delete: the uploaded file, 52,000 bytes, from sweden
    way back: the next apply that wants it uploads it again
Plan: 3 to delete.\
""")


def test_what_others_serve() -> None:
    """What a deployment serves that stays, stays as well: the service would refuse to delete it."""
    there = everything() | {BOT: trained(deployments=(OURS, THEIRS))}
    assert destroyed(ALL_KINDS, there) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: the model stays, and can be deployed again
! finetunedmodel/bot
    stays, because deployment/theirs in account/sweden still uses it; delete
    that first
! dataset/chats
    stays, because finetunedmodel/bot still uses it; delete that first
Plan: 1 to delete, 2 stuck.\
""")


def test_what_several_serve() -> None:
    """All of them are named."""
    there = everything() | {BOT: trained(deployments=(THEIRS, THEIRS.replace("theirs", "more")))}
    told = destroyed(frozenset({"finetunedmodel"}), there)
    assert told == snapshot("""\
! finetunedmodel/bot
    stays, because deployment/more in account/sweden and deployment/theirs in
    account/sweden still use it; delete those first
Plan: 1 stuck.\
""")


def test_what_is_not_ours_yet() -> None:
    """A deployment that has not been taken over stays, and with it what it serves."""
    there = everything() | {PROD: there_deployment(tags={}), BOT: trained(deployments=(OURS,))}
    wants = desired(*spine(may_adopt=True))
    made = plan_destroy(wants, observed(there), frozenset({"deployment", "finetunedmodel"}))
    assert picture(made) == snapshot("""\
! finetunedmodel/bot
    stays, because deployment/prod in account/sweden still uses it; delete that
    first
Plan: 1 stuck.\
""")


def test_what_serves_an_earlier_wish() -> None:
    """A deployment goes before what it serves now, also where its manifest names another model."""
    other = wanted_model(wanted_data("more", OTHER_BYTES), "other")
    wanted = (*spine()[:-1], wanted_data("more", OTHER_BYTES), other, wanted_deployment(other))
    there = everything() | {BOT: trained(deployments=(OURS,))}
    kinds = frozenset({"deployment", "finetunedmodel"})
    assert picture(plan_destroy(desired(*wanted), observed(there), kinds)) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: the model stays, and can be deployed again
? finetunedmodel/bot  (after deployment/prod)
    delete: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d, for good
    way back: none: training it again is paid again
Plan: 2 to delete.\
""")


def test_nothing() -> None:
    """Where nothing is left, there is nothing to destroy."""
    assert destroyed(ALL_KINDS, {ACCOUNT: there_account()}) == snapshot("Nothing to do.")


def test_where_nobody_can_look() -> None:
    """An account that cannot be seen may hold anything: that is no success."""
    assert destroyed(ALL_KINDS, {}) == snapshot("""\
! account/sweden
    no account aoai-sweden in resource group rg-ml, so nobody knows what is on
    it; if it is gone, take it and what was on it out of the manifests
Plan: 1 stuck.\
""")


def test_beside_what_nobody_wants() -> None:
    """What is ours and no manifest wants stays, and is told; versions of a model with --models."""
    versions = [
        Found(Address("finetunedmodel", f"bot@{digits}"), "sweden", is_ours=True, state=trained())
        for digits in ("0badc0de", "0badcafe")
    ]
    theirs = Found(Address("finetunedmodel", "x"), "sweden", is_ours=False, state=trained())
    others = [*versions, theirs, found("old"), found("strange", is_ours=False)]
    assert destroyed(frozenset({"deployment"}), others=others) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: the model stays, and can be deployed again
note: deployment/old: no manifest wants it any more; it stays and goes on
    costing. Add Deployment to spec.prune of the Project to delete it
Plan: 1 to delete.\
""")
    assert destroyed(frozenset({"deployment", "finetunedmodel"}), others=others) == snapshot("""\
- deployment/prod
    delete: from account/sweden; calls to it fail from then on
    way back: none: finetunedmodel/bot goes, too
? finetunedmodel/bot  (after deployment/prod)
    delete: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d, for good
    way back: none: training it again is paid again
note: deployment/old: no manifest wants it any more; it stays and goes on
    costing. Add Deployment to spec.prune of the Project to delete it
note: finetunedmodel/bot: 2 other versions of it stay; to delete those too,
    apply with keep: {versions: 1} here and FineTunedModel in spec.prune of the
    Project before this
Plan: 2 to delete.\
""")
    left = {ACCOUNT: there_account()}
    assert destroyed(frozenset({"finetunedmodel"}), left, versions) == snapshot("""\
note: finetunedmodel/bot: 2 other versions of it stay; delete those in the
    portal: an apply would train the newest again
Nothing to do.\
""")
