"""A plan refuses itself, with the arithmetic in the message."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.destroying import plan_destroy
from reconciler.planning.kind import Found, Wanted
from reconciler.planning.plan import Plan, plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.planning.supply import Supply
from tests.kinds.lives import living, rule
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    CHATS,
    OTHER_BYTES,
    PROD,
    desired,
    everything,
    found,
    observed,
    refusal_picture,
    spine,
    there_account,
    there_data,
    there_deployment,
    trained,
    wanted_account,
    wanted_data,
    wanted_deployment,
    wanted_model,
)

States = dict[Address, Any]
NOTHING = {ACCOUNT: there_account()}


def refused(
    states: States, wanted: Iterable[Wanted] = (), others: Iterable[Found] = (), **policy: Any
) -> str:
    wants = desired(*wanted, policy=Policy(project="shop", **policy))
    sees = observed(states, others)
    found_ = refusals(plan(wants, sees), wants, sees)
    return refusal_picture(found_) if found_ else ""


def test_training_budget() -> None:
    """A training that costs more than the budget of one apply."""
    assert refused(NOTHING, training_budget=Decimal("5.99")) == snapshot("""\
refused (budget.trainingPerApply): Training costs up to $6.00; the budget of one
    apply is $5.99.
    Raise spec.budget.trainingPerApply of the Project, or train less at once.
Nothing was done.\
""")


def test_training_budget_to_the_cent() -> None:
    """A budget may be spent to its last cent."""
    assert refused(NOTHING, training_budget=Decimal("6.00")) == ""


def test_no_budget() -> None:
    """Without a budget nothing is too dear."""
    assert refused(NOTHING) == ""


def test_training_budget_when_nothing_trains() -> None:
    """A budget of zero stands in the way of nothing that is free."""
    assert refused(everything(), training_budget=Decimal(0)) == ""


def unpriced() -> tuple[Wanted, ...]:
    model = wanted_model(base_model="gpt-4o-2024-08-06")
    return wanted_account(), wanted_data(), model


def test_unknown_price() -> None:
    """With a budget, an unknown price is too much."""
    assert refused(NOTHING, unpriced(), training_budget=Decimal(50)) == snapshot("""\
refused (budget.trainingPerApply): What training finetunedmodel/bot costs is not
    known, and the Project sets a budget.
    Pass --allow-unknown-cost to go ahead all the same, or write its price into
    the file that spec.catalogue of the Project names.
Nothing was done.\
""")


def test_unknown_price_allowed() -> None:
    """--allow-unknown-cost goes ahead all the same."""
    bounds = {"training_budget": Decimal(50), "allow_unknown_cost": True}
    assert refused(NOTHING, unpriced(), **bounds) == ""


def test_hosting_budget() -> None:
    """What is kept counts, too: the budget is that of the month, not of the change."""
    data, model = wanted_data(), wanted_model()
    more = wanted_deployment(model, name="second")
    wanted = (wanted_account(), data, model, wanted_deployment(model), more)
    assert refused(everything(), wanted, hosting_budget=Decimal(2000)) == snapshot("""\
refused (budget.hostingPerMonth): Hosting would cost $2,448.00 in 30 days; the
    budget is $2,000.00.
    Raise spec.budget.hostingPerMonth of the Project, or remove a deployment.
Nothing was done.\
""")


def test_hosting_budget_exceeded_already() -> None:
    """It stops no plan that adds no hosting: also less of it is a change. But it is said."""
    assert refused(everything(), hosting_budget=Decimal(1)) == ""
    policy = Policy(project="shop", hosting_budget=Decimal(1))
    told = plan(desired(*spine(), policy=policy), observed(everything())).notices
    (said,) = (one.message for one in told if not one.address)
    assert said.startswith("hosting costs $1,224.00 in 30 days; budget.hostingPerMonth of the")
    smaller = everything() | {PROD: there_deployment(capacity=10)}
    assert refused(smaller, hosting_budget=Decimal(1)) == ""
    prune = frozenset({"deployment"})
    assert refused(everything(), others=unwanted(1), prune=prune, hosting_budget=Decimal(1)) == ""


def test_hosting_of_unknown_price() -> None:
    """A new deployment of unknown price is over budget until leave is given; an old one is said."""
    data, model = wanted_data(), wanted_model()
    paid_by_the_unit = wanted_deployment(model, name="units", sku="ProvisionedManaged")
    wanted = (wanted_account(), data, model, wanted_deployment(model), paid_by_the_unit)
    bounds = {"hosting_budget": Decimal(2000)}
    assert refused(everything(), wanted, **bounds) == snapshot("""\
