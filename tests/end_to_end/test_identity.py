"""What a training is known by: its content, and nothing that people write around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.conftest import Workshop, hurried, quickstart

Edit = Callable[[Workshop], None]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The quickstart, applied once for all tests that only plan."""
    with hurried(tmp_path_factory.mktemp("emulator")) as remote:
        origin = quickstart(tmp_path_factory.mktemp("origin"), remote)
        origin.applied()
        yield origin


@pytest.fixture
def unchanged(origin: Workshop, tmp_path: Path) -> Workshop:
    """A fresh copy of what is applied already."""
    return quickstart(tmp_path, origin.remote)


def a_comment(at: Workshop) -> None:
    at.manifest.write_text("# Reviewed on a Monday.\n" + at.manifest.read_text())


def a_label(at: Workshop) -> None:
    at.edit("{team: customer-experience}", "{team: sales, tier: gold}")


def an_annotation(at: Workshop) -> None:
    at.edit("  name: support-bot\n", "  name: support-bot\n  annotations: {owner: nobody}\n")


def the_order_of_keys(at: Workshop) -> None:
    documents = [_turned(one) for one in _documents(at)]
    at.manifest.write_text(yaml.safe_dump_all(documents, sort_keys=False))


def _turned(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {key: _turned(inner) for key, inner in reversed(value.items())}


def the_order_of_documents(at: Workshop) -> None:
    at.manifest.write_text(yaml.safe_dump_all(_documents(at)[::-1]))


def the_layout(at: Workshop) -> None:
    """One file a document, in a folder of its own, all in flow style."""
    for number, document in enumerate(_documents(at)):
        path = at.manifest.parent / "parts" / f"{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        text = yaml.safe_dump(document, default_flow_style=True, width=40)
        path.write_text(text.replace("data/", "../data/"))
    at.manifest.unlink()


def the_suffix_label(at: Workshop) -> None:
    at.edit("suffix: support\n", "suffix: helpdesk\n")


def no_suffix_label(at: Workshop) -> None:
    at.edit("  suffix: support\n", "")


def what_is_the_default_anyway(at: Workshop) -> None:
    at.edit("{nEpochs: 3}", "{nEpochs: 3, batchSize: auto, learningRateMultiplier: auto}")


def an_alias_of_the_base_model(at: Workshop) -> None:
    at.edit("baseModel: gpt-4.1-2025-04-14", "baseModel: GPT-4.1")


def the_retries(at: Workshop) -> None:
    at.edit("{attempts: 2}", "{attempts: 5}")


def the_name_of_the_model(at: Workshop) -> None:
    at.edit("  name: support-bot\n", "  name: helper\n")
    at.edit("{fineTunedModel: support-bot}", "{fineTunedModel: helper}")


def the_name_of_the_dataset(at: Workshop) -> None:
    at.edit("metadata: {name: support-train}", "metadata: {name: questions}")
    at.edit("training: support-train\n", "training: questions\n")


def the_place_of_the_data(at: Workshop) -> None:
    at.training.rename(at.training.with_name("moved.jsonl"))
    at.edit("data/support-train.jsonl", "data/moved.jsonl")


def _documents(at: Workshop) -> list[dict[str, object]]:
    return list(yaml.safe_load_all(at.manifest.read_text()))


HARMLESS = [
    a_comment,
    a_label,
    an_annotation,
    the_order_of_keys,
    the_order_of_documents,
    the_layout,
    the_suffix_label,
    no_suffix_label,
    what_is_the_default_anyway,
    an_alias_of_the_base_model,
    the_retries,
    the_name_of_the_model,
    the_name_of_the_dataset,
    the_place_of_the_data,
]


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.__name__)
def test_what_does_not_count(unchanged: Workshop, edit: Edit) -> None:
    """Editing what does not change the weights plans nothing after an apply."""
    before = unchanged.manifest.read_text()
    edit(unchanged)
    assert not unchanged.manifest.exists() or unchanged.manifest.read_text() != before
    planned = unchanged.plan()
    assert planned.is_empty, planned.out
    assert not planned.notices


def test_nothing_edited(unchanged: Workshop) -> None:
    """The plan after an apply is empty, in words, in JSON and as an exit code."""
    assert unchanged.plan().is_empty
    shown = unchanged.ftctl("plan", "--detailed-exitcode")
    assert shown.code == 0
    *notes, last = shown.out.splitlines()  # notes about what retires, depending on the day
    assert last == "Nothing to do: 5 resources as wanted."
    assert all(one.startswith(("note: ", "    ")) for one in notes)


