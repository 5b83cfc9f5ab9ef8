"""`ftctl idle` and `ftctl wake`, on an emulator whose clock stands still until it is moved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from inline_snapshot import snapshot

from reconciler.cli import main
from reconciler.emulator import serve
from reconciler.reporting.formats import IdleOut

QUICKSTART = Path(__file__).parents[2] / "manifests"
DEPLOYMENT = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-ml/providers"
    "/Microsoft.CognitiveServices/accounts/aoai-sweden/deployments/support-prod"
)


@dataclass(frozen=True)
class Place:
    """The quickstart, applied on 2026-03-02 half a minute after ten, when it was called once."""

    folder: Path
    url: str
    ftctl: Callable[..., tuple[int, str]]

    def send(self, what: str, body: Any) -> None:
        request = Request(
            f"{self.url}{what}",
            json.dumps(body).encode(),
            {"Authorization": "Bearer t", "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=20):
            return

    def advance(self, by: str) -> None:
        self.send("/emulator/clock", {"advance": by})

    def write(self, more: str) -> None:
        """Add to the spec of the deployment."""
        manifest = self.folder / "manifests" / "support.yaml"
        text = manifest.read_text().rstrip()
        manifest.write_text(f"{text}\n  {more}\n")


@pytest.fixture
def place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Place]:
    shutil.copytree(QUICKSTART, tmp_path / "manifests")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    with serve(tmp_path / "emulator", clock="manual", pace="instant") as server:

        def ftctl(*words: str) -> tuple[int, str]:
            code = main([*words, f"--local={server.url}"])
            said = capsys.readouterr()
            return code, said.out + said.err

        here = Place(tmp_path, server.url, ftctl)
        here.send("/emulator/clock", {"set": "2026-03-02T10:00:30.500Z"})
        here.send("/emulator/switches", {"poll_after_seconds": 0.02})
        yield here


@pytest.fixture
def applied(place: Place) -> Place:
    code, said = place.ftctl("apply", "--auto-approve", "--wait")
    assert code == 0, said
    return place


def test_the_life_of_a_deployment(applied: Place) -> None:
    """Young, idle, warned of, and gone: what each day looks like."""
    applied.advance("30m")
    assert applied.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE      LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  29m 59s  0s ago     15d      $0.00    $0.00
    the service deletes it on 2026-03-17 10:30 UTC unless it is called; ftctl
    wake support-prod brings it back
Hosting: $0.00, of which $0.00 since the last calls.
""")
    applied.advance("10d30m")
    assert applied.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE  LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  10d  10d ago    4d 23h   $408.00  $408.00
    the service deletes it on 2026-03-17 11:00 UTC unless it is called; ftctl
    wake support-prod brings it back
Hosting: $408.00, of which $408.00 since the last calls.
""")
    assert applied.ftctl("plan")[1] == snapshot("""\
note: deployment/support-prod: deleted by the service in 4d 23h unless called;
    last call 10d ago; hosting since then $408.00
Nothing to do: 5 resources as wanted.
""")
    applied.advance("5d")
    assert applied.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE  LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  -    -          away     -        -
    the service deleted it, not called since 2026-03-02; ftctl wake support-prod
    brings it back, or any apply with inactivity: {then: redeploy}
Hosting: $0.00, of which $0.00 since the last calls.
""")
    assert applied.ftctl("plan")[1] == snapshot("""\
! deployment/support-prod
    the service deleted it, not called since 2026-03-02; ftctl wake support-prod
    brings it back, or any apply with inactivity: {then: redeploy}
Plan: 1 stuck. 4 resources as wanted.
""")


def test_a_later_day(applied: Place) -> None:
    """With --at, a day that is to come, if nobody calls any more."""
    applied.advance("4d30m")
    assert applied.ftctl("idle", "--at", "+10d")[1] == snapshot("""\
On 2026-03-16 10:30 UTC, if nobody calls any more:
DEPLOYMENT    AGE  LAST CALL    ENDS IN  HOSTING  SINCE CALL
support-prod  14d  13d 23h ago  1d       $571.20  $569.50
    the service deletes it on 2026-03-17 11:00 UTC unless it is called; ftctl
    wake support-prod brings it back
Hosting: $571.20, of which $569.50 since the last calls.
""")
    assert applied.ftctl("idle", "--at", "+20d")[1] == snapshot("""\
On 2026-03-26 10:30 UTC, if nobody calls any more:
DEPLOYMENT    AGE  LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  15d  15d ago    gone     $612.00  $612.00
    the service deletes it on 2026-03-17 11:00 UTC unless it is called; ftctl
    wake support-prod brings it back
Hosting: $612.00, of which $612.00 since the last calls.
""")
    assert applied.ftctl("idle", "--at", "2026-03-09")[1].splitlines()[0] == snapshot(
        "On 2026-03-09 00:00 UTC, if nobody calls any more:"
    )


