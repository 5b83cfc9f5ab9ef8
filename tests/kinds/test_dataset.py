"""An upload: missing, being checked, refused, or fine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.kinds.dataset.state import DatasetState
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from tests.kinds.tables import table
from tests.planning.situations import (
    BYTES,
    CHATS,
    NOON,
    OTHER_BYTES,
    SIGNATURE,
    report,
    there_data,
    upload,
    wanted_blob,
    wanted_data,
)


def test_decisions() -> None:
    """Content decides; a name never does."""
    twin = upload(id="file-2")
    earlier = upload(OTHER_BYTES, id="file-0")
    cases = {
        "nothing there": None,
        "only an earlier content": DatasetState(earlier=(earlier,)),
        "processed": there_data(),
        "processed, and an earlier content": replace(there_data(), earlier=(earlier,)),
        "under another name": there_data(called="theirs"),
        "pending": there_data(status="pending"),
        "pending for too long": there_data(
            status="pending", created_at=NOON - timedelta(minutes=31)
        ),
        "refused": there_data(status="error", detail="Line 3 is no JSON object."),
        "refused without a word": there_data(status="error"),
        "twice": replace(there_data(), twins=(twin,)),
        "twice, and pending": replace(there_data(status="pending"), twins=(twin,)),
    }
    assert table(wanted_data(), cases) == snapshot("""\
nothing there
  create new: not uploaded yet: 200 examples, 52,000 bytes, to sweden
  = missing
only an earlier content
  update changed: the upload there has other content: 200 examples, 52,000 bytes, to sweden
  sha256: bbbbbbbbbbbb -> aaaaaaaaaaaa
  = missing
processed
  keep as_wanted: same content
  = ready sweden
processed, and an earlier content
  keep as_wanted: same content
  = ready sweden
under another name
  keep as_wanted: same content
  = ready sweden
pending
  wait pending: the service is checking it
  = pending sweden the service is checking it
pending for too long
  keep stalled: the service has been checking it since 2026-11-20 11:29 UTC, for more than 30
    minutes; look again later, or delete it on the service to send it anew
  = pending sweden the service is checking it
refused
  keep invalid: the service refuses the file: Line 3 is no JSON object.
  = failed sweden the service refuses the file
refused without a word
  keep invalid: the service refuses the file: no explanation
  = failed sweden the service refuses the file
twice
  update twin: uploaded more than once: remove 1 that no job uses
  = ready sweden
twice, and pending
  update twin: uploaded more than once: remove 1 that no job uses
  = pending sweden the service is checking it\
""")


def test_two_accounts() -> None:
    """Each account whose models use it gets its own upload."""
    wanted = replace(wanted_data(), accounts=("norway", "sweden"))
    norway = upload(account="norway", id="file-n")
    both = DatasetState({"sweden": upload(), "norway": norway})
    late = DatasetState(
        {
            "sweden": upload(),
            "norway": upload(account="norway", id="file-n", status="pending"),
        }
    )
    cases = {"in one": there_data(), "in both": both, "pending in one": late}
    assert table(wanted, cases) == snapshot("""\
in one
  create new: not uploaded yet: 200 examples, 52,000 bytes, to norway
  = missing sweden
in both
  keep as_wanted: same content
  = ready sweden, norway
pending in one
  wait pending: the service is checking it
  = pending sweden, norway the service is checking it\
""")


def test_behind_a_url() -> None:
    """What the service could not fetch it may fetch again; no plan shows what signs the URL."""
    wanted = wanted_blob()
    cases = {
        "nothing there": None,
        "only an earlier content": DatasetState(earlier=(upload(OTHER_BYTES),)),
        "processed": there_data(),
        "not fetched": there_data(status="error", detail="HTTP Error 403: Forbidden"),
    }
    assert table(wanted, cases) == snapshot("""\
nothing there
  create new: not uploaded yet: the service fetches it from its URL, to sweden
  = missing
only an earlier content
  update changed: the upload there has other content: the service fetches it from its URL, to
    sweden
  sha256: bbbbbbbbbbbb -> aaaaaaaaaaaa
  = missing
processed
  keep as_wanted: same content
  = ready sweden
not fetched
  update failed_last: the service could not take it from its URL: HTTP Error 403: Forbidden; let
    it fetch it again
  = failed sweden the service refuses the file\
""")
    assert SIGNATURE not in repr(wanted)


def test_equal_contents() -> None:
    """Of two datasets with the same bytes one is sent, and takes of what an account has left."""
    shared = DatasetState(shared={"sweden": CHATS})
    assert table(wanted_data("copy"), {"brought by another": shared}) == snapshot("""\
brought by another
  create new: not uploaded yet: 200 examples, 52,000 bytes, to sweden; the same content as
    dataset/chats, which is sent once
  = missing\
""")
    decide = KINDS["dataset"].decide
    context = Context(NOON, Policy(), {})
    assert decide(wanted_data("copy"), shared, context).action.takes == {}
    assert decide(wanted_data("chats"), None, context).action.takes == snapshot(
        {"files:sweden": 1, "file-bytes:sweden": 52000}
    )
    assert KINDS["dataset"].retire(CHATS, there_data()).takes == snapshot(
        {"files:sweden": -1, "file-bytes:sweden": -52000}
    )


def test_unused() -> None:
    """Data that no model uses is not uploaded."""
    assert table(replace(wanted_data(), accounts=()), {"nothing there": None}) == snapshot("""\
nothing there
  keep as_wanted: no model uses it; it stays here
  = ready no model uses it; it stays here\
""")


def test_retire() -> None:
    """Deleting names the accounts, and says that it can be undone."""
    action = KINDS["dataset"].retire(CHATS, there_data())
    assert (action.reason, action.undo, action.lane) == snapshot(
        (
            "the uploaded file, 52,000 bytes, from sweden",
            "the next apply that wants it uploads it again",
            "sweden",
        )
    )


def test_name_on_the_service() -> None:
    """A file carries its dataset and twelve digits of its content in its name."""
    goal: DatasetGoal = wanted_data(sha256=BYTES).goal
    assert goal.remote_name == "chats.aaaaaaaaaaaa.jsonl"
    assert goal.remote_name.endswith(goal.mark)


def test_what_it_asks_of_an_account() -> None:
    """A file that is too large for one call takes the right to send parts as well."""
    small = wanted_data()
    large = replace(small, goal=replace(small.goal, report=replace(report(), size=(100 << 20) + 1)))
    for wanted, favours in ((small, ["upload"]), (large, ["upload", "send_parts"])):
        assert [str(one.favour) for one in KINDS["dataset"].asks(wanted)] == favours
    assert [str(one.favour) for one in KINDS["dataset"].asks(wanted_blob())] == ["upload"]