def change_one_byte(path: Path) -> None:
    """In the text of an answer, so that the file stays a good one."""
    content = path.read_bytes()
    at = content.rindex(b".") - 1
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_one_byte_of_training_data(unchanged: Workshop) -> None:
    """One other byte of data: one upload, one training, and later the deployment replaced."""
    size = unchanged.training.stat().st_size
    change_one_byte(unchanged.training)
    assert unchanged.training.stat().st_size == size
    planned = unchanged.plan()
    assert planned.code == 2
    assert planned.verbs == {
        "dataset/support-train": "update",
        "finetunedmodel/support-bot": "train",
        "deployment/support-prod": "replace",
    }
    waits = {one["address"]: one["waits_for"] for one in planned.out["deferred"]}
    assert waits == {
        "finetunedmodel/support-bot": ["dataset/support-train"],
        "deployment/support-prod": ["finetunedmodel/support-bot"],
    }
    assert planned.codes["finetunedmodel/support-bot"] == "new"
    assert planned.out["summary"]["training_high"] > 0


def test_reverting_before_an_apply(unchanged: Workshop) -> None:
    """Putting the byte back before anything was applied plans nothing at all."""
    change_one_byte(unchanged.training)
    assert unchanged.plan().code == 2
    change_one_byte(unchanged.training)
    assert unchanged.plan().is_empty


def test_reverting_after_an_apply(settled: Workshop) -> None:
    """Going back to earlier data finds the earlier model: nothing is uploaded or trained."""
    change_one_byte(settled.training)
    settled.applied()
    assert len(settled.remote.paid_jobs()) == 2
    change_one_byte(settled.training)
    assert settled.plan().verbs == {"deployment/support-prod": "replace"}
    before = settled.remote.mark()
    settled.applied()
    assert all("deployments/" in write for write in settled.remote.writes(before))
    first = settled.remote.paid_jobs()[0]
    deployed = settled.remote.deployments()["support-prod"]["properties"]["model"]["name"]
    assert deployed == first.fine_tuned_model
    assert settled.plan().is_empty


def test_validation_data(settled: Workshop) -> None:
    """Other validation data is one upload and a notice, before and after; never a training."""
    change_one_byte(settled.validation)
    planned = settled.plan()
    assert planned.verbs == {"dataset/support-valid": "update"}
    assert _about_the_model(planned.notices).startswith("validation data changed; the metrics")
    before = settled.remote.mark()
    settled.applied()
    assert settled.remote.writes(before) == ["POST v1/files"]
    again = settled.plan()
    assert again.is_empty
    assert "raise revision to train again" in _about_the_model(again.notices)


def _about_the_model(notices: list[tuple[str, str]]) -> str:
    (text,) = [text for address, text in notices if address == "finetunedmodel/support-bot"]
    return text


def test_revision(unchanged: Workshop) -> None:
    """Raising `revision` trains the same content again, on purpose."""
    unchanged.edit("  seed: 105\n", "  seed: 105\n  revision: 2\n")
    assert unchanged.plan().verbs == {
        "finetunedmodel/support-bot": "train",
        "deployment/support-prod": "replace",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("nEpochs: 3", "nEpochs: 4"),
        ("nEpochs: 3", "nEpochs: 3, batchSize: 8"),
        ("seed: 105", "seed: 106"),
        ("baseModel: gpt-4.1-2025-04-14", "baseModel: gpt-4.1-mini-2025-04-14"),
    ],
)
def test_what_counts(unchanged: Workshop, before: str, after: str) -> None:
    """Hyperparameters, seed and base model make other weights, and so a training."""
    unchanged.edit(before, after)
    unchanged.edit("{trainingPerApply: 50, hostingPerMonth: 2000}", "{}")
    assert unchanged.plan().verbs == {
        "finetunedmodel/support-bot": "train",
        "deployment/support-prod": "replace",
    }


def test_training_type(unchanged: Workshop) -> None:
    """Where and at which tier it was trained is a notice: the weights are the same."""
    unchanged.edit("trainingType: GlobalStandard", "trainingType: Standard")
    planned = unchanged.plan()
    assert planned.is_empty
    assert "raise revision to train again at Standard" in _about_the_model(planned.notices)
