"""What applications have to call, in each form in which they read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.cli import main
from reconciler.cli.outputs import check, write
from reconciler.cli.running import UsageError
from reconciler.planning.address import Address
from reconciler.reporting.formats import OutputsOut
from reconciler.reporting.outputs import Form, form_of, outputs_out, outputs_text
from reconciler.reporting.page import Page
from tests.planning.situations import (
    PROD,
    desired,
    observed,
    spine,
    there_deployment,
    wanted_deployment,
)

NEW = wanted_deployment(name="9-new")


def outputs() -> OutputsOut:
    """One deployment that is there, and one that is not."""
    sees = observed({PROD: there_deployment(), Address("deployment", "other"): None})
    return outputs_out(
        desired(*spine(), NEW), sees, lambda name: f"https://{name}.openai.azure.com"
    )


def told(form: Form) -> str:
    return outputs_text(outputs(), form, Page(width=80))


def test_as_text() -> None:
    """For people: what to call, where, and what answers."""
    assert told("text") == snapshot("""\
deployment/9-new  (not there yet)
deployment/prod  prod
    endpoint: https://sweden.openai.azure.com
    api-version: v1
    model: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
    account: sweden
""")


def test_as_json() -> None:
    """For programs: null where there is nothing to call."""
    assert told("json") == snapshot("""\
{
  "format_version": "1.0",
  "project": "shop",
  "deployments": {
    "9-new": null,
    "prod": {
      "deployment": "prod",
      "endpoint": "https://sweden.openai.azure.com",
      "api_version": "v1",
      "base_url": "https://sweden.openai.azure.com/openai/v1/",
      "model": "gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d",
      "version": "8c8a3a9d",
      "account": "sweden"
    }
  },
  "away": []
}
""")
    assert OutputsOut.model_validate_json(told("json")) == outputs()


def test_as_variables() -> None:
    """For shells and .env files: no variable is set for what is not there."""
    assert told("env") == snapshot("""\
# _9_NEW_DEPLOYMENT is not there yet
PROD_DEPLOYMENT=prod
PROD_ENDPOINT=https://sweden.openai.azure.com
PROD_API_VERSION=v1
PROD_BASE_URL=https://sweden.openai.azure.com/openai/v1/
PROD_MODEL=gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
PROD_ACCOUNT=sweden
""")


def test_as_yaml() -> None:
    """The same as JSON has it."""
    assert told("yaml") == snapshot("""\
format_version: '1.0'
project: shop
deployments:
  9-new: null
  prod:
    deployment: prod
    endpoint: https://sweden.openai.azure.com
    api_version: v1
    base_url: https://sweden.openai.azure.com/openai/v1/
    model: gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d
    version: 8c8a3a9d
    account: sweden
away: []
""")


def test_no_deployment() -> None:
    """Without any deployment, a person is told so and programs get an empty mapping."""
    nothing = OutputsOut(project="shop", deployments={}, away=[])
    assert outputs_text(nothing, "text", Page()) == "No manifest wants a deployment.\n"
    assert outputs_text(nothing, "env", Page()) == ""


@pytest.mark.parametrize(
    ("file", "form"),
    [
        *(("a.json", "json"), ("a.env", "env"), (".env", "env"), ("a.yml", "yaml")),
        *((".env.production", "env"), (".env.json", "json")),
    ],
)
def test_the_form_of_a_file(file: str, form: Form) -> None:
    """How a file ends says in which form it is written."""
    assert form_of(Path(file)) == form


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was there is replaced at once; nothing else is left in the folder."""
    file = tmp_path / "deployments.json"
    write(file, "old\n")
    write(file, "new\n")
    assert [one.name for one in tmp_path.iterdir()] == ["deployments.json"]
    assert file.read_text() == "new\n"
    before = file.stat().st_mtime_ns
    write(file, "new\n")
    assert file.stat().st_mtime_ns == before


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """What is in the way is named."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written to .*taken"):
        write(tmp_path / "taken" / "x.json", "{}")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Folders on the way to the file are made, when it is written."""
    file = tmp_path / "build" / "eu" / "deployments.json"
    check(file)
    assert not file.parent.exists()
    write(file, "{}")
    assert file.read_text() == "{}"


IN_THE_WAY = {
    "a folder": ("folder", "that is a folder. Name another file"),
    "the root": ("/", "that is a folder. Name another file"),
    "a file for a folder": ("file/x.json", "file is a file. Name another file"),
    "a form that nobody knows": ("out.txt", "ends in .json, .env, .yaml or .yml. Name another"),
    "no form at all": ("out", "ends in .json, .env, .yaml or .yml. Name another"),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_a_file_that_could_not_be_written(tmp_path: Path, case: str) -> None:
    """It is found before anything is done."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    name, why = IN_THE_WAY[case]
    with pytest.raises(UsageError, match=re.escape(why)):
        check(tmp_path / name)


def test_nothing_is_asked_for_such_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ftctl outputs` finds it as early, and names its own option."""
    (tmp_path / "file").write_text("")
    code = main(["outputs", "--out", str(tmp_path / "file" / "x.json")])
    said = " ".join(capsys.readouterr().err.split())
    assert code == 1
    assert said.endswith("file is a file. Name another file with --out. Nothing was done.")


def test_a_form_that_is_asked_for(tmp_path: Path) -> None:
    """It needs no ending that says so."""
    check(tmp_path / "out.txt", is_form_given=True)
    check(tmp_path / ".env.production")
