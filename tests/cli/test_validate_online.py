"""`ftctl validate --online`: what the service has refused before, and who can be reached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from inline_snapshot import snapshot

from reconciler.emulator import Server
from tests.conftest import Ftctl


def spoil(server: Server, **action: Any) -> None:
    """Spoil the next thing of a kind."""
    match = {name: action.pop(name) for name in ("method", "path", "account") if name in action}
    body = json.dumps({"match": match, "times": action.pop("times", 1), "action": action})
    with urlopen(f"{server.url}/emulator/faults", data=body.encode(), timeout=20):
        return


def test_refused_before(folder: Path, ftctl: Ftctl, emulator: Server) -> None:
    """What the service has refused once is a warning with its place, until the data changes."""
    local = {"FTCTL_LOCAL": emulator.url, "COLUMNS": "80"}
    spoil(emulator, kind="rai_data", harms=["violence", "self_harm"])
    assert ftctl("apply", "--auto-approve", "--wait", **local).returncode == 6
    said = ftctl("validate", "--online", **local)
    date, text = refused_on(said.stdout)
    assert said.returncode == 0
    assert text.replace(date, "2026-11-20") == snapshot("""\
manifests/support.yaml:42:13  warning  FineTunedModel/support-bot
  refused on 2026-11-20: the training data failed the safety check for:
  violence, self_harm; it is not submitted again until the data or revision
  changes.
tokens: estimate: UTF-8 bytes of text / 4, 1 a role, plus 3 a message, 1 a name,
5 resources in 1 file: no mistakes, 1 warning.
1 account looked at, and 1 model looked for there.\
""")
    assert ftctl("validate", **local).stdout.endswith("no mistakes.\n")
    status = json.loads(ftctl("status", "--format", "json", **local).stdout)
    model = next(one for one in status["resources"] if one["address"].startswith("finetuned"))
    assert (model["phase"], model["harms"]) == ("refused", ["violence", "self_harm"])
    data = folder / "manifests" / "data" / "support-train.jsonl"
    data.write_text(data.read_text().replace("?", "!", 1))
    again = ftctl("validate", "--online", **local)
    assert (again.returncode, "refused" in again.stdout) == (0, False)


def refused_on(text: str) -> tuple[str, str]:
    """The date of the refusal, and what was said, without the figures of the data."""
    lines = [line for line in text.splitlines() if not line.startswith(("dataset/", "    "))]
    found = "\n".join(lines)
    return found.partition("refused on ")[2][:10], found


def test_no_access(folder: Path, ftctl: Ftctl, emulator: Server) -> None:
    """An account that does not let us look is a mistake with its place, and exit code 8."""
    spoil(emulator, kind="status", status=403, method="GET", path="/fine_tuning/jobs$", times=None)
    said = ftctl("validate", "--online", f"--local={emulator.url}", COLUMNS="80")
    assert said.returncode == 8
    assert refused_on(said.stdout)[1] == snapshot("""\
manifests/support.yaml:16:16  Account/sweden
  could not list fine-tuning jobs in account/sweden: A fault was asked for. (403
  HTTP 403).
  Assign the role "Cognitive Services OpenAI Contributor" on the account; it
  takes minutes to act.
tokens: estimate: UTF-8 bytes of text / 4, 1 a role, plus 3 a message, 1 a name,
1 mistake in 1 file.\
""")


def test_no_account(folder: Path, ftctl: Ftctl, emulator: Server) -> None:
    """An account that is not there is a mistake, too; the models are looked for elsewhere."""
    spoil(
        emulator,
        kind="status",
        status=404,
        code="ResourceNotFound",
        method="GET",
        path="/accounts/aoai-sweden$",
    )
    said = ftctl("validate", "--online", f"--local={emulator.url}", COLUMNS="80")
    assert said.returncode == 1
    assert refused_on(said.stdout)[1] == snapshot("""\
manifests/support.yaml:16:16  Account/sweden
  no account aoai-sweden in resource group rg-ml.
  Correct its name, resource group or subscription; ftctl never creates
  accounts.
tokens: estimate: UTF-8 bytes of text / 4, 1 a role, plus 3 a message, 1 a name,
1 mistake in 1 file.\
""")


def test_nobody_answers(folder: Path, ftctl: Ftctl) -> None:
    """Where nobody answers at all, the error is that of every other command."""
    said = ftctl("validate", "--online", "--local=http://127.0.0.1:9")
    assert said.returncode == 1
    assert "no emulator answers at http://127.0.0.1:9" in said.stderr


def test_local_alone(folder: Path, ftctl: Ftctl) -> None:
    """Without --online nothing is looked at, so that it makes no sense to say where."""
    said = ftctl("validate", "--local")
    assert said.returncode == 1
    assert "only --online looks; pass both" in " ".join(said.stderr.split())
