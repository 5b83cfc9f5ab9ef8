"""Command lines that make no sense, and the ones that look as if."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler import __version__
from reconciler.cli import main
from reconciler.cli.durations import read_duration
from reconciler.cli.exits import ExitCode
from reconciler.cli.parser import EMBEDDED, parse
from reconciler.cli.running import UsageError
from tests.conftest import Ftctl

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("plan", "--nonsense"),
        ("plan", "--format", "xml"),
        ("schema", "--local"),
        ("emulator", "--port", "many"),
        ("completion",),
        ("completion", "fish"),
    ],
    ids=" ".join,
)
def test_usage_errors(words: tuple[str, ...], capsys: Capture) -> None:
    """A usage error exits with 1, not 2, with the usage on stderr and nothing on stdout."""
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (1, "")
    assert said.err.startswith("usage: ftctl")
    assert "--help" in said.err


def test_a_usage_error(ftctl: Ftctl) -> None:
    """It says what is wrong, what may have been meant, and where help is."""
    assert ftctl("plan", "--fromat", "json").stderr.splitlines()[-2:] == [
        "ftctl plan: unrecognized arguments: --fromat. Did you mean --format?",
        "See `ftctl plan --help`.",
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["pln"], "ftctl: argument COMMAND: there is no pln. Did you mean plan?"),
        (["nonsense"], "ftctl: argument COMMAND: there is no nonsense."),
        (
            ["plan", "--format", "xml"],
            "ftctl plan: argument --format: there is no xml. Known: text, json.",
        ),
        (["plan", "--nonsense"], "ftctl plan: unrecognized arguments: --nonsense"),
        (["dataset", "chek"], "ftctl dataset: argument SUBCOMMAND: there is no chek. Did you"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_what_was_meant(words: list[str], error: str, capsys: Capture) -> None:
    """The nearest choice is named, all of a few, and the command at hand."""
    with pytest.raises(SystemExit):
        main(words)
    assert error in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("words", "local", "paths"),
    [
        (["plan", "--local", "manifests"], EMBEDDED, ["manifests"]),
        (["plan", "manifests", "--local"], EMBEDDED, ["manifests"]),
        (["plan", "--local=http://127.0.0.1:1", "m"], "http://127.0.0.1:1", ["m"]),
        (["plan", "--local", "http://127.0.0.1:1", "m"], "http://127.0.0.1:1", ["m"]),
        (["plan", "m"], None, ["m"]),
        (["plan", "--", "--local"], None, ["--local"]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_local(words: list[str], local: str | None, paths: list[str]) -> None:
    """`--local` alone never swallows the path after it."""
    options = parse(words)
    assert (options.local, options.paths) == (local, paths)


@pytest.mark.parametrize("url", ["http://example.org", "https://aoai.openai.azure.com"])
def test_local_elsewhere(url: str, folder: Path, capsys: Capture) -> None:
    """`--local` talks to this machine only."""
    assert main(["plan", f"--local={url}"]) == 1
    said = capsys.readouterr()
    assert f"{url} is not on this machine" in " ".join(said.err.split())
    assert said.out == ""


@pytest.mark.parametrize("url", ["nonsense", "127.0.0.1:8900", "http://", "ftp://127.0.0.1"])
def test_local_without_a_url(url: str, folder: Path, capsys: Capture) -> None:
    """What is no URL is told what one looks like."""
    assert main(["plan", f"--local={url}"]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"{url} is no URL of an emulator, such as http://127.0.0.1:8900." in said


def test_local_of_nothing(folder: Path, capsys: Capture) -> None:
    """`--local=$URL` with URL empty does not go to Azure."""
    assert main(["plan", "--local="]) == 1
    assert "--local= names no emulator" in capsys.readouterr().err


def test_a_long_usage_error(ftctl: Ftctl) -> None:
    """It keeps to the width of the terminal."""
    said = ftctl("nonsense", COLUMNS="60").stderr
    assert max(len(line) for line in said.splitlines()) <= 60


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("0s", timedelta()),
        (None, None),
    ],
)
def test_durations(text: str | None, span: timedelta | None) -> None:
    """Days, hours, minutes and seconds, the largest first."""
    assert read_duration(text) == span


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours", "30m1h", "-1h", "1.5h", "99999999999d"])
def test_no_durations(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(UsageError):
        read_duration(text)


def test_timeout(folder: Path, ftctl: Ftctl) -> None:
    """A timeout that is none is said before anything is done."""
    ran = ftctl("apply", "--local", "--auto-approve", "--timeout", "soon")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == snapshot(
        "ftctl apply: --timeout soon is not a duration; write it like 90m, 2h or 1h30m.\n"
    )


def test_no_terminal(folder: Path, ftctl: Ftctl) -> None:
    """Without a terminal to ask on, apply shows the plan, does nothing, and names the option."""
    ran = ftctl("apply", "--local")
    assert ran.returncode == 1
    assert "--auto-approve" in ran.stderr
    assert "Nothing was done." in ran.stderr
    assert "? deployment/support-prod" in ran.stdout


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "status", "destroy"])
def test_no_manifests(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Without manifests, every command says so."""
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    said = capsys.readouterr()
    assert "There is no such file or folder." in said.out + said.err


def test_mistakes(folder: Path, ftctl: Ftctl) -> None:
    """Mistakes stop a plan before anything is sent; they go to stderr."""
    (folder / "manifests" / "more.yaml").write_text("kind: Dataset\n")
    ran = ftctl("plan", "--local", COLUMNS="80")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == snapshot("""\
manifests/more.yaml:1:1  Dataset
  apiVersion is missing.
  Write apiVersion: ftctl/v1.
manifests/more.yaml:1:1  Dataset
  metadata is missing.
  It holds the name.
manifests/more.yaml:1:1  Dataset
  source is missing.
  Where the examples are: in a file, or behind a URL that the service reads.
3 mistakes; nothing was sent to the service.
""")


def test_version(capsys: Capture) -> None:
    """The version on one line."""
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (0, f"ftctl {__version__}\n")


def test_help(capsys: Capture) -> None:
    """The help names every exit code, and a module stands behind each command."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    text = capsys.readouterr().out
    codes = {line.split()[0] for line in text.partition("exit codes:\n")[2].splitlines()}
    assert (left.value.code, codes) == (0, {str(code.value) for code in ExitCode})
