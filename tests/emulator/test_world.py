"""The world's memory and time: restarts, kills, several processes, clocks, accounts, the log."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from reconciler.emulator import serve
from reconciler.emulator.pace import PACES
from reconciler.emulator.switches import SWITCHES
from tests.emulator.conftest import LEGACY, Wire, chats

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
    + chats()
    + b"\r\n--x--\r\n"
)
KIND = {"Content-Type": "multipart/form-data; boundary=x", "api-key": "k"}


@contextmanager
def process(data: Path, *options: str) -> Iterator[tuple[Wire, "subprocess.Popen[str]"]]:
    """The emulator as a program of its own."""
    command = [sys.executable, "-m", "reconciler.emulator", "--port", "0", "--data", str(data)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:")
            yield Wire(line.split()[-1]), child
        finally:
            child.kill()


def send_file(wire: Wire, account: str = "emulator") -> str:
    answer = wire.send("POST", f"/{account}/openai/files?api-version={LEGACY}", FORM, KIND)
    return str(answer.json["id"])


def listed(wire: Wire) -> list[str]:
    return [file["id"] for file in wire.get("/emulator/openai/v1/files").json["data"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_exit(tmp_path: Path, number: signal.Signals) -> None:
    """Interrupted or terminated, the program leaves with 0."""
    with process(tmp_path) as (_, child):
        child.send_signal(number)
        assert child.wait(5) == 0


def test_a_kill_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Killed in the middle of its work and started again, it has everything it had answered."""
    acknowledged: list[str] = []
    with process(tmp_path) as (wire, child):

        def work() -> None:
            try:
                while True:
                    acknowledged.append(send_file(wire))
            except (OSError, ValueError, KeyError):
                return

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        while len(acknowledged) < 20:
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        for worker in workers:
            worker.join()
    with process(tmp_path) as (wire, _):
        assert set(acknowledged) <= set(listed(wire))
        content = wire.get(f"/emulator/openai/v1/files/{acknowledged[-1]}/content").raw
        assert content == chats()


def test_two_processes_agree(tmp_path: Path) -> None:
    """Two processes on one folder see each other's work at once, and share limits and ids."""
    with process(tmp_path) as (one, _), process(tmp_path) as (two, _):
        ids = [send_file(wire) for wire in (one, two) * 5]
        assert len(set(ids)) == 10
        assert listed(one) == listed(two) == ids[::-1]
        two.turn(poll_after_seconds=2)
        switches = one.get("/emulator/switches").json["value"]
        assert next(s["value"] for s in switches if s["name"] == "poll_after_seconds") == 2


def test_two_processes_keep_the_limits(tmp_path: Path) -> None:
    """Twenty-four creations at once through two processes leave exactly twenty queued jobs."""
    with (
        process(tmp_path, "--clock", "manual") as (one, _),
        process(tmp_path, "--clock", "manual") as (two, _),
    ):
        body = {"model": "gpt-4.1", "training_file": send_file(one)}
        one.advance("1s")
        statuses: list[int] = []

        def create(wire: Wire) -> None:
            answers = [wire.post("/emulator/openai/v1/fine_tuning/jobs", body) for _ in range(6)]
            statuses.extend(answer.status for answer in answers)

        threads = [threading.Thread(target=create, args=(wire,)) for wire in (one, two) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] * 20 + [429] * 4


def now(wire: Wire) -> float:
    return float(wire.get("/emulator/clock").json["unix"])


def test_a_manual_clock_stands(tmp_path: Path) -> None:
    """A manual clock moves when it is told to, and is remembered."""
    with serve(tmp_path, clock="manual") as server:
        wire = Wire(server.url)
        before = now(wire)
        time.sleep(0.05)
        assert now(wire) == before
        wire.advance("1h30m")
        assert now(wire) == before + 5400
    with serve(tmp_path, clock="manual") as server:
        assert now(Wire(server.url)) == before + 5400
        Wire(server.url).post("/emulator/clock", {"set": "2026-11-22T12:00:00Z"})
        assert Wire(server.url).get("/emulator/clock").json["now"] == "2026-11-22T12:00:00.000Z"


def test_a_scaled_clock_runs(tmp_path: Path) -> None:
    """A clock at x1000 runs a thousand times as fast, also through a restart."""
    with serve(tmp_path, clock="x1000") as server:
        before, real = now(Wire(server.url)), time.time()
    with serve(tmp_path, clock="x1000") as server:
        time.sleep(0.1)
        passed, spent = now(Wire(server.url)) - before, time.time() - real
        assert 100 <= passed <= spent * 1000 + 100


def test_a_real_clock_can_be_moved(tmp_path: Path) -> None:
    """The real clock can be advanced, and stays ahead after a restart."""
    with serve(tmp_path) as server:
        assert abs(now(Wire(server.url)) - time.time()) < 5
        Wire(server.url).advance("16d")
    with serve(tmp_path) as server:
        assert abs(now(Wire(server.url)) - time.time() - 16 * 86400) < 5


@pytest.mark.parametrize(
    "body",
    [{}, [], {"advance": "soon"}, {"advance": "1h", "set": "x"}, {"set": "x"}, {"advance": "9e9d"}],
)
def test_clock_orders_that_make_no_sense(wire: Wire, body: Any) -> None:
    """An order to the clock that cannot be understood is refused, and nothing moves."""
    before = now(wire)
    assert wire.post("/emulator/clock", body).status == 400
    assert now(wire) == before


