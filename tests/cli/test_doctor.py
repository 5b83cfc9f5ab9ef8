"""ftctl doctor, and the doctor before a training."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from urllib.request import Request, urlopen

from inline_snapshot import snapshot

from reconciler.emulator import Server

Ftctl = Callable[..., "CompletedProcess[str]"]


def register(emulator: Server, **more: object) -> None:
    tell(emulator, "accounts", {"name": "aoai-sweden", "resourceGroup": "rg-ml", **more})


def turn(emulator: Server, **positions: object) -> None:
    tell(emulator, "switches", positions)


def tell(emulator: Server, what: str, body: object) -> None:
    url = f"{emulator.url}/emulator/{what}"
    with urlopen(Request(url, json.dumps(body).encode(), method="POST"), timeout=20):
        return


def results(done: CompletedProcess[str], beginning: str = "") -> dict[str, str]:
    """How the checks came out whose names begin like that."""
    checks = json.loads(done.stdout)["checks"]
    return {one["name"]: one["result"] for one in checks if one["name"].startswith(beginning)}


def writes(emulator: Server) -> list[str]:
    with urlopen(f"{emulator.url}/emulator/requests", timeout=20) as answer:
        log = json.load(answer)["value"]
    return [f"{one['method']} {one['status']}" for one in log if one["method"] != "GET"]


def test_in_order(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """Where all is well, the doctor says so and exits with 0."""
    done = ftctl("doctor", FTCTL_LOCAL=emulator.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "account/sweden"
    assert done.stdout.splitlines()[-1] == "16 ok."


def test_a_role_that_is_missing(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """Without the role nothing is sent, unless one insists; then the service says no."""
    at = {"FTCTL_LOCAL": emulator.url}
    roles = {"account": ["Cognitive Services OpenAI User"], "subscription": ["Reader"]}
    register(emulator, roles=roles)
    checked = ftctl("doctor", "--format", "json", **at)
    assert checked.returncode == 8
    out = json.loads(checked.stdout)
    assert out["exit_code"] == 8
    assert next(one for one in out["checks"] if one["result"] == "missing") == snapshot(
        {
            "account": "sweden",
            "name": "may upload files",
            "result": "missing",
            "detail": "",
            "remedy": 'Assign the role "Cognitive Services OpenAI Contributor" on account '
            "aoai-sweden (resource group rg-ml); it takes minutes to act.",
        }
    )
    stopped = ftctl("apply", "--auto-approve", "--format", "json", **at)
    assert stopped.returncode == 8
    ended = json.loads(stopped.stdout)
    assert (ended["outcome"], ended["exit_code"]) == ("refused", 8)
    assert [one["guard"] for one in ended["plan"]["refusals"]] == ["doctor"]
    assert writes(emulator) == []
    insisted = ftctl("apply", "--auto-approve", "--skip-doctor", **at)
    assert insisted.returncode == 8
    assert set(writes(emulator)) == {"POST 403"}


def test_a_region_that_has_it_not(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """Where the service lists it and the catalogue does not: a warning; where neither has it: 8."""
    manifest = folder / "manifests" / "support.yaml"
    text = manifest.read_text().replace("GlobalStandard", "Standard")
    manifest.write_text(text.replace("swedencentral", "eastus"))
    register(emulator, region="eastus")
    at = {"FTCTL_LOCAL": emulator.url}
    assert results(ftctl("doctor", "--format", "json", **at), "offers") == {
        "offers Standard training of gpt-4.1-2025-04-14": "warning",
        "offers gpt-4.1-2025-04-14 at Standard": "warning",
    }
    turn(emulator, training_regions="enforce")
    checked = ftctl("doctor", "--format", "json", **at)
    assert checked.returncode == 8
    assert results(checked, "offers Standard training") == {
        "offers Standard training of gpt-4.1-2025-04-14": "missing"
    }