refused (budget.hostingPerMonth): What hosting deployment/units costs is not
    known, and the Project sets a budget.
    Pass --allow-unknown-cost to go ahead all the same, or write its price into
    the file that spec.catalogue of the Project names.
Nothing was done.\
""")
    assert refused(everything(), wanted, **bounds, allow_unknown_cost=True) == ""
    units = Address("deployment", "units")
    there = everything() | {units: there_deployment(name="units", sku="ProvisionedManaged")}
    smaller = there | {PROD: there_deployment(capacity=10)}
    assert refused(smaller, wanted, **bounds) == ""
    for before, is_refused in ((100, False), (10, True)):  # units of capacity, to 50
        units_before = there_deployment(name="units", sku="ProvisionedManaged", capacity=before)
        said = refused(there | {units: units_before}, wanted, **bounds)
        assert ("hosting deployment/units costs is not" in said) == is_refused
    missing = {at: state for at, state in there.items() if at != PROD}
    assert refused(missing, wanted, hosting_budget=Decimal(1000)) == snapshot("""\
refused (budget.hostingPerMonth): Hosting would cost $1,224.00 in 30 days, and
    more of unknown price; the budget is $1,000.00.
    Raise spec.budget.hostingPerMonth of the Project, or remove a deployment.
Nothing was done.\
""")


def test_what_keeps_a_deployment_of_unknown_price_alive() -> None:
    """Not to know a price is no reason to let the service delete what is there."""
    alive = rule(then="keepAlive")
    units = wanted_deployment(sku="ProvisionedManaged", inactivity=alive)
    there = everything() | {PROD: living(40, 14, sku="ProvisionedManaged")}
    wanted = (wanted_account(), wanted_data(), wanted_model(), units)
    proposal = plan(desired(*wanted), observed(there))
    assert [one.code for one in proposal.steps] == [ReasonCode.KEEP_ALIVE]
    assert refused(there, wanted, hosting_budget=Decimal(2000)) == ""


def test_a_quiet_weekend() -> None:
    """Hibernation is no mistake, however many it takes at once: the manifests ask for it."""
    names = [Address("deployment", f"prod-{number}") for number in range(12)]
    there = everything() | {one: there_deployment(name=one.name) for one in names}
    for code, is_refused in ((ReasonCode.HIBERNATE, False), (ReasonCode.UNWANTED, True)):
        proposal = Plan(tuple(Action(one, Verb.DELETE, code, "") for one in names))
        assert bool(refusals(proposal, desired(), observed(there))) == is_refused


def test_protection() -> None:
    """What is protected is neither replaced nor deleted without leave."""
    states = everything() | {PROD: there_deployment(OTHER_BYTES)}
    assert refused(states, spine(is_protected=True)) == snapshot("""\
refused (protect): deployment/prod is protected, and the plan would replace it.
    Pass --allow-protected, or set protect: false in a change of its own.
Nothing was done.\
""")
    assert refused(states, spine(is_protected=True), allow_protected=True) == ""


def test_protection_allows_updates() -> None:
    """Protection does not stand in the way of another capacity."""
    states = everything() | {PROD: there_deployment(capacity=10)}
    assert refused(states, spine(is_protected=True)) == ""


def test_protected_and_unwanted() -> None:
    """The mark on the service protects what no manifest mentions any more."""
    tags = {"ftctl-project": "shop", "ftctl-name": "old", "ftctl-protect": "true"}
    prune = frozenset({"deployment"})
    assert refused(everything(), others=[found("old", tags=tags)], prune=prune) == snapshot("""\
refused (protect): deployment/old is protected, and the plan would delete it.
    Pass --allow-protected, or set protect: false in a change of its own.
