"""The schemas: what editors and scripts check against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cli import main
from reconciler.cli.schema import NAMES, write
from reconciler.kinds.documents import SPECS
from reconciler.reporting.formats import OUTPUTS


def test_kept_files(repository: Path, tmp_path: Path) -> None:
    """manifests/schema/ is what `ftctl schema --write manifests/schema` writes."""
    write(tmp_path)
    kept = repository / "manifests" / "schema"
    assert {one.name: one.read_text() for one in kept.iterdir()} == {
        one.name: one.read_text() for one in tmp_path.iterdir()
    }


def test_a_folder_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What keeps the schemas from being written is said in words."""
    (tmp_path / "file").write_text("")
    assert main(["schema", "--write", str(tmp_path / "file")]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "ftctl schema: the schemas cannot be written to" in said
    assert said.endswith("file: File exists.")


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    name = node.get("$ref", "").rpartition("/")[2]
    return {**schema["$defs"][name], **node} if name else node


def unknown_keys(schema: dict[str, Any], node: dict[str, Any], value: Any, at: str) -> list[str]:
    """Where a value has keys that a schema does not know, or lacks keys that it asks for."""
    node = resolved(schema, node)
    options = [resolved(schema, one) for one in node.get("anyOf", [])]
    known = {k: v for one in [node, *options] for k, v in one.get("properties", {}).items()}
    if not isinstance(value, dict) or not known:
        return []
    lacking = [f"{at}/{name} is missing" for name in node.get("required", []) if name not in value]
    strange = [f"{at}/{name} is unknown" for name in value if name not in known]
    below = [unknown_keys(schema, known[k], v, f"{at}/{k}") for k, v in value.items() if k in known]
    return [*lacking, *strange, *(one for found in below for one in found)]


def test_the_quickstart(repository: Path) -> None:
    """The schema of each kind knows every key of the quickstart."""
    documents = list(yaml.safe_load_all((repository / "manifests" / "support.yaml").read_text()))
    assert {one["kind"] for one in documents} == set(SPECS)
    for document in documents:
        file = repository / "manifests" / "schema" / f"{document['kind'].lower()}.json"
        schema = json.loads(file.read_text())
        assert unknown_keys(schema, schema, document, document["kind"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_references(name: str, repository: Path) -> None:
    """Every reference inside of a schema leads somewhere."""
    text = (repository / "manifests" / "schema" / f"{name.lower()}.json").read_text()
    schema = json.loads(text)
    names = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert names <= set(schema.get("$defs", {}))


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name it lists them; a name is found in any case; others get a hint."""
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.split() == [*SPECS, "Catalogue", *OUTPUTS]
    assert main(["schema", "deployment"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Deployment"
    assert main(["schema", "Deploymnet"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Did you mean Deployment?" in said.err