def test_bad_settings_are_said(tmp_path: Path) -> None:
    """A clock or pace that does not exist is an error at the start."""
    with pytest.raises(ValueError, match="clock must be"):
        serve(tmp_path, clock="fast")
    with pytest.raises(ValueError, match="pace must be"):
        serve(tmp_path, pace="eager")


def test_the_lifelike_pace(tmp_path: Path) -> None:
    """At the lifelike pace a job queues for minutes and trains for half an hour at least."""
    with serve(tmp_path, clock="manual", pace="lifelike") as server:
        wire = Wire(server.url)
        file = send_file(wire)
        wire.advance("20s")
        body = {"model": "gpt-4.1", "training_file": file}
        job = wire.post("/emulator/openai/v1/fine_tuning/jobs", body).json["id"]
        seen = []
        for _ in range(10):
            found = wire.get(f"/emulator/openai/v1/fine_tuning/jobs/{job}").json
            seen.append(found["status"])
            wire.advance("4m")
        assert seen == ["pending"] * 2 + ["running"] * 7 + ["succeeded"]


def test_the_same_seed_gives_the_same_ids(tmp_path: Path) -> None:
    """Ids depend on the seed and on what happened before, and on nothing else."""
    ids = []
    for number, seed in enumerate([1, 1, 2]):
        with serve(tmp_path / str(number), clock="manual", seed=seed) as server:
            ids.append(send_file(Wire(server.url)))
    assert ids[0] == ids[1] != ids[2]


def test_the_default_account(tmp_path: Path) -> None:
    """As long as nobody registers one, there is an account called emulator."""
    with serve(tmp_path) as server:
        wire = Wire(server.url)
        (account,) = wire.get("/emulator/accounts").json["value"]
        assert (account["name"], account["resourceGroup"]) == ("emulator", "emulator")
        wire.register("mine")
        assert [a["name"] for a in wire.get("/emulator/accounts").json["value"]] == ["mine"]


def test_accounts_from_manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Account documents of YAML files become accounts; variables are read or kept readable."""
    monkeypatch.setenv("FTCTL_TEST_GROUP", "from-env")
    monkeypatch.delenv("FTCTL_TEST_SUB", raising=False)
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "kind: Project\n---\nkind: Account\nmetadata: {name: sweden}\nspec:\n"
        "  accountName: aoai-sweden\n  subscriptionId: ${FTCTL_TEST_SUB}\n"
        "  resourceGroup: ${FTCTL_TEST_GROUP}\n  region: ${FTCTL_TEST_REGION:-eastus2}\n"
    )
    with serve(tmp_path / "world", accounts=folder) as server:
        (account,) = Wire(server.url).get("/emulator/accounts").json["value"]
    assert account["name"] == "aoai-sweden"
    assert account["resourceGroup"] == "from-env"
    assert account["region"] == "eastus2"
    assert account["subscriptionId"] == "ftctl_test_sub"


@pytest.mark.parametrize("name", ["", "a", "a/b", "subscriptions", "-x", "x" * 65])
def test_account_names(wire: Wire, name: str) -> None:
    """A name that no account can have is refused."""
    assert wire.post("/emulator/accounts", {"name": name}).status == 400


def test_accounts_do_not_see_each_other(wire: Wire) -> None:
    """Files of one account are unknown to another."""
    wire.register("other")
    file = send_file(wire, "acct")
    assert wire.v1("GET", f"files/{file}").status == 200
    assert wire.get(f"/other/openai/v1/files/{file}").status == 404


def test_the_log(wire: Wire) -> None:
    """Every request but the emulator's own is logged in order, without keys or tokens."""
    wire.send("GET", "/acct/openai/v1/files?limit=1", headers={"api-key": "very-secret"})
    wire.send("GET", "/acct/openai/v1/files", headers={"Authorization": "Bearer very-secret"})
    first, second = wire.log()[-2:]
    assert (first["method"], first["path"]) == ("GET", "/acct/openai/v1/files")
    assert (first["query"], first["status"], first["account"]) == ({"limit": "1"}, 200, "acct")
    assert second["seq"] > first["seq"]
    assert [line["seq"] for line in wire.log(after=first["seq"])] == [second["seq"]]
    assert "very-secret" not in str(wire.log())


def test_switches(wire: Wire) -> None:
    """Switches are listed with their meaning; unknown names and values are refused."""
    found = wire.get("/emulator/switches").json["value"]
    assert all(each["value"] == each["default"] and each["meaning"] for each in found)
    for wrong in ({"none": 1}, {"metadata": "lost"}, {"not_ready_seconds": "long"}, []):
        assert wire.post("/emulator/switches", wrong).status == 400


def test_the_readme_lists_every_switch_and_pace() -> None:
    """The README's tables of switches and paces say what the code says."""
    text = (Path(__file__).parents[2] / "reconciler" / "emulator" / "README.md").read_text()
    for switch in SWITCHES:
        assert f"| `{switch.name}` | `{switch.default}` |" in text
        assert switch.meaning in text
    brisk, lifelike = (asdict(PACES[name]) for name in ("brisk", "lifelike"))
    for name, seconds in brisk.items():
        assert f"| {name.replace('_', ' ')} | {seconds:g} | {lifelike[name]:g} |" in text


def test_it_knows_nothing_of_the_rest() -> None:
    """Importing the emulator imports no SDK and no other part of the package."""
    program = (
        "import sys, reconciler.emulator; "
        "print([n for n in sys.modules if n.split('.')[0] in "
        "{'openai', 'azure', 'pydantic', 'rich', 'deepdiff', 'msgspec'} or "
        "n.startswith('reconciler.') and not n.startswith('reconciler.emulator')])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert found.stdout == b"[]\n"
