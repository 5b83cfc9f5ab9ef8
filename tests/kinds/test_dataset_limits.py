"""What an account still takes, counted in the plan before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds.dataset.limits import BYTES, supplies
from reconciler.kinds.dataset.state import DatasetState
from reconciler.kinds.knowledge import most
from reconciler.planning.address import Address
from reconciler.planning.kind import Found
from reconciler.planning.plan import plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import refusals
from reconciler.providers.azure.listings import FileRecord
from reconciler.reporting.page import Page
from reconciler.reporting.plan_text import notice_lines
from tests.planning.situations import (
    desired,
    observed,
    picture,
    refusal_picture,
    there_account,
    upload,
    wanted_account,
    wanted_blob,
    wanted_data,
)

MOST_BYTES = most(Policy(), BYTES)
WANTED = (wanted_account(), wanted_data(), wanted_data("more", "cc" * 32))
PRUNE = Policy(project="shop", prune=frozenset({"dataset"}))
PLAIN = Policy(project="shop")


def others(count: int, **more: Any) -> list[Found]:
    """Uploads of ours that nothing needs."""
    return [
        Found(
            Address("dataset", f"old@{number:012x}"),
            "sweden",
            is_ours=True,
            state=DatasetState({"sweden": upload(id=f"file-old-{number}", **more)}),
        )
        for number in range(count)
    ]


def theirs(count: int, size: int = 1000) -> list[FileRecord]:
    return [upload(id=f"file-{number}", size=size) for number in range(count)]


def seen(files: Iterable[FileRecord], loose: list[Found], policy: Policy) -> Any:
    """A look at an account with these files and the loose ones."""
    mine = [one.state.uploads["sweden"] for one in loose]
    limits = supplies({"sweden": [*files, *mine]}, loose, policy)
    return observed({wanted_account().address: there_account()}, loose, limits)


def said(files: Iterable[FileRecord], loose: list[Found], policy: Policy = PLAIN) -> str:
    """The refusals of a plan that uploads two files; nothing where there are none."""
    wants, sees = desired(*WANTED, policy=policy), seen(files, loose, policy)
    found = refusals(plan(wants, sees), wants, sees)
    return refusal_picture(found) if found else ""


def notes(files: Iterable[FileRecord], loose: list[Found], policy: Policy = PLAIN) -> str:
    made = plan(desired(*WANTED, policy=policy), seen(files, loose, policy))
    return "\n".join(notice_lines(made.notices, Page(width=80)))


def test_room_enough() -> None:
    """As long as there is room, nobody hears of limits."""
    assert said(theirs(40), others(5)) == ""
    assert notes(theirs(40), others(5)) == ""


def test_too_many_files() -> None:
    """A plan that needs more files than are left is refused, and prune is named if it helps."""
    assert said(theirs(99), []) == snapshot("""\
refused (limit): Of fine-tuning files in account/sweden, the plan needs 2 more;
    1 of 100 are left.
    Delete files that nobody needs; ftctl status --all lists those of
    account/sweden.
Nothing was done.\
""")
    assert said(theirs(96), others(3)) == snapshot("""\
refused (limit): Of fine-tuning files in account/sweden, the plan needs 2 more;
    1 of 100 are left.
    Add Dataset to spec.prune of the Project to delete 3 files of ftctl's own,
    0.1 MiB, that no manifest and no job needs.
Nothing was done.\
""")


def test_too_many_bytes() -> None:
    """The total size counts as well; what is deleted on the service counts no more."""
    nearly = theirs(2, size=(MOST_BYTES - 60_000) // 2)
    assert said(nearly, []) == snapshot("""\
refused (limit): Of bytes of fine-tuning files in account/sweden, the plan needs
    104,000 more; 60,000 of 1,073,741,824 are left.
    Delete files that nobody needs; ftctl status --all lists those of
    account/sweden.
Nothing was done.\
""")
    assert said([replace(nearly[0], status="deleted"), nearly[1]], []) == ""


def test_what_does_not_count() -> None:
    """Results of jobs and files for other purposes take no room."""
    results = [replace(one, purpose="fine-tune-results") for one in theirs(99)]
    assert said(results, []) == ""


def test_pruning_makes_room() -> None:
    """With prune, what a plan deletes counts before what it sends."""
    assert said(theirs(96), others(3), PRUNE) == ""
    assert said(theirs(98), others(2), PRUNE) == ""
    assert said(theirs(99), others(1), PRUNE) == snapshot("""\
refused (limit): Of fine-tuning files in account/sweden, the plan needs 1 more;
    0 of 100 are left.
    Delete files that nobody needs; ftctl status --all lists those of
    account/sweden.
Nothing was done.\
""")


def test_half_full() -> None:
    """From half of a limit on, prune is offered once an account, if there is something to prune."""
    assert notes(theirs(48), others(3)) == snapshot("""\
note: account/sweden has 51 of 100 fine-tuning files, 0.2 MiB of 1,024.0 MiB.
    Add Dataset to spec.prune of the Project to delete 3 files of ftctl's own,
    0.1 MiB, that no manifest and no job needs.\
""")
    assert notes(theirs(60), []) == ""
    assert notes(theirs(48), others(3), PRUNE) == ""
    assert notes(theirs(1, size=MOST_BYTES // 2), others(1)) == snapshot("""\
note: account/sweden has 2 of 100 fine-tuning files, 512.0 MiB of 1,024.0 MiB.
    Add Dataset to spec.prune of the Project to delete 1 file of ftctl's own,
    0.0 MiB, that no manifest and no job needs.\
""")


def test_a_plan_that_prunes() -> None:
    """What is pruned is named with its content, its size, and the way back."""
    loose = others(1)
    wants = desired(*WANTED, policy=PRUNE)
    assert picture(plan(wants, seen(theirs(2), loose, PRUNE))) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
+ dataset/more
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
- dataset/old@000000000000
    delete: the uploaded file, 52,000 bytes, from sweden
    way back: the next apply that wants it uploads it again
Plan: 2 to create, 1 to delete. 1 resource as wanted.\
""")


def test_the_guard() -> None:
    """Pruning many files at once takes --force."""
    assert said(theirs(2), others(12), PRUNE) == snapshot("""\
refused (guard.maxDeletes): The plan would delete 12 of 12 dataset resources
    (100%); the guard allows 30%.
    Pass --force if that is meant.
Nothing was done.\
""")


def test_an_import_takes_a_place() -> None:
    """Data behind a URL takes a place; how many bytes it has, nobody here knows."""
    wants = desired(wanted_account(), wanted_blob())
    sees = seen(theirs(100), [], PLAIN)
    assert [one.guard for one in refusals(plan(wants, sees), wants, sees)] == ["limit"]
