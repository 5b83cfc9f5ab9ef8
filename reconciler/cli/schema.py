"""ftctl schema: what editors and scripts check against."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from reconciler.cli.exits import ExitCode
from reconciler.cli.running import UsageError
from reconciler.kinds.documents import SPECS, schema_of
from reconciler.planning.spelling import did_you_mean
from reconciler.providers.azure.catalogue_shape import shape
from reconciler.reporting.formats import OUTPUTS
from reconciler.reporting.page import put

CATALOGUE = "Catalogue"  # of the file that spec.catalogue of the Project names
NAMES = (*SPECS, CATALOGUE, *OUTPUTS)


def run(options: Namespace) -> ExitCode:
    if options.write:
        _write(Path(options.write))
    elif options.kind:
        put([_text(_schema(options.kind))])
    else:
        put([*NAMES])
    return ExitCode.DONE


def _schema(name: str) -> dict[str, Any]:
    folded = {one.casefold(): one for one in NAMES}
    known = folded.get(name.casefold())
    if known is None:
        hint = did_you_mean(name, folded.values()) or f"There are {', '.join(folded.values())}."
        raise UsageError(f"there is no schema {name}. {hint}")
    if known == CATALOGUE:
        return shape().model_json_schema()
    return schema_of(known) if known in SPECS else OUTPUTS[known].model_json_schema()


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2)


def _write(folder: Path) -> None:
    try:
        write(folder)
    except OSError as error:
        where, why = error.filename or folder, error.strerror
        raise UsageError(f"the schemas cannot be written to {where}: {why}.") from error


def write(folder: Path) -> None:
    """One file a schema, as kept in manifests/schema/."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name.lower()}.json").write_text(_text(_schema(name)) + "\n", "utf-8")