Nothing was done.\
""")


def crowd(size: int) -> tuple[tuple[Wanted, ...], States]:
    """This many deployments, all of another model than is wanted."""
    data, model = wanted_data(), wanted_model()
    wanted = [wanted_deployment(model, name=f"d{number:02}") for number in range(size)]
    states = {one.address: there_deployment(OTHER_BYTES, one.address.name) for one in wanted}
    base = {ACCOUNT: there_account(), CHATS: there_data(), BOT: trained()}
    return (wanted_account(), data, model, *wanted), base | states


def test_guard_of_replacements() -> None:
    """From ten of a kind on, only a share of it may be replaced at once."""
    wanted, states = crowd(10)
    assert refused(states, wanted) == snapshot("""\
refused (guard.maxReplaces): The plan would replace 10 of 10 deployment
    resources (100%); the guard allows 30%.
    Pass --force if that is meant.
Nothing was done.\
""")
    assert refused(states, wanted, force=True) == ""


def test_guard_below_ten() -> None:
    """Below ten of a kind, a share says nothing."""
    wanted, states = crowd(9)
    assert refused(states, wanted) == ""


def unwanted(size: int) -> list[Found]:
    return [found(f"old{number:02}") for number in range(size)]


def test_guard_of_deletions() -> None:
    """Deletions count what no manifest wants any more among what exists."""
    prune = frozenset({"deployment"})
    assert refused(everything(), others=unwanted(10), prune=prune) == snapshot("""\
refused (guard.maxDeletes): The plan would delete 10 of 11 deployment resources
    (91%); the guard allows 30%.
    Pass --force if that is meant.
Nothing was done.\
""")


def test_guard_at_its_limit() -> None:
    """Just the allowed share may go: 3 of 10 at 30%."""
    wanted, states = crowd(7)
    prune = frozenset({"deployment"})
    assert refused(states, wanted, unwanted(3), prune=prune, max_replaces=1.0) == ""


def test_everything_at_once() -> None:
    """Every bound that would be broken is named, not just the first."""
    wanted, states = crowd(10)
    states = states | {PROD: there_deployment(OTHER_BYTES)}
    protected = wanted_deployment(wanted_model(), is_protected=True)
    wanted = (*wanted, protected, wanted_deployment(wanted_model(), name="new"))
    assert refused(states, wanted, hosting_budget=Decimal(100)) == snapshot("""\
refused (protect): deployment/prod is protected, and the plan would replace it.
    Pass --allow-protected, or set protect: false in a change of its own.
refused (budget.hostingPerMonth): Hosting would cost $14,688.00 in 30 days; the
    budget is $100.00.
    Raise spec.budget.hostingPerMonth of the Project, or remove a deployment.
refused (guard.maxReplaces): The plan would replace 11 of 11 deployment
    resources (100%); the guard allows 30%.
    Pass --force if that is meant.
Nothing was done.\
""")


def test_destroy_is_guarded() -> None:
    """`ftctl destroy` asks the same guards."""
    wants = desired(*spine(is_protected=True))
    tags = {"ftctl-project": "shop", "ftctl-name": "prod", "ftctl-protect": "true"}
    sees = observed(everything() | {PROD: there_deployment(tags=tags)})
    proposal = plan_destroy(wants, sees, frozenset({"deployment"}))
    assert refusal_picture(refusals(proposal, wants, sees)) == snapshot("""\
refused (protect): deployment/prod is protected, and the plan would delete it.
    Pass --allow-protected, or set protect: false in a change of its own.
Nothing was done.\
""")


def taking(verb: Verb, amount: int) -> Action:
    return Action(PROD, verb, ReasonCode.NEW, "because", takes={"quota": amount})


def test_limits() -> None:
    """More than is left is refused, and what the same plan gives back counts as left."""
    supply = Supply("quota in account/sweden", 100, 70, "Lower the capacity.")
    sees = observed({}, supplies={"quota": supply})

    def refused_with(*actions: Action) -> str:
        found_ = refusals(Plan(actions), desired(), sees)
        return refusal_picture(found_) if found_ else ""

    assert refused_with(taking(Verb.CREATE, 30)) == ""
    assert refused_with(taking(Verb.CREATE, 50), taking(Verb.DELETE, -20)) == ""
    assert refused_with(taking(Verb.CREATE, 50)) == snapshot("""\
refused (limit): Of quota in account/sweden, the plan needs 50 more; 30 of 100
    are left.
    Lower the capacity.
Nothing was done.\
""")