@pytest.mark.parametrize("moment", ["10d", "+", "+soon", "2026-02-01", "tomorrow"])
def test_no_moment(place: Place, moment: str) -> None:
    """A moment has to be one, and to come."""
    code, said = place.ftctl("idle", "--at", moment)
    assert code == 1
    assert f"--at {moment}" in said


def test_json(applied: Place) -> None:
    """The same for programs."""
    applied.advance("4d30m")
    code, said = applied.ftctl("idle", "--format", "json", "--at", "+1d")
    out = IdleOut.model_validate_json(said)
    assert code == 0
    assert [one.model_dump(exclude={"outlook"}) for one in out.deployments] == snapshot(
        [
            {
                "address": "deployment/support-prod",
                "account": "sweden",
                "is_wanted": True,
                "is_ours": True,
                "presence": "there",
                "created_at": "2026-03-02T10:00:30.500000+00:00",
                "last_call": "2026-03-02T11:00:00+00:00",
                "last_refused_call": None,
                "ends_at": "2026-03-17T11:00:00+00:00",
                "hosting": 204.0,
                "hosting_since_call": 202.3,
            }
        ]
    )


def test_without_the_role(applied: Place) -> None:
    """Who may not read the metrics sees what is unknown, and which role is missing."""
    refusal = {"kind": "status", "status": 403, "code": "AuthorizationFailed"}
    fault = {"match": {"method": "GET", "path": "Insights"}, "times": None, "action": refusal}
    applied.send("/emulator/faults", fault)
    applied.advance("11d30m")
    assert applied.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE  LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  11d  unknown    -        $448.80  unknown
    when the service deletes it is not known: nobody here may read the metrics
    of account/sweden (assign the role "Monitoring Reader" on the account)
Hosting: $448.80, of which at least $0.00 since the last calls.
""")
    assert applied.ftctl("plan")[1] == snapshot("""\
note: deployment/support-prod: when it was called last is not known: nobody here
    may read the metrics of account/sweden (assign the role "Monitoring Reader"
    on the account); it stays until 2026-03-17 at least
Nothing to do: 5 resources as wanted.
""")
    code, said = applied.ftctl("idle", "--format", "json")
    assert code == 0
    assert json.loads(said)["deployments"][0]["ends_at"] is None


def test_hibernate_and_wake(place: Place) -> None:
    """Put to sleep by an apply, asleep in every later one, and back when it is asked for."""
    place.write("inactivity: {hibernateAfter: 3d}")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    place.advance("3d2h")
    assert place.ftctl("plan")[1] == snapshot("""\
- deployment/support-prod
    delete: nobody called it for 3d 1h; saves $1,224.00 in 30 days
    way back: ftctl wake support-prod; the model stays
Plan: 1 to delete. 4 resources as wanted.
""")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    place.advance("30d")
    assert place.ftctl("plan", "--detailed-exitcode") == snapshot(
        (0, "Nothing to do: 4 resources as wanted, 1 away.\n")
    )
    assert place.ftctl("status")[1].splitlines()[-2:] == snapshot(
        [
            "    it sleeps, not called since 2026-03-02; ftctl wake support-prod brings it",
            "    back",
        ]
    )
    assert place.ftctl("wake", "support-prod", "--auto-approve") == snapshot(
        (
            0,
            """\
+ deployment/support-prod
    create: not on account/sweden; asked for with ftctl wake; 50,000 tokens a
    minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/support-prod: GlobalStandard may process prompts and answers in
    any Azure region; data at rest stays in swedencentral
