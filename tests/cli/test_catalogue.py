"""ftctl catalogue: what is in effect, for people, for programs, and as a template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.cli import main
from reconciler.providers.azure.catalogue import built_in

Capture = pytest.CaptureFixture[str]
NAME = "ours.yaml"
OURS = """\
models: {entries: {gpt-9: {aliases: [nine], methods: [dpo], trainingTypes: [Standard]}}}
trainingPrices: {asOf: 2026-11, entries: {gpt-9: {perMillion: {GlobalStandard: 9}}}}
retirement: {entries: {gpt-9: {training: 2030-01-01}}}
"""


@pytest.fixture
def named(folder: Path) -> Path:
    """The quickstart, with a catalogue of its own."""
    manifest = Path("manifests/support.yaml")
    text = manifest.read_text("utf-8").replace("  budget:", f"  catalogue: {NAME}\n  budget:", 1)
    manifest.write_text(text, "utf-8")
    ours = Path("manifests", NAME)
    ours.write_text(OURS, "utf-8")
    return ours


def printed(capsys: Capture, *words: str) -> str:
    assert main(["catalogue", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def part(text: str, title: str) -> str:
    """From a title to the next one."""
    lines = iter(text[text.index(f"\n{title}") :].splitlines()[1:])
    block = [next(lines)]
    for line in lines:
        if not line.startswith(" "):
            break
        block.append(line)
    return "\n".join(block)


def test_for_people(named: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each model with methods, types, prices and dates; then SKUs, limits and sources."""
    monkeypatch.setenv("COLUMNS", "80")
    text = "\n" + printed(capsys)
    assert max(len(line) for line in text.splitlines()) <= 80
    shown = [part(text, title) for title in ("gpt-4.1-2025-04-14", "gpt-9", "SKUs", "sources")]
    assert "\n".join(shown) == snapshot("""\
gpt-4.1-2025-04-14  (gpt-4.1)
    supervised, dpo, images, 65,536 tokens an example
    trained at Standard $2.22 to $2.86 (derived), DataZoneStandard,
        GlobalStandard $2.00, DeveloperTier $1.00 (derived); dollars are for a
        million tokens
    served at Standard, DataZoneStandard, GlobalStandard, ProvisionedManaged,
        DeveloperTier
    retirement: base 2026-10-14, training 2027-04-14, deployments 2027-10-14
gpt-9  (nine)
    dpo
    trained at Standard $10.00 to $12.86 (derived); dollars are for a million
        tokens
    retirement: training 2030-01-01
SKUs
    Standard: one region; hosting $1,224.00 in 30 days
    GlobalStandard: any Azure region; hosting $1,224.00 in 30 days
    DataZoneStandard: the US data zone; fine-tuned models are served in the data
        zone of the US only
    ProvisionedManaged: one region
    DeveloperTier: any Azure region; hosting $0.00 in 30 days; deleted 24 hours
        after it was made
sources
    models: Microsoft Learn, "Fine-tuning models", 2026-10-06
    models: Microsoft Learn, "Customize a model with fine-tuning", 2024-10
    models: ours.yaml
    families: Microsoft's public fine-tuning field notes, 2026-08
    context: OpenAI, "Supervised fine-tuning", 2026-11
    retirement: Microsoft Learn, "Model retirements", 2026-07
    retirement: ours.yaml
    trainingTypes: Microsoft Learn, "Fine-tuning models", 2026-03
    trainingTypes: Microsoft Learn, "Fine-tuning models", 2026-10-06
    skus: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19
    skus: Microsoft Learn, "Deployment types", 2026-05-08
    skus: Microsoft Learn, "Fine-tuning models", 2026-10-06
    trainingPrices: Microsoft Learn, "Cost management for fine-tuning",
        2026-03-19
    trainingPrices: ours.yaml, 2026-11
    discounts: Microsoft Learn, "Cost management for fine-tuning", 2026-03-19
    hostingPrices: Microsoft Learn, "Cost management for fine-tuning",
        2026-03-19
    hyperparameters: Microsoft's azd extension for fine-tuning, 2026
    hyperparameters: Microsoft Learn, "Direct preference optimization", 2026-10
    limits: Microsoft Learn, "Azure OpenAI quotas and limits", 2026-02-17
    limits: Microsoft Learn, "Cost management for fine-tuning", 2026-03-19\
""")


def test_without_manifests(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are no manifests, it is what ftctl itself knows."""
    monkeypatch.chdir(tmp_path)
    out = json.loads(printed(capsys, "--format", "json"))["catalogue"]
    assert set(out["models"]["entries"]) == set(built_in().models.entries)


def test_for_programs(named: Path, capsys: Capture) -> None:
    """As JSON, prices are numbers, days are texts, and what was laid over has its source."""
    out = json.loads(printed(capsys, "--format", "json"))
    assert out["format_version"] == "1.0"
    blocks = out["catalogue"]
    assert blocks["trainingPrices"]["entries"]["gpt-9"] == snapshot(
        {"source": "ours.yaml", "asOf": "2026-11", "perMillion": {"GlobalStandard": 9}}
    )
    assert blocks["retirement"]["entries"]["gpt-9"] == snapshot(
        {"source": "ours.yaml", "training": "2030-01-01"}
    )


def test_the_template_changes_nothing(folder: Path, capsys: Capture) -> None:
    """What --format yaml prints is a file of one's own that says what is in effect already."""
    text = printed(capsys, "--format", "yaml")
    Path("manifests", NAME).write_text(text, "utf-8")
    manifest = Path("manifests/support.yaml")
    manifest.write_text(
        manifest.read_text().replace("  budget:", f"  catalogue: {NAME}\n  budget:")
    )
    assert printed(capsys, "--format", "yaml") == text


def test_mistakes(named: Path, capsys: Capture) -> None:
    """A catalogue with mistakes is in no effect, and its mistakes are told."""
    named.write_text("modells: {}\n")
    assert main(["catalogue"]) == 1
    assert "Did you mean models?" in capsys.readouterr().err


def test_slips(named: Path, capsys: Capture) -> None:
    """Names that mean nothing are warnings beside what is printed."""
    named.write_text("retirement: {entries: {gpt-10: {base: 2030-01-01}}}\n")
    assert main(["catalogue", "manifests"]) == 0
    out, err = capsys.readouterr()
    assert "gpt-10 is not among the models of the catalogue" in err
    assert "gpt-4.1-2025-04-14" in out
