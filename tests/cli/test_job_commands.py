"""The commands about one training: events, metrics, cancel, pause, resume."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from reconciler.emulator import serve

Ftctl = Callable[..., "CompletedProcess[str]"]


def test_events_metrics_and_a_picture_of_a_finished_training(folder: Path, ftctl: Ftctl) -> None:
    """What a training said and measured can be read, drawn, saved, and taken as JSON."""
    assert ftctl("apply", "--local", "--auto-approve", "--wait").returncode == 0
    told = ftctl("events", "model/support-bot", "--local", "--follow")
    assert told.returncode == 0
    assert "Job enqueued." in told.stdout.splitlines()[0]
    assert "Job succeeded." in told.stdout
    drawn = ftctl("metrics", "support-bot", "--local", "--out", "curve.svg", COLUMNS="80")
    assert drawn.returncode == 0, drawn.stderr
    assert max(len(line) for line in drawn.stdout.splitlines()) <= 80
    assert "\x1b" not in drawn.stdout
    assert (folder / "curve.svg").read_bytes().startswith(b"<?xml")
    assert all(line == line.rstrip() for line in drawn.stdout.splitlines())
    out = json.loads(ftctl("metrics", "support-bot", "--local", "--format", "json").stdout)
    assert out["format_version"] == "1.0"
    assert out["steps"] == out["series"]["train_loss"][-1][0]
    moments = ftctl("checkpoints", "support-bot", "--local").stdout
    assert moments.count("step ") == 3
    assert ":ckpt-step-" in moments
    over = ftctl("cancel", "support-bot", "--local")
    assert over.returncode == 1
    assert "has succeeded; there is nothing to do" in over.stderr


def test_pause_resume_and_cancel_change_the_job(tmp_path: Path, folder: Path, ftctl: Ftctl) -> None:
    """A running training can be paused, resumed and cancelled; apply then does not pay again."""
    with serve(tmp_path / "emulator", clock="manual", pace="lifelike") as server:
        local = f"--local={server.url}"
        assert start(ftctl, server.url) == 3
        advance(server.url, "30m")
        assert "is pausing" in ftctl("pause", "support-bot", local).stdout
        advance(server.url, "10m")
        resumed = ftctl("resume", "support-bot", local)
        assert resumed.returncode == 0, resumed.stderr
        advance(server.url, "2m")
        assert "is cancelled" in ftctl("cancel", "support-bot", local).stdout
        again = ftctl("apply", local, "--auto-approve", "--wait")
        assert again.returncode == 1
        assert "its training was cancelled" in again.stdout


def test_what_cannot_be_done_says_why(tmp_path: Path, folder: Path, ftctl: Ftctl) -> None:
    """What waits or has just begun cannot be paused, and what trains not be resumed."""

    def said(command: str) -> str:
        done = ftctl(command, "support-bot", local)
        assert done.returncode == 1
        return " ".join(done.stderr.split())

    with serve(tmp_path / "emulator", clock="manual", pace="lifelike") as server:
        local = f"--local={server.url}"
        assert start(ftctl, server.url) == 3
        assert "`ftctl cancel finetunedmodel/support-bot` takes it out of the" in said("pause")
        advance(server.url, "301s")  # the end of the preprocessing; a step takes longer than that
        assert "can be paused once its first step is done" in said("pause")
        assert "it is training; there is nothing to resume" in said("resume")


def test_a_name_that_no_manifest_defines_gets_a_suggestion(folder: Path, ftctl: Ftctl) -> None:
    """A slip of the pen in an address is answered with the nearest one."""
    done = ftctl("events", "suport-bot", "--local")
    assert done.returncode == 1
    assert "Did you mean finetunedmodel/support-bot?" in " ".join(done.stderr.split())


def test_a_model_without_a_job_says_so(folder: Path, ftctl: Ftctl) -> None:
    """Before anything was trained there is nothing to show, and that is an error."""
    done = ftctl("metrics", "support-bot", "--local")
    assert done.returncode == 1
    assert "has no job: it was not submitted yet" in " ".join(done.stderr.split())


def start(ftctl: Ftctl, url: str) -> int:
    """Submit the training; on a manual clock the files have to be checked in between."""
    code = ftctl("apply", f"--local={url}", "--auto-approve", "--no-wait", "--timeout", "1s")
    assert code.returncode == 3, code.stderr
    advance(url, "1m")
    return ftctl("apply", f"--local={url}", "--auto-approve", "--no-wait").returncode


def advance(url: str, by: str) -> None:
    """Let time pass on the emulator."""
    import urllib.request

    body = json.dumps({"advance": by}).encode()
    with urllib.request.urlopen(f"{url}/emulator/clock", data=body) as answer:
        assert answer.status == 200
