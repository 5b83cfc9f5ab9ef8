"""A catalogue of the project: where it may stand, what is wrong in it, and what it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.kinds.knowledge import WITHOUT_LIMIT, most
from reconciler.manifest.loading import Loaded, load
from reconciler.planning.address import Address
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import Page

MANIFEST = Path(__file__).parents[2] / "manifests" / "support.yaml"
BOT, PROD = Address("finetunedmodel", "support-bot"), Address("deployment", "support-prod")
NAMED = "  catalogue: ours.yaml\n"


@pytest.fixture(autouse=True)
def here(folder: Path) -> Path:
    """The quickstart, whose Project names a catalogue beside it."""
    project(NAMED)
    return folder


def project(lines: str) -> None:
    text = MANIFEST.read_text("utf-8").replace("  budget:", f"{lines}  budget:", 1)
    Path("manifests/support.yaml").write_text(text, "utf-8")


def loaded(catalogue: str, environ: dict[str, str] | None = None) -> Loaded:
    Path("manifests/ours.yaml").write_text(catalogue, "utf-8")
    return load([Path("manifests")], environ or {}, is_estimate_enough=True)


def said(found: Loaded) -> str:
    wrong = mistake_lines(found.mistakes, Page(80))
    return "\n".join([*wrong, *mistake_lines(found.warnings, Page(80), is_warning=True)])


def test_it_stands_among_the_manifests() -> None:
    """It is no manifest, and the goals are made with what it says."""
    found = loaded("""\
trainingPrices: {entries: {gpt-4.1-2025-04-14: {perMillion: {GlobalStandard: 1.5}}}}
hostingPrices: {entries: {GlobalStandard: {perHour: 2}}}
retirement: {entries: {gpt-4.1-2025-04-14: {training: 2028-01-01}}}
""")
    assert said(found) == ""
    assert found.files == (Path("manifests/support.yaml"),)
    model, deployment = (found.desired.wanted[one].goal.facts for one in (BOT, PROD))
    price = model.price("GlobalStandard")
    assert f"{price.most} {price.source}" == "1.5 ours.yaml"
    assert f"{model.developer.most} {model.developer.derived}" == "0.75 GlobalStandard"
    assert f"{model.dates.training} {model.dates.source}" == "2028-01-01 ours.yaml"
    assert deployment.hosting_per_month == 1440


def test_limits_bound_a_plan() -> None:
    """A limit that the project knows better is part of the policy; null lifts one."""
    policy = loaded("limits: {entries: {jobs: {value: 500}, files: {value: null}}}").desired.policy
    assert [most(policy, name) for name in ("jobs", "files", "queued_jobs")] == [
        500,
        WITHOUT_LIMIT,
        20,
    ]
    assert most(loaded("").desired.policy, "jobs") == 100


def test_a_new_alias_names_the_same_weights() -> None:
    """The fingerprint is that of the model that is meant, and jobs are known by either name."""
    before = loaded("").desired.wanted[BOT].goal
    text = Path("manifests/support.yaml").read_text("utf-8")
    Path("manifests/support.yaml").write_text(text.replace("gpt-4.1-2025-04-14", "Workhorse"))
    after = loaded("models: {entries: {gpt-4.1-2025-04-14: {aliases: [workhorse]}}}")
    goal = after.desired.wanted[BOT].goal
    assert goal.fingerprint == before.fingerprint
    assert goal.facts.is_base("GPT-4.1-2025-04-14")
    assert goal.facts.is_base("workhorse")
    assert not goal.facts.is_base("gpt-4.1")
    assert said(after) == ""


def test_every_mistake_at_once() -> None:
    """Mistakes in it are told as those of manifests are: where, what, and what was meant."""
    found = loaded("""\
modells: {}
models:
  entries:
    gpt-4.1-2025-04-14: {methods: [supervized], images: perhaps, skuz: []}
retirement:
  asOf: 2026
  entries:
    gpt-4.1-2025-04-14: {base: tomorrow, training: 2027-13-01}
trainingPrices: {entries: {gpt-4.1-2025-04-14: {perMillion: {GlobalStandard: -2}}}}
limits: {entries: {jops: {value: 3}}}
""")
    assert said(found) == snapshot("""\
manifests/ours.yaml:1:1
  unknown key modells.
  Did you mean models?
manifests/ours.yaml:4:36
  models.entries.gpt-4.1-2025-04-14.methods.0 must be supervised, dpo or
  reinforcement, not supervized.
  Did you mean supervised?
