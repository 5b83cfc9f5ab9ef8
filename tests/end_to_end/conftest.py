"""An emulator in a hurry, a hand on its controls, and folders that are each other's strangers.

Nothing is patched: the command line runs in processes of its own and talks HTTP to the emulator;
what it did is read from the emulator's log of requests, and from the service by the openai client.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from openai import OpenAI
from openai.types.fine_tuning import FineTuningJob

from reconciler.emulator import serve
from tests.commandline import run_here
from tests.conftest import REPOSITORY

# How many times faster than the machine's its clock runs. Training takes 3 s of its time, and a
# twin is free to cancel during the first of them.
HURRY = "x8"
QUICKSTART = REPOSITORY / "manifests"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ACCOUNT = "aoai-sweden"
JOBS = "/fine_tuning/jobs$"
DEPLOYMENT = "/deployments/[^/]+$"
APPLY = ("apply", "--auto-approve", "--wait")
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Remote:
    """What a test may do to an emulator, and ask of it, besides running the command line."""

    url: str

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """One signed-in request; the JSON of its answer, or None where there is no body."""
        request = Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer t", "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=20) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def fault(self, kind: str, *, times: int | None = 1, after: int = 0, **more: Any) -> None:
        """Spoil something: `method` and `path` say which request, the rest says how."""
        match = {name: more.pop(name) for name in ("method", "path") if name in more}
        fault = {"match": match, "times": times, "after": after, "action": {"kind": kind, **more}}
        self.send("POST", "/emulator/faults", fault)

    def clear_faults(self) -> None:
        self.send("DELETE", "/emulator/faults")

    def turn(self, **switches: Any) -> None:
        self.send("POST", "/emulator/switches", switches)

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """Every request to the service after a number, oldest first."""
        return list(self.send("GET", f"/emulator/requests?after={after}")["value"])

    def mark(self) -> int:
        """The number of the last request, to ask only for later ones."""
        lines = self.log()
        return int(lines[-1]["seq"]) if lines else 0

    def writes(self, after: int = 0) -> list[str]:
        """The requests that change something on the service, as `METHOD last/two/parts`."""
        return [
            f"{line['method']} {_what(line['path'])}" for line in self.log(after) if is_write(line)
        ]

    def client(self, account: str = ACCOUNT) -> OpenAI:
        return OpenAI(base_url=f"{self.url}/{account}/openai/v1/", api_key="k", max_retries=0)

    def jobs(self, account: str = ACCOUNT) -> list[FineTuningJob]:
        """Every job of an account, oldest first."""
        with self.client(account) as client:
            return list(client.fine_tuning.jobs.list(limit=100))[::-1]

    def paid_jobs(self, account: str = ACCOUNT) -> list[FineTuningJob]:
        """The jobs that somebody pays for: those that trained, if only for a moment."""
        return [job for job in self.jobs(account) if _is_paid(job)]

    def files(self, account: str = ACCOUNT) -> list[str]:
        """The names of the uploads, oldest first."""
        with self.client(account) as client:
            return [file.filename for file in client.files.list(purpose="fine-tune")][::-1]

    def idle_files(self, account: str = ACCOUNT) -> list[str]:
        """The names of the uploads that no job was made from."""
        used = {
            file for job in self.jobs(account) for file in (job.training_file, job.validation_file)
        }
        with self.client(account) as client:
            uploads = client.files.list(purpose="fine-tune")
            return [file.filename for file in uploads if file.id not in used]

    def arm(self, method: str, path: str, body: Any = None, account: str = ACCOUNT) -> Any:
        """The control plane of an account in resource group rg-ml."""
        resource = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ml"
            f"/providers/Microsoft.CognitiveServices/accounts/{account}"
        )
        return self.send(method, f"{resource}{path}?api-version=2025-09-01", body)

    def deployments(self, account: str = ACCOUNT) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.arm("GET", "/deployments", None, account)["value"]}


def is_write(line: dict[str, Any]) -> bool:
    """Whether a request of the log changes something on the service; a call does not."""
    return (
        line["method"] in WRITING
        and line["surface"] != "control"
        and not line["path"].endswith("completions")
    )


def _is_paid(job: FineTuningJob) -> bool:
    return job.status in {"running", "paused", "succeeded"} or bool(job.trained_tokens)


def _what(path: str) -> str:
    *_, kind, name = path.rsplit("/", 2)
    return f"{kind}/{name}"


@dataclass(frozen=True)
class Planned:
    """What `ftctl plan --detailed-exitcode --format json` said."""

    code: int
    out: dict[str, Any]

    @property
    def verbs(self) -> dict[str, str]:
        """What happens to each resource, now or later; what stays is left out."""
        now = {one["address"]: one["verb"] for one in self.out["actions"]}
        later = {one["address"]: one["then"] for one in self.out["deferred"]}
        return {address: verb for address, verb in (now | later).items() if verb != "keep"}

    @property
    def codes(self) -> dict[str, str]:
        everything = (*self.out["actions"], *self.out["deferred"])
        return {one["address"]: one["reason_code"] for one in everything}

    @property
    def notices(self) -> list[tuple[str, str]]:
        """All but what retires when: that changes with the day on which the tests run."""
        said = [(one["address"], one["message"]) for one in self.out["notices"]]
        return [(address, text) for address, text in said if "Model retirements" not in text]

    @property
    def is_empty(self) -> bool:
        """Exit code 0, and every resource is there as wanted."""
        return (
            self.code == 0
            and not self.out["has_changes"]
            and not self.out["deferred"]
            and all(one["reason_code"] == "as_wanted" for one in self.out["actions"])
        )


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and its words without the breaks of lines."""

    code: int
    out: str
    said: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def begin(*words: str, cwd: Path, **environ: str) -> subprocess.Popen[str]:
    """The command line in a process of its own, without a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], timeout: float = 60) -> Ended:
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        process.kill()
    return Ended(process.returncode, out, " ".join((out + err).split()))


@dataclass(frozen=True)
class Workshop:
    """A folder with manifests, an emulator, and the command line between them."""

    folder: Path
    remote: Remote

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return begin(*words, f"--local={self.remote.url}", cwd=self.folder)

    def ftctl(self, *words: str) -> Ended:
        """In this process, which is quick; beside others, in a process of its own."""
        if threading.current_thread() is not threading.main_thread():
            return ended(self.begin(*words))
        done = run_here(
            *words, f"--local={self.remote.url}", cwd=self.folder, environ={"COLUMNS": "100"}
        )
        return Ended(done.returncode, done.stdout, " ".join((done.stdout + done.stderr).split()))

    def apply(self, *words: str) -> Ended:
        return self.ftctl(*APPLY, *words)

    def applied(self) -> None:
        """Apply, which has to go well."""
        done = self.apply()
        assert done.code == 0, done.said

    def plan(self) -> Planned:
        done = self.ftctl("plan", "--format", "json", "--detailed-exitcode")
        assert done.code in {0, 2, 4}, done.said
        return Planned(done.code, done.json)

    @property
    def manifest(self) -> Path:
        return self.folder / "manifests" / "support.yaml"

    @property
    def training(self) -> Path:
        return self.folder / "manifests" / "data" / "support-train.jsonl"

    @property
    def validation(self) -> Path:
        return self.folder / "manifests" / "data" / "support-valid.jsonl"

    def edit(self, before: str, after: str) -> None:
        """Put one text in the place of another that stands in the manifest once."""
        text = self.manifest.read_text()
        assert text.count(before) == 1, f"{before!r} stands there {text.count(before)} times"
        self.manifest.write_text(text.replace(before, after))


@contextmanager
def hurried(data: Path, clock: str = HURRY, pace: str = "brisk") -> Iterator[Remote]:
    """An emulator whose long-running writes are polled as fast as its clock runs."""
    with serve(data, clock=clock, pace=pace) as server:
        remote = Remote(server.url)
        remote.turn(poll_after_seconds=0.1)
        yield remote


def quickstart(folder: Path, remote: Remote) -> Workshop:
    """A fresh copy of it."""
    shutil.copytree(QUICKSTART, folder / "manifests")
    return Workshop(folder, remote)


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    """An emulator in a hurry, with nothing on it."""
    with hurried(tmp_path / "emulator") as remote:
        yield remote


@pytest.fixture
def workshop(tmp_path: Path, remote: Remote) -> Workshop:
    """The quickstart, never applied."""
    return quickstart(tmp_path / "work", remote)


@pytest.fixture
def settled(workshop: Workshop) -> Workshop:
    """The quickstart, applied."""
    workshop.applied()
    return workshop


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that is going to happen."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
