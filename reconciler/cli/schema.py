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
from reconciler.reporting.formats import OUTPUTS
from reconciler.reporting.page import put


def run(options: Namespace) -> ExitCode:
    if options.write:
        write(Path(options.write))
    elif options.kind:
        put([_text(_schema(options.kind))])
    else:
        put([*SPECS, *OUTPUTS])
    return ExitCode.DONE


def _schema(name: str) -> dict[str, Any]:
    folded = {one.casefold(): one for one in (*SPECS, *OUTPUTS)}
    known = folded.get(name.casefold())
    if known is None:
        hint = did_you_mean(name, folded.values()) or f"There are {', '.join(folded.values())}."
        raise UsageError(f"there is no schema {name}. {hint}")
    return schema_of(known) if known in SPECS else OUTPUTS[known].model_json_schema()


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2)


def write(folder: Path) -> None:
    """One file a schema, as kept in manifests/schema/."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SPECS, *OUTPUTS):
        (folder / f"{name.lower()}.json").write_text(_text(_schema(name)) + "\n", "utf-8")
