"""The call that must not happen twice: whatever goes wrong, one content is paid for once.

Time is the world's own here. A twin is free to cancel in the first second of its life, which on
the service are minutes; so where twins are provoked, the emulator's clock runs at its own pace.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import pytest

from tests.end_to_end.conftest import (
    APPLY,
    JOBS,
    Remote,
    Workshop,
    ended,
    hurried,
    is_write,
    quickstart,
    until,
)

IS_SOAK = bool(os.environ.get("FTCTL_SOAK"))  # `make soak` takes its time
KILLS = 50 if IS_SOAK else 10
KILLS_OF_ONE_CONTENT = 2
PAIRS = 20 if IS_SOAK else 6
SEED = 2026
AT_ONCE = 2  # rounds, on as many cores
PAIRS_AT_ONCE = 3
LAG = 2.0  # seconds for which a write is held up


@dataclass(frozen=True)
class Strangers:
    """Folders on one emulator that share nothing: each has its account, project and content."""

    folder: Path
    remote: Remote

    def stranger(self, number: int) -> Stranger:
        at = quickstart(self.folder / str(number), self.remote)
        account = f"aoai-{number}"
        at.edit("accountName: aoai-sweden", f"accountName: {account}")
        at.edit("name: trailhead-support", f"name: project-{number}")
        at.edit("capacity: 50", "capacity: 1")
        first = at.training.read_text().splitlines()[0]
        with at.training.open("a") as file:
            file.write(first.replace("Trailhead", f"Trailhead {number}") + "\n")
        return Stranger(at, account)


@dataclass(frozen=True)
class Stranger:
    at: Workshop
    account: str

    def assert_paid_once(self) -> None:
        """One job trained, whatever else was submitted ended before it cost anything."""
        jobs = self.at.remote.jobs(self.account)
        paid = self.at.remote.paid_jobs(self.account)
        assert [job.status for job in paid] == ["succeeded"], jobs
        assert all(job.status == "cancelled" for job in jobs if job not in paid), jobs

    def assert_settled(self) -> None:
        """Nothing is left to do, and no upload is there twice.

        But a file stays as long as the job that was made from it, also a job that was cancelled:
        where the uploads of two runs crossed, each of their jobs has its own.
        """
        planned = self.at.plan()
        assert planned.is_empty, planned.out
        names = self.at.remote.files(self.account)
        assert {name.split(".")[0] for name in names} == {"support-train", "support-valid"}
        idle = self.at.remote.idle_files(self.account)
        assert [name for name in idle if names.count(name) > 1] == []


@pytest.fixture
def strangers(tmp_path: Path) -> Iterator[Callable[[str], Strangers]]:
    """An emulator at the pace that a test asks for."""
    opened = []

    def at_pace(clock: str) -> Strangers:
        context = hurried(tmp_path / "emulator", clock)
        opened.append(context)
        return Strangers(tmp_path / "folders", context.__enter__())

    yield at_pace
    for context in opened:
        context.__exit__(None, None, None)


@dataclass
class Killer:
    """Kills applies at seeded moments, spread evenly over what a whole one usually takes.

    The machine may be busier now than later, so one that ends first tells how long it takes.
    """

    strangers: Strangers
    usual: float
    landed: list[float] = field(default_factory=list)

    def round(self, number: int) -> None:
        """Apply and kill, apply and kill; then apply to the end, and look."""
        one = self.strangers.stranger(number)
        chance = random.Random(f"{SEED} {number}")  # noqa: S311 -- repeatable on purpose
        for _ in range(KILLS_OF_ONE_CONTENT):
            self.apply_and_kill(one, chance.uniform(0, self.usual))
        last = one.at.apply()
        assert last.code == 0, f"round {number}: {last.said}"
        one.assert_paid_once()
        one.assert_settled()

    def apply_and_kill(self, one: Stranger, moment: float) -> None:
        began = time.monotonic()
        process = one.at.begin(*APPLY)
        with suppress(TimeoutExpired):
            process.wait(moment)
            self.usual = min(self.usual, time.monotonic() - began)
        process.kill()
        if ended(process).code < 0:
            self.landed.append(moment)


def in_parallel(work: Callable[[], None], lanes: int) -> None:
    with ThreadPoolExecutor(lanes) as pool:
        for running in [pool.submit(work) for _ in range(lanes)]:
            running.result()


@pytest.mark.slow
def test_kills(strangers: Callable[[str], Strangers]) -> None:
    """An apply that was killed at any moment is finished by the next one, and paid once."""
    there = strangers("x8")
    numbers = count()
    took: list[float] = []

    def measure() -> None:
        one = there.stranger(next(numbers))
        began = time.monotonic()
        one.at.applied()
        took.append(time.monotonic() - began)

    in_parallel(measure, AT_ONCE)
    killer = Killer(there, max(took))

    def kill_on() -> None:
        while len(killer.landed) < KILLS:
            killer.round(next(numbers))

    in_parallel(kill_on, AT_ONCE)
    assert len(killer.landed) >= KILLS
    assert next(numbers) < KILLS + AT_ONCE, "most kills came too late to be any"


@pytest.mark.slow
def test_pairs(strangers: Callable[[str], Strangers]) -> None:
    """Two applies of one folder at the same moment both succeed, and it is paid once."""
    there = strangers("x1")
    numbers = iter(range(PAIRS))

    def pair(number: int) -> None:
        one = there.stranger(number)
        apply_twice_at_once(one)
        one.assert_paid_once()
        one.assert_settled()

    def pair_on() -> None:
        for number in numbers:
            pair(number)

    in_parallel(pair_on, PAIRS_AT_ONCE)


@pytest.mark.parametrize("lag", [0, 0.3])
def test_a_collision(strangers: Callable[[str], Strangers], lag: float) -> None:
    """Two that both saw no job and both submit one: the younger is cancelled while it is free."""
    one = strangers("x1").stranger(0)
    one.at.remote.turn(listing_delay_seconds=lag)
    one.at.remote.fault("delay", times=2, method="POST", path=JOBS, seconds=6)
    apply_twice_at_once(one)
    assert statuses(one) == ["cancelled", "succeeded"]
    one.assert_paid_once()
    one.assert_settled()


def test_a_collision_of_retries(strangers: Callable[[str], Strangers]) -> None:
    """Two that both see a failed job, and both try again: one of the new jobs trains."""
    one = strangers("x1").stranger(0)
    one.at.edit("{attempts: 2}", "{attempts: 1}")
    one.at.remote.fault("job_failure", stage="data")
    assert one.at.apply().code == 6
    one.at.edit("{attempts: 1}", "{attempts: 2}")
    one.at.remote.fault("delay", times=2, method="POST", path=JOBS, seconds=6)
    apply_twice_at_once(one)
    assert statuses(one) == ["cancelled", "failed", "succeeded"]
    one.assert_settled()


def apply_twice_at_once(one: Stranger) -> None:
    both = [one.at.begin(*APPLY), one.at.begin(*APPLY)]
    ends = [ended(process) for process in both]
    assert [end.code for end in ends] == [0, 0], [end.said for end in ends]


def statuses(one: Stranger) -> list[str]:
    return sorted(job.status for job in one.at.remote.jobs(one.account))


WRITES = {
    "an upload": {"method": "POST", "path": "/files$"},
    "the job": {"method": "POST", "path": JOBS},
    "the deployment": {"method": "PUT", "path": "/deployments/"},
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("write", WRITES)
def test_a_kill_during_each_write(
    strangers: Callable[[str], Strangers], write: str, when: str
) -> None:
    """Killed with a write in flight, which then arrives in the middle of the next apply.

    Or right after it, where that apply was quick: then one more is due, as the test below shows.
    """
    one = strangers("x1").stranger(0)
    remote = one.at.remote
    remote.fault("delay", seconds=LAG, when=when, **WRITES[write])
    process = one.at.begin(*APPLY)
    until(lambda: has_struck(remote))
    process.kill()
    assert ended(process).code < 0
    one.at.applied()
    time.sleep(LAG)  # by now it has arrived
    if came_last(remote):
        one.at.applied()
    one.assert_paid_once()
    one.assert_settled()


def has_struck(remote: Remote) -> bool:
    return all(fault["struck"] for fault in remote.send("GET", "/emulator/faults")["value"])


def came_last(remote: Remote) -> bool:
    """Whether the write that a fault has struck was the last of all."""
    return "fault" in [line for line in remote.log() if is_write(line)][-1]


def test_a_write_that_arrives_after_everything(settled: Workshop) -> None:
    """The write of a run that was killed overtakes nothing but the mark of the first call."""
    remote = settled.remote
    there = remote.deployments()["support-prod"]
    late = {part: there[part] for part in ("sku", "properties", "tags")}
    late["tags"]["ftctl-called"] = "never"
    remote.arm("PUT", "/deployments/support-prod", late)
    until(lambda: state_of(remote, "support-prod") == "Succeeded")
    assert settled.plan().codes["deployment/support-prod"] == "unchecked"
    before = remote.mark()
    settled.applied()
    assert remote.writes(before) == ["PATCH deployments/support-prod"]
    assert settled.plan().is_empty
    assert len(remote.paid_jobs()) == 1


def state_of(remote: Remote, name: str) -> str:
    return str(remote.deployments()[name]["properties"]["provisioningState"])


def test_a_kill_during_a_replacement(settled: Workshop) -> None:
    """Killed between deleting a deployment and making it again: the next apply makes it."""
    settled.edit("nEpochs: 3", "nEpochs: 2")
    settled.remote.fault("delay", seconds=1, when="after", method="DELETE", path="/deployments/")
    process = settled.begin(*APPLY)
    until(lambda: has_struck(settled.remote))
    process.kill()
    assert ended(process).code < 0
    settled.applied()
    assert settled.plan().is_empty
    assert len(settled.remote.paid_jobs()) == 2


@pytest.mark.parametrize("kind", ["drop", "cut", "malformed"])
@pytest.mark.parametrize("write", ["an upload", "the deployment"])
def test_other_lost_answers(workshop: Workshop, write: str, kind: str) -> None:
    """An upload or a deployment whose answer was lost is there once in the end."""
    workshop.remote.fault(kind, times=2, when="after", **WRITES[write])
    workshop.applied()
    quick = Stranger(workshop, "aoai-sweden")
    quick.assert_paid_once()
    quick.assert_settled()


# What happens to the first submission, and how many it takes in all: one if it got through.
LOST: dict[str, tuple[int, dict[str, Any]]] = {
    "dropped before anything was written": (2, {"kind": "drop", "when": "before"}),
    "dropped after the job was made": (1, {"kind": "drop", "when": "after"}),
    "500 after the job was made": (1, {"kind": "status", "status": 500, "when": "after"}),
    "cut in the middle of the answer": (1, {"kind": "cut"}),
    "an answer that is no JSON": (1, {"kind": "malformed"}),
    "500": (2, {"kind": "status", "status": 500}),
    "503 with Retry-After": (2, {"kind": "status", "status": 503, "retry_after": 1}),
    "408": (2, {"kind": "status", "status": 408}),
    "409": (2, {"kind": "status", "status": 409}),
    "429": (2, {"kind": "status", "status": 429}),
    "429 with Retry-After": (2, {"kind": "status", "status": 429, "retry_after": 1}),
    "a slow answer": (1, {"kind": "delay", "seconds": 1.0, "when": "after"}),
}


@pytest.mark.parametrize("fault", LOST)
def test_no_clear_answer(workshop: Workshop, fault: str) -> None:
    """After an answer that leaves it open, ftctl looks for the job before it submits again."""
    submissions, action = LOST[fault]
    workshop.remote.fault(method="POST", path=JOBS, **action)
    workshop.applied()
    (job,) = workshop.remote.jobs()
    assert job.status == "succeeded"
    assert looks_before_each_submission(workshop.remote) == submissions
    assert workshop.plan().is_empty


def looks_before_each_submission(remote: Remote) -> int:
    """How many there were; none was resent by the SDK, or sent without listing the jobs first."""
    submissions = 0
    has_looked = False
    for line in remote.log():
        if line["path"].endswith("/fine_tuning/jobs"):
            if line["method"] == "POST":
                assert line["retry"] == "0"
                assert has_looked, "submitted twice without a look between"
                submissions += 1
            has_looked = line["method"] == "GET"
    return submissions


def test_the_service_keeps_failing(workshop: Workshop) -> None:
    """When every submission is refused, apply gives up, says so, and the next one goes on."""
    workshop.remote.fault("status", times=None, method="POST", path=JOBS, status=500)
    failed = workshop.apply()
    assert failed.code == 6
    assert "finetunedmodel/support-bot: could not submit the training" in failed.said
    assert "? deployment/support-prod: blocked by finetunedmodel/support-bot" in failed.said
    assert workshop.remote.jobs() == []
    assert looks_before_each_submission(workshop.remote) > 1
    workshop.remote.clear_faults()
    workshop.applied()
    assert len(workshop.remote.jobs()) == 1


@pytest.mark.parametrize("lag", [0.3, 3.0])
def test_a_listing_that_lags(tmp_path: Path, lag: float) -> None:
    """A job that was accepted and is not listed yet is waited for, not submitted again."""
    with hurried(tmp_path / "emulator", "x1") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        remote.turn(listing_delay_seconds=lag)
        workshop.applied()
        assert len(remote.jobs()) == 1
        assert len(remote.files()) == 2


def test_a_lagging_listing_after_a_lost_answer(tmp_path: Path) -> None:
    """After a lost answer the listing delay is waited out before the search for the job."""
    with hurried(tmp_path / "emulator", "x1") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        remote.turn(listing_delay_seconds=0.4)
        remote.fault("drop", method="POST", path=JOBS, when="after")
        workshop.applied()
        assert len(remote.jobs()) == 1


def test_an_interrupt_after_a_lost_answer(tmp_path: Path) -> None:
    """Ctrl-C shortens no wait of a submission: looking too early would submit it again."""
    with hurried(tmp_path / "emulator", "x1") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        remote.turn(listing_delay_seconds=0.4)
        remote.fault("drop", method="POST", path=JOBS, when="after")
        process = workshop.begin(*APPLY)
        until(lambda: has_struck(remote))
        process.send_signal(signal.SIGINT)
        interrupted = ended(process)
        assert interrupted.code == 130, interrupted.said
        assert len(remote.jobs()) == 1


def test_a_kill_under_a_lagging_listing(tmp_path: Path) -> None:
    """A job that a killed apply left unlisted shows later; its twin is cancelled in time."""
    with hurried(tmp_path / "emulator", "x60", "lifelike") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        remote.turn(listing_delay_seconds=150)  # half of what it takes before training starts
        process = workshop.begin(*APPLY)
        until(lambda: "POST fine_tuning/jobs" in remote.writes())
        process.kill()
        assert ended(process).code < 0
        left = workshop.ftctl("apply", "--auto-approve", "--no-wait")
        assert left.code == 3, left.said
        remote.send("POST", "/emulator/clock", {"advance": "6h"})
        workshop.applied()
        assert len(remote.paid_jobs()) == 1
