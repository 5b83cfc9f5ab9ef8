"""All that was trained under one name: what belongs to it, what is kept, what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.versions import Version, since_last, surplus, versions_of
from reconciler.kinds.fine_tuned_model.weights import Listed
from reconciler.providers.azure.listings import JobRecord
from tests.kinds.tables import table
from tests.planning.situations import NOON, job, wanted_data, wanted_model

OURS = {"ftctl-name": "bot", "ftctl-project": "shop"}
DATA = wanted_data().goal.remote_name


def earlier(number: int, **more: Any) -> JobRecord:
    """A job of an earlier version, the higher the older."""
    made = NOON - timedelta(days=number)
    digits = f"{number:08x}"
    record = job(
        id=f"ftjob-{number}",
        suffix=f"bot-{digits}",
        model=f"gpt-4.1-2025-04-14.ft-{number}-bot-{digits}",
        created_at=made,
        finished_at=made,
        metadata=OURS,
    )
    return replace(record, **more)


def versions(*jobs: JobRecord, **names: str) -> list[tuple[str, bool]]:
    files = {("sweden", "file-1"): DATA} | {("sweden", one): name for one, name in names.items()}
    found = versions_of(wanted_model().goal, Listed(jobs, files))
    return [(one.digits, one.is_sure) for one in found]


def test_what_is_a_version() -> None:
    """A job that says whose it is is sure; without that, its label and its data have to fit."""
    assert versions(earlier(2), earlier(1)) == [("00000001", True), ("00000002", True)]
    assert versions(earlier(1, metadata={})) == [("00000001", False)]
    assert versions(earlier(1, metadata={}, training_file="file-gone")) == []
    assert versions(earlier(1, metadata={}, suffix="shop-00000001")) == []
    assert versions(earlier(1, metadata=OURS | {"ftctl-project": "other"})) == []
    assert versions(earlier(1, metadata=OURS | {"ftctl-name": "other"})) == []
    assert versions(earlier(1, status="failed")) == []


def test_twins_are_one_version() -> None:
    """Of jobs with the same digits, the oldest stands for all."""
    older = earlier(1, id="ftjob-a", created_at=NOON - timedelta(days=9))
    found = versions_of(wanted_model().goal, Listed((earlier(1), older), {}))
    assert [one.job.id for one in found] == ["ftjob-a"]


def test_surplus() -> None:
    """`keep` counts the wanted version, and spares what is in use or not surely ours."""
    goal = wanted_model(keep=2).goal
    all_ = [Version(f"{n:08x}", earlier(n), DATA, is_sure=n != 4) for n in (1, 2, 3, 4, 5)]
    assert [one.digits[-1] for one in surplus(goal, all_, {"00000003"})] == ["2", "5"]
    assert surplus(replace(goal, keep=None), all_, ()) == ()
    assert surplus(replace(goal, keep=6), all_, ()) == ()


def test_a_new_version_says_what_has_changed() -> None:
    """A retraining names the version before it and what is known to differ."""
    last = Version("0000000a", earlier(1, seed=104), "chats.cccccccccccc.jsonl", is_sure=True)
    state = FineTunedModelState(versions=(last,))
    assert table(wanted_model(), {"data and seed": state}) == snapshot("""\
data and seed
  train new: a new version, after 0000000a of 2026-11-19: gpt-4.1-2025-04-14 on chats, as
    8c8a3a9d
  hyperparameters.nEpochs: None -> 3
  seed: 104 -> 105
  training: chats.cccccccccccc.jsonl -> chats.aaaaaaaaaaaa.jsonl
  = missing\
""")
    same = replace(
        last, data=DATA, job=replace(last.job, seed=105, hyperparameters={"n_epochs": 3})
    )
    assert since_last(wanted_model().goal, same) == ()


def test_deleting_a_version_names_it() -> None:
    """A version is deleted for good, and the plan says which model that is."""
    at = replace(wanted_model().address, name="bot@0000000a")
    action = KINDS["finetunedmodel"].retire(at, FineTunedModelState((earlier(10),)))
    assert f"{action.address}: {action.reason}" == snapshot(
        "finetunedmodel/bot@0000000a: gpt-4.1-2025-04-14.ft-10-bot-0000000a, for good"
    )