Plan: 1 to create.
Hosting: $1,224.00 in 30 days.
deployment/support-prod: create ...
deployment/support-prod: created (0s)
Settled: 1 done, 1 resource as wanted.
""",
        )
    )
    assert place.ftctl("plan", "--detailed-exitcode") == snapshot(
        (0, "Nothing to do: 5 resources as wanted.\n")
    )
    assert place.ftctl("wake", "support-prod", "--auto-approve") == snapshot(
        (
            0,
            """\
note: deployment/support-prod: it is there, so there is nothing to wake; `ftctl
    plan` says what else is to be done
Nothing to do.
""",
        )
    )
    place.advance("3d2h")
    assert place.ftctl("plan")[1].startswith("- deployment/support-prod")
    place.write("protect: true")
    assert place.ftctl("wake", "support-prod", "--auto-approve") == snapshot(
        (
            0,
            """\
note: deployment/support-prod: it is there, so there is nothing to wake; `ftctl
    plan` says what else is to be done
Nothing to do.
""",
        )
    )
    assert "protect: false -> true" in place.ftctl("plan")[1]


def test_outputs(place: Place) -> None:
    """Applications are told of one that is away; the file follows each command that changes it."""
    manifest = place.folder / "manifests" / "support.yaml"
    where = "spec:\n  outputs: {file: out.env}\n  budget:"
    manifest.write_text(manifest.read_text().replace("spec:\n  budget:", where))
    place.write("inactivity: {hibernateAfter: 3d}")
    file = manifest.parent / "out.env"
    called = "SUPPORT_PROD_DEPLOYMENT=support-prod"
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    assert file.read_text().splitlines()[0] == called
    place.advance("3d2h")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    assert file.read_text() == snapshot(
        "# SUPPORT_PROD_DEPLOYMENT is away until ftctl wake support-prod\n"
    )
    assert place.ftctl("outputs") == snapshot(
        (3, "deployment/support-prod  (away until ftctl wake support-prod)\n")
    )
    assert place.ftctl("wake", "support-prod", "--auto-approve")[0] == 0
    assert file.read_text().splitlines()[0] == called
    assert place.ftctl("destroy", "--auto-approve")[0] == 0
    assert file.read_text() == snapshot("# SUPPORT_PROD_DEPLOYMENT is not there yet\n")


def test_outputs_of_what_got_through(place: Place) -> None:
    """The file tells of what was made, also where the rest was not allowed to be."""
    manifest = place.folder / "manifests" / "support.yaml"
    second = manifest.read_text().rpartition("---")[2].replace("support-prod", "support-next")
    where = "spec:\n  outputs: {file: out.json}\n  oneDeploymentPerModel: allow\n  budget:"
    text = manifest.read_text().replace("spec:\n  budget:", where).replace("2000", "5000")
    manifest.write_text(f"{text.rstrip()}\n---{second}")
    place.send(
        "/emulator/faults",
        {
            "match": {"method": "PUT", "path": "deployments/support-next"},
            "times": None,
            "action": {"kind": "status", "status": 403, "code": "AuthorizationFailed"},
        },
    )
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 8
    written = json.loads((manifest.parent / "out.json").read_text())["deployments"]
    assert written["support-prod"]["deployment"] == "support-prod"
    assert written["support-next"] is None


def test_leave_to_wake(place: Place) -> None:
    """What a refusal names as the way out can be taken."""
    place.write("inactivity: {hibernateAfter: 3d}")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    place.advance("3d2h")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    manifest = place.folder / "manifests" / "support.yaml"
    standard = manifest.read_text().replace("GlobalStandard", "ProvisionedManaged")
    manifest.write_text(standard.replace("capacity: 50", "capacity: 25"))
    code, said = place.ftctl("wake", "support-prod", "--auto-approve")
    assert (code, "Pass --allow-unknown-cost" in said) == (4, True)
    code, said = place.ftctl("wake", "support-prod", "--auto-approve", "--allow-unknown-cost")
    assert code == 0, said


def test_versions(place: Place) -> None:
    """A version that drains is hosted as well, and has a row of its own."""
    place.write("update: versioned\n  drain: 10d")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    manifest = place.folder / "manifests" / "support.yaml"
    manifest.write_text(manifest.read_text().replace("seed: 105", "seed: 106"))
    for _look in range(2):
        assert place.ftctl("apply", "--auto-approve", "--no-wait")[0] == 3
        place.advance("1d")
    place.advance("30m")
    assert place.ftctl("idle") == snapshot(
        (
            0,
            """\
