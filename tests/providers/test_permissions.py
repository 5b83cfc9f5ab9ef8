"""What somebody may do, out of the patterns of their roles."""

from __future__ import annotations

from reconciler.planning.asking import Favour
from reconciler.providers.azure.permissions import Grant, Permissions
from reconciler.providers.azure.rights import RIGHTS

SERVICE = "Microsoft.CognitiveServices"
OPENAI = f"{SERVICE}/accounts/OpenAI"


def allowed(*grants: Grant, is_complete: bool = True) -> dict[str, str]:
    """Each right: yes, no, or perhaps."""
    found = Permissions(grants, is_complete)
    return {
        one.name.removeprefix("may "): "yes"
        if one.is_allowed(found)
        else "perhaps"
        if one.may_be_allowed(found)
        else "no"
        for one in RIGHTS
    }


def test_a_role_for_everything() -> None:
    """Cognitive Services OpenAI Contributor gives everything but metrics."""
    writes = (f"{SERVICE}/*/read", f"{SERVICE}/accounts/deployments/write")
    deletes = f"{SERVICE}/accounts/deployments/delete"
    found = allowed(Grant((*writes, deletes), data=(f"{OPENAI}/*",)))
    assert {name for name, is_so in found.items() if is_so != "yes"} == {"read metrics"}


def test_roles_add_up() -> None:
    """What one role takes away, another may give: only within a role do exceptions count."""
    all_but = Grant(("*",), not_actions=(f"{SERVICE}/accounts/deployments/*",))
    assert allowed(all_but)["make deployments"] == "no"
    assert allowed(all_but, Grant((f"{SERVICE}/*",)))["make deployments"] == "yes"
    data = Grant(data=(f"{OPENAI}/*",), not_data=(f"{OPENAI}/fine-tunes/write",))
    assert allowed(data)["train"] == "no"


def test_case_does_not_count() -> None:
    """Actions are compared in any case, and whole."""
    assert allowed(Grant((f"{SERVICE}/Accounts/Deployments/WRITE",)))["make deployments"] == "yes"
    assert allowed(Grant((f"{SERVICE}/accounts/deployments",)))["make deployments"] == "no"


def test_reading_is_not_writing() -> None:
    """A role that only reads says no to everything else."""
    found = allowed(Grant(("*/read",), data=(f"{OPENAI}/*/read", f"{OPENAI}/files/read")))
    assert {name for name, is_so in found.items() if is_so == "yes"} == {"read metrics"}
    assert "perhaps" not in found.values()


def test_names_that_come_near() -> None:
    """Lists differ in how they name the sub-actions of files, so a near name is a perhaps."""
    for name in (f"{OPENAI}/fine-tunes/files/write", f"{OPENAI}/files/write"):
        assert allowed(Grant(data=(name,)))["upload files"] == "yes"
    assert allowed(Grant(data=(f"{OPENAI}/files/import/action",)))["upload files"] == "perhaps"


def test_an_answer_that_goes_on() -> None:
    """Where not all of the answer was read, nothing is missing for certain."""
    assert set(allowed(is_complete=False).values()) == {"perhaps"}


def test_every_favour_is_known() -> None:
    """What may be asked for either takes a right, or is something to have."""
    has = {Favour.SERVE, Favour.FILTER}
    assert {one.favour for one in RIGHTS} | has == set(Favour)
