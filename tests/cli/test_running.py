"""The commands on the embedded emulator: exit codes, phases, outputs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.emulator import Server
from reconciler.reporting.formats import ApplyOut, PlanOut, StatusOut

Capture = pytest.CaptureFixture[str]
Run = Callable[..., tuple[int, str]]
MODEL = "finetunedmodel/support-bot"


@pytest.fixture
def run(emulator: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Run:
    """A command against one emulator: its exit code and what it wrote to stdout."""
    monkeypatch.setenv("FTCTL_LOCAL", emulator.url)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*words: str) -> tuple[int, str]:
        code = main(words)
        return code, capsys.readouterr().out

    return call


def phases(run: Run) -> dict[str, str]:
    code, text = run("status", "--format", "json")
    assert code == 0
    found = StatusOut.model_validate_json(text)
    return {one.address.partition("/")[2]: one.phase.value for one in found.resources}


def test_a_life(run: Run) -> None:
    """From nothing to everything and back, with the exit code and the phases at each step."""
    code, text = run("plan", "--format", "json", "--detailed-exitcode")
    before = PlanOut.model_validate_json(text)
    assert (code, before.has_changes) == (2, True)
    assert phases(run) == {
        "sweden": "ready",
        "support-train": "missing",
        "support-valid": "missing",
        "support-bot": "missing",
        "support-prod": "missing",
    }

    code, text = run("apply", "--auto-approve", "--no-wait", "--format", "json")
    during = ApplyOut.model_validate_json(text)
    assert (code, during.exit_code, during.outcome) == (3, 3, "still running")
    assert [one.address for one in during.running] == [MODEL]
    assert phases(run)["support-bot"] in {"pending", "running"}
    code, text = run("status")
    assert f"waits for {MODEL}" in text

    code, text = run("apply", "--auto-approve", "--wait", "--format", "json")
    after = ApplyOut.model_validate_json(text)
    assert (code, after.outcome) == (0, "settled")
    assert [one.address for one in after.done] == ["deployment/support-prod"]
    assert set(phases(run).values()) == {"ready"}
    for words in (("plan", "--detailed-exitcode"), ("apply",)):
        code, text = run(*words)
        assert (code, text.splitlines()[-1]) == (0, "Nothing to do: 5 resources as wanted.")

    code, text = run("destroy", "--auto-approve", "--models", "--files", "--format", "json")
    gone = ApplyOut.model_validate_json(text)
    assert (code, gone.outcome) == (0, "settled")
    assert [one.address.partition("/")[2] for one in gone.done] == [
        "support-prod",
        "support-bot",
        *sorted(("support-train", "support-valid"), reverse=True),
    ]
    assert run("destroy") == (0, "Nothing to do.\n")


def test_refused(run: Run, folder: Path) -> None:
    """A guard refuses with exit code 4, in plan and in apply, and nothing is done."""
    manifest = folder / "manifests" / "support.yaml"
    manifest.write_text(manifest.read_text().replace("trainingPerApply: 50", "trainingPerApply: 0"))
    code, text = run("plan")
    assert code == 4
    assert "refused (budget.trainingPerApply): Training costs up to $0.02" in text
    assert text.endswith("Nothing was done.\n")
    code, text = run("apply", "--auto-approve", "--format", "json")
    refused = ApplyOut.model_validate_json(text)
    assert (code, refused.outcome, refused.exit_code) == (4, "refused", 4)
    assert [one.guard for one in refused.plan.refusals] == ["budget.trainingPerApply"]
    assert phases(run)["support-train"] == "missing"


def test_status_of_everything(run: Run, folder: Path) -> None:
    """--all also shows what is there and not wanted, and whose it is."""
    assert run("apply", "--auto-approve", "--wait")[0] == 0
    manifest = folder / "manifests" / "support.yaml"
    keep, _, _ = manifest.read_text().partition("---\napiVersion: ftctl/v1\nkind: Deployment")
    manifest.write_text(keep)
    _, text = run("status")
    assert "support-prod" not in text
    _, text = run("status", "--all")
    assert "deployment/support-prod  (ours, not wanted, in sweden)" in text
    _, text = run("status", "--all", "--format", "json")
    assert "deployment/support-prod" in [
        one.address for one in StatusOut.model_validate_json(text).others if one.is_ours
    ]
    code, text = run("plan")
    assert code == 0
    assert "note: deployment/support-prod: no manifest wants it any more" in text


def test_verbose(run: Run) -> None:
    """-v also lists what stays."""
    assert "= account/sweden" not in run("plan")[1]
    assert "= account/sweden" in run("plan", "-v")[1]


def start(*words: str, cwd: Path, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_interrupted(emulator: Server, folder: Path) -> None:
    """Ctrl-C ends the waiting with 130, and says what goes on without us."""
    command = start("apply", "--auto-approve", "--wait", cwd=folder, FTCTL_LOCAL=emulator.url)
    assert command.stdout is not None
    seen = ""
    while "submitted for training" not in seen:
        line = command.stdout.readline()
        assert line, seen
        seen += line
    command.send_signal(signal.SIGINT)
    rest, errors = command.communicate(timeout=30)
    assert command.returncode == 130
    assert "Stopping after the calls in flight" in errors
    assert f". {MODEL}: still on the service" in rest
    assert rest.splitlines()[-1].startswith("Interrupted: 3 done, 1 under way")


def test_a_closed_pipe(folder: Path) -> None:
    """Whoever reads only the first line gets it, and no traceback."""
    command = start("schema", "plan-output", cwd=folder)
    assert command.stdout is not None
    assert command.stdout.readline() == "{\n"
    command.stdout.close()
    time.sleep(0.1)
    assert command.stderr is not None
    assert "Traceback" not in command.stderr.read()
    command.wait(10)
    command.stderr.close()