DEPLOYMENT             AGE  LAST CALL   ENDS IN  HOSTING  SINCE CALL
support-prod           2d   1d 23h ago  13d      $81.60   $79.90
    the service deletes it on 2026-03-17 11:00 UTC unless it is called; ftctl
    wake support-prod brings it back
support-prod-7f457775  2d   1d 23h ago  7d 23h   $81.60   $79.90
    another version of support-prod; an apply from 2026-03-12 10:00 UTC on
    deletes it
Hosting: $163.20, of which $159.80 since the last calls.
""",
        )
    )


def test_wake_what_nobody_wants(place: Place) -> None:
    """Only what a manifest defines can be woken."""
    code, said = place.ftctl("wake", "support-prd", "--auto-approve")
    assert code == 1
    assert "Did you mean deployment/support-prod?" in " ".join(said.split())


def test_wake_before_there_is_a_model(place: Place) -> None:
    """What only an apply can bring about is said, and is no success."""
    code, said = place.ftctl("wake", "support-prod", "--auto-approve")
    assert code == 1
    assert said == snapshot("""\
ftctl wake: deployment/support-prod waits for finetunedmodel/support-bot. `ftctl
    plan` says what that takes. Nothing was done.
""")


def test_keep_alive(place: Place) -> None:
    """The plan shows the call, and after it there is nothing to do."""
    place.write("inactivity: {then: keepAlive}")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    place.advance("13d2h")
    assert place.ftctl("apply", "--auto-approve", "--wait") == snapshot(
        (
            0,
            """\
~ deployment/support-prod
    update: one short call, or the service deletes it in 1d 22h
    way back: not needed: it is only called
Plan: 1 to update. 4 resources as wanted.
Hosting: $1,224.00 in 30 days.
deployment/support-prod: update ...
deployment/support-prod: one short call
deployment/support-prod: updated (0s)
Settled: 1 done, 5 resources as wanted.
""",
        )
    )
    place.advance("5d")
    assert place.ftctl("plan", "--detailed-exitcode")[0] == 0


def test_a_change_of_what_is_kept_alive(place: Place) -> None:
    """A change of settings is no call: where one is due, the plan says so, and both are done."""
    place.write("inactivity: {then: keepAlive}")
    assert place.ftctl("apply", "--auto-approve", "--wait")[0] == 0
    place.advance("13d2h")
    place.write("tags: {team: desk}")
    assert place.ftctl("apply", "--auto-approve", "--wait") == snapshot(
        (
            0,
            """\
~ deployment/support-prod
    update: its settings differ from the manifest; then one short call, or the
    service deletes it in 1d 22h
    tags.team: (none) -> desk
    way back: apply the earlier manifest
Plan: 1 to update. 4 resources as wanted.
Hosting: $1,224.00 in 30 days.
deployment/support-prod: update ...
deployment/support-prod: updated (0s)
deployment/support-prod: update ...
deployment/support-prod: one short call
deployment/support-prod: updated (0s)
Settled: 2 done, 5 resources as wanted.
""",
        )
    )
    assert place.ftctl("plan", "--detailed-exitcode")[0] == 0


def test_before_the_first_apply(place: Place) -> None:
    """Nothing idles yet, and what comes first is said."""
    assert place.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE  LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  -    -          away     -        -
    an apply makes it once its model is there
Hosting: $0.00, of which $0.00 since the last calls.
""")


def test_what_nobody_wants_any_more(applied: Place) -> None:
    """With --all, also those that no manifest wants, and what they cost."""
    manifest = applied.folder / "manifests" / "support.yaml"
    text = manifest.read_text()
    manifest.write_text(text[: text.rindex("---")])
    applied.advance("4d30m")
    assert applied.ftctl("idle")[1] == snapshot("No manifest wants a deployment.\n")
    assert applied.ftctl("idle", "--all")[1] == snapshot("""\
DEPLOYMENT    AGE  LAST CALL   ENDS IN  HOSTING  SINCE CALL
support-prod  4d   3d 23h ago  11d      $163.20  $161.50
    no manifest wants it; the service deletes it on 2026-03-17 11:00 UTC unless
    it is called
Hosting: $163.20, of which $161.50 since the last calls.
""")


