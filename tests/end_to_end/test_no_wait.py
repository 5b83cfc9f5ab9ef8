"""Training takes hours, and nobody has to stay: submit, leave, come back, finish."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Remote, Workshop, begin, ended, hurried, quickstart, until

# Half a minute of training, so that it goes on until a test moves the clock.
SLOWLY = {"clock": "x60", "pace": "lifelike"}
SUBMIT = ("apply", "--auto-approve", "--no-wait")
MODEL, DEPLOYMENT = "finetunedmodel/support-bot", "deployment/support-prod"


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """The quickstart, and a service that takes its time to train."""
    with hurried(tmp_path / "emulator", **SLOWLY) as remote:
        yield quickstart(tmp_path / "work", remote)


def hours_later(remote: Remote) -> None:
    remote.send("POST", "/emulator/clock", {"advance": "6h"})


def looks_since(remote: Remote, number: int) -> int:
    return sum(line["path"].endswith("/fine_tuning/jobs") for line in remote.log(number))


def test_submit_and_leave(workshop: Workshop) -> None:
    """--no-wait submits the training, exits 3 and says what goes on; a later apply finishes."""
    left = workshop.ftctl(*SUBMIT)
    assert left.code == 3, left.said
    assert "finetunedmodel/support-bot: still on the service: queued since" in left.said
    (job,) = workshop.remote.jobs()

    planned = workshop.plan()
    assert planned.verbs == {MODEL: "wait", DEPLOYMENT: "create"}
    (deferred,) = planned.out["deferred"]
    assert (deferred["address"], deferred["waits_for"]) == (DEPLOYMENT, [MODEL])
    assert (deferred["then"], deferred["reason_code"]) == ("create", "missing")
    assert planned.code == 2

    hours_later(workshop.remote)
    workshop.applied()
    assert [one.id for one in workshop.remote.jobs()] == [job.id]
    assert workshop.plan().is_empty


def test_leaving_again(workshop: Workshop) -> None:
    """While the training runs, apply --no-wait sends nothing and exits 3 again."""
    assert workshop.ftctl(*SUBMIT).code == 3
    before = workshop.remote.mark()
    assert workshop.ftctl(*SUBMIT).code == 3
    assert workshop.remote.writes(before) == []


def test_no_terminal(workshop: Workshop) -> None:
    """Without a terminal, not waiting is the default."""
    assert workshop.ftctl("apply", "--auto-approve").code == 3
    assert len(workshop.remote.jobs()) == 1


def test_status_meanwhile(workshop: Workshop) -> None:
    """Status names the job that runs, and what the deployment waits for."""
    workshop.ftctl(*SUBMIT)
    status = workshop.ftctl("status", "--format", "json").json
    rows = {row["address"]: row for row in status["resources"]}
    assert rows[MODEL]["phase"] in {"pending", "running"}
    assert rows[MODEL]["ids"] == {"job": workshop.remote.jobs()[0].id}
    assert rows[DEPLOYMENT]["phase"] == "missing"
    assert rows[DEPLOYMENT]["waits_for"] == [MODEL]


def test_losing_patience(workshop: Workshop) -> None:
    """--timeout ends the waiting and nothing else: exit 3, and the training goes on."""
    timed_out = workshop.apply("--timeout", "3s")
    assert timed_out.code == 3, timed_out.said
    assert "Timed out: 3 done, 1 under way, 1 to come" in timed_out.said
    hours_later(workshop.remote)
    workshop.applied()
    assert len(workshop.remote.jobs()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupting(workshop: Workshop, number: signal.Signals) -> None:
    """Interrupted while it waits, apply says what keeps running, exits 130, and loses nothing."""
    process = workshop.begin("apply", "--auto-approve", "--wait")
    until(lambda: workshop.remote.writes()[-1:] == ["POST fine_tuning/jobs"])
    time.sleep(0.5)  # into the waiting
    process.send_signal(number)
    interrupted = ended(process)
    assert interrupted.code == 130, interrupted.said
    assert "finetunedmodel/support-bot: still on the service" in interrupted.said
    hours_later(workshop.remote)
    workshop.applied()
    assert len(workshop.remote.jobs()) == 1


def test_waiting_never_becomes_a_training(workshop: Workshop) -> None:
    """A plan that only waits covers no other attempt: that is in the next plan, with its price."""
    workshop.remote.fault("job_failure")
    assert workshop.ftctl(*SUBMIT).code == 3
    before = workshop.remote.mark()
    process = workshop.begin("apply", "--auto-approve", "--wait")
    until(lambda: looks_since(workshop.remote, before) > 1)  # the first one made the plan
    hours_later(workshop.remote)
    ending = ended(process)
    assert ending.code == 1, ending.said
    assert f"{MODEL}: train was not part of the approved plan; plan again" in ending.said
    assert len(workshop.remote.jobs()) == 1
    assert workshop.plan().verbs[MODEL] == "train"
    assert workshop.ftctl(*SUBMIT).code == 3
    assert len(workshop.remote.jobs()) == 2


@contextmanager
def standing_alone(data: Path) -> Iterator[tuple[Remote, subprocess.Popen[str]]]:
    """`ftctl emulator` in a process of its own."""
    words = ("emulator", "--port", "0", "--data", str(data))
    process = begin(*words, "--clock", SLOWLY["clock"], "--pace", SLOWLY["pace"], cwd=data.parent)
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:")
    try:
        yield Remote(line.split()[-1]), process
    finally:
        process.kill()
        process.communicate()


def test_a_killed_emulator(tmp_path: Path) -> None:
    """An emulator that was killed and started again has lost nothing that it acknowledged."""
    data = tmp_path / "emulator"
    with standing_alone(data) as (remote, process):
        workshop = quickstart(tmp_path / "work", remote)
        assert workshop.ftctl(*SUBMIT).code == 3
        before = [job.to_dict() for job in remote.jobs()], remote.files()
        process.kill()
        process.wait()
        gone = workshop.ftctl("plan")
        assert (gone.code, "no emulator answers at" in gone.said) == (1, True)
    with standing_alone(data) as (remote, process):
        again = Workshop(workshop.folder, remote)
        jobs, files = before
        assert remote.files() == files
        assert [job.id for job in remote.jobs()] == [job["id"] for job in jobs]
        hours_later(remote)
        again.applied()
        process.kill()
        process.wait()
    with standing_alone(data) as (remote, process):
        assert Workshop(workshop.folder, remote).plan().is_empty
        assert len(remote.paid_jobs()) == 1


def test_pruning_beside_a_training(workshop: Workshop) -> None:
    """What has no successor goes although something trains; what has one serves until then."""
    workshop.edit("hostingPerMonth: 2000}", "hostingPerMonth: 9000}\n  prune: [Deployment]")
    before = workshop.manifest.read_text()
    deployment = before[before.rindex("---") :]
    workshop.manifest.write_text(before + deployment.replace("support-prod", "support-trial"))
    workshop.ftctl(*SUBMIT)
    hours_later(workshop.remote)
    workshop.applied()
    assert set(workshop.remote.deployments()) == {"support-prod", "support-trial"}

    workshop.manifest.write_text(before.replace("seed: 105", "seed: 106"))
    assert workshop.ftctl(*SUBMIT).code == 3
    assert set(workshop.remote.deployments()) == {"support-prod"}

    workshop.edit("{name: support-prod}", "{name: support-next}")
    left = workshop.ftctl(*SUBMIT)
    assert left.code == 3
    assert "deployment/support-prod: stays until what is wanted is there" in left.said
    assert set(workshop.remote.deployments()) == {"support-prod"}

    hours_later(workshop.remote)
    workshop.applied()
    assert set(workshop.remote.deployments()) == {"support-next"}