manifests/ours.yaml:4:57
  models.entries.gpt-4.1-2025-04-14.images must be true or false, not perhaps.
manifests/ours.yaml:4:66
  unknown key skuz.
  Did you mean skus?
manifests/ours.yaml:6:9
  retirement.asOf must be text, not 2026.
  Put it in quotes.
manifests/ours.yaml:8:32
  retirement.entries.gpt-4.1-2025-04-14.base must be a day such as 2027-04-14,
  not tomorrow.
manifests/ours.yaml:8:52
  retirement.entries.gpt-4.1-2025-04-14.training must be a day such as
  2027-04-14, not 2027-13-01.
manifests/ours.yaml:9:78
  trainingPrices.entries.gpt-4.1-2025-04-14.perMillion.GlobalStandard must be at
  least 0, not -2.
manifests/ours.yaml:10:20
  unknown key jops.
  Did you mean jobs?\
""")


def test_names_that_mean_nothing() -> None:
    """A slip in a name is a warning: the entry has no effect."""
    found = loaded("""\
models: {entries: {GPT-4.1: {trainingTypes: [GlobalStandart]}}}
retirement: {entries: {gpt-4.1-2025-04-41: {training: 2028-01-01}}}
hostingPrices: {entries: {Standart: {perHour: 1}, Developer: {perHour: 0}}}
discounts: {entries: {DeveloperTier: {than: Globl}}}
""")
    assert said(found) == snapshot("""\
manifests/ours.yaml:1:46  warning
  GlobalStandart is not among the trainingTypes of the catalogue; it has no
  effect.
  Did you mean GlobalStandard?
manifests/ours.yaml:2:24  warning
  gpt-4.1-2025-04-41 is not among the models of the catalogue; it has no effect.
  Did you mean gpt-4.1-2025-04-14?
manifests/ours.yaml:3:27  warning
  Standart is not among the skus of the catalogue; it has no effect.
  Did you mean Standard?
manifests/ours.yaml:4:39  warning
  Globl is not among the trainingTypes of the catalogue; it has no effect.
manifests/support.yaml:46:17  warning  FineTunedModel/support-bot
  gpt-4.1-2025-04-14 is trained at GlobalStandart in ours.yaml, not at
  GlobalStandard; it is passed on as it is.\
""")


def test_broken_yaml() -> None:
    """What cannot be read is a mistake, and stands there once."""
    assert said(loaded("models: {entries: [\n")) == snapshot("""\
manifests/ours.yaml:1:20
  A value is missing here, or a bracket is not closed.\
""")


def test_one_document() -> None:
    """A catalogue is one document."""
    assert said(loaded("models: {}\n---\nmodels: {}\n")) == snapshot("""\
manifests/ours.yaml:3:1
  a catalogue is one document, and this is another.\
""")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "models:\n", "models: {entries: {}}\n"])
def test_an_empty_catalogue_changes_nothing(text: str) -> None:
    """A file that says nothing, or has only been begun, leaves what ftctl knows as it is."""
    found = loaded(text)
    assert said(found) == ""
    plain = load([MANIFEST], {}, is_estimate_enough=True)
    for address in (BOT, PROD):
        facts = found.desired.wanted[address].goal.facts
        assert facts == plain.desired.wanted[address].goal.facts


def test_a_broken_project_still_names_it() -> None:
    """Mistakes elsewhere in the Project do not turn its catalogue into a broken manifest."""
    project(f"{NAMED}  budgett: 3\n")
    assert said(loaded("models: {}\n")) == snapshot("""\
manifests/support.yaml:9:3  Project/trailhead-support
  unknown key budgett.
  Did you mean budget?\
""")


def test_a_name_from_the_environment_is_not_shown() -> None:
    """What comes from the environment may be secret."""
    project("  catalogue: ${OURS}\n")
    shown = said(loaded("", {"OURS": "hunter2.yaml"}))
    assert "hunter2" not in shown
    assert shown == snapshot("""\
manifests/support.yaml:8:14  Project/trailhead-support
  the project's catalogue is not there.
  Paths are relative to the manifest that names them.\
""")


def test_in_another_folder_of_the_repository(here: Path) -> None:
    """It may stand outside of the manifests, as long as it is in the repository."""
    (here / ".git").mkdir()
    project("  catalogue: ../shared.yaml\n")
    Path("shared.yaml").write_text("limits: {entries: {jobs: {value: nine}}}\n")
    assert said(loaded("")).splitlines()[0] == "manifests/../shared.yaml:1:34"