def test_paused(applied: Place) -> None:
    """What somebody has paused is not saved by a call: it says how to resume it, and what comes."""
    applied.send(f"{DEPLOYMENT}/pause?api-version=2026-03-01", {})
    applied.advance("12d")
    assert applied.ftctl("plan")[1] == snapshot("""\
! deployment/support-prod
    the service says Paused; calls are refused until somebody resumes it (POST
    .../resume, api-version 2026-03-01)
note: deployment/support-prod: the service may charge its hosting while it is
    paused, and delete it from 2026-03-17 11:00 UTC on; neither is documented
Plan: 1 stuck. 4 resources as wanted.
Hosting: $1,224.00 in 30 days.
""")
    assert applied.ftctl("status")[1] == snapshot("""\
account/sweden              ready     11d 23h
    account: aoai-sweden
dataset/support-train       ready     12d
    sweden: file-e66ed2b749b559f84cbee1d2522511c8
dataset/support-valid       ready     12d
    sweden: file-821d02f70311c449c8643b9ad6c5e9b6
finetunedmodel/support-bot  ready     12d
    model: gpt-4.1-2025-04-14.ft-90e945730da672e5cf6b57bd27c556d5-support-7f457775
    account: sweden
    version: 7f457775
    job: ftjob-90e945730da672e5cf6b57bd27c556d5
deployment/support-prod     failed    11d 23h
    Paused; calls are refused until somebody resumes it (POST .../resume,
    api-version 2026-03-01); the service may charge its hosting while it is
    paused, and delete it from 2026-03-17 11:00 UTC on; neither is documented
    deployment: support-prod
    model: gpt-4.1-2025-04-14.ft-90e945730da672e5cf6b57bd27c556d5-support-7f457775
    hosting: $1,224.00 in 30 days
Hosting: $1,224.00 in 30 days of $2,000.00 allowed.
""")
    assert applied.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE      LAST CALL    ENDS IN  HOSTING  SINCE CALL
support-prod  11d 23h  11d 23h ago  3d       $487.90  $487.90
    paused; calls are refused until somebody resumes it (POST .../resume,
    api-version 2026-03-01); the service may charge its hosting while it is
    paused, and delete it from 2026-03-17 11:00 UTC on; neither is documented;
    ftctl wake support-prod brings it back
Hosting: $487.90, of which $487.90 since the last calls.
""")


def test_what_is_not_ours(applied: Place) -> None:
    """What another project made is told of as that."""
    manifest = applied.folder / "manifests" / "support.yaml"
    text = manifest.read_text().replace("{name: trailhead-support}", "{name: other}")
    manifest.write_text(text[: text.rindex("---")])
    applied.advance("2h")
    assert applied.ftctl("idle", "--all")[1] == snapshot("""\
DEPLOYMENT    AGE     LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  1h 59m  1h ago     14d 22h  $1.70    $1.70
    not ours; the service deletes it on 2026-03-17 11:00 UTC unless it is called
Hosting: $1.70, of which $1.70 since the last calls.
""")
    (row,) = json.loads(applied.ftctl("idle", "--all", "--format", "json")[1])["deployments"]
    assert (row["is_wanted"], row["is_ours"]) == (False, False)


def test_an_unknown_price(place: Place) -> None:
    """A sum says what it leaves out."""
    manifest = place.folder / "manifests" / "support.yaml"
    sku = "sku: {name: GlobalStandard, capacity: 50}"
    unpriced = "sku: {name: ProvisionedManaged, capacity: 50}"
    manifest.write_text(manifest.read_text().replace(sku, unpriced))
    said = place.ftctl("apply", "--auto-approve", "--wait", "--allow-unknown-cost")
    assert said[0] == 0, said
    place.advance("1d")
    assert place.ftctl("idle")[1] == snapshot("""\
DEPLOYMENT    AGE      LAST CALL  ENDS IN  HOSTING  SINCE CALL
support-prod  23h 59m  23h ago    14d      unknown  unknown
    the service deletes it on 2026-03-17 11:00 UTC unless it is called; ftctl
    wake support-prod brings it back
Hosting: $0.00, of which $0.00 since the last calls, and more of unknown price.
""")
