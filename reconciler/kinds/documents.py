"""The shape of a whole document: what stands around a spec, and the JSON Schema of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from reconciler.kinds import KINDS
from reconciler.kinds.project import ProjectSpec
from reconciler.kinds.writing import Name, Part

API_VERSION = "ftctl/v1"

SPECS: Mapping[str, type[BaseModel]] = {
    "Project": ProjectSpec,
    **{kind.name: kind.spec for kind in KINDS.values()},
}


class Metadata(Part):
    """Who a resource is. Labels and annotations are for people and never change a plan."""

    name: Name
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a document of this kind. Raises KeyError for an unknown kind."""
    spec = SPECS[kind].model_json_schema()
    metadata = Metadata.model_json_schema()
    definitions = {**spec.pop("$defs", {}), **metadata.pop("$defs", {})}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": spec.pop("description", ""),
        "type": "object",
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": kind},
            "metadata": metadata,
            "spec": spec,
        },
        "required": ["apiVersion", "kind", "metadata", *([] if kind == "Project" else ["spec"])],
        "additionalProperties": False,
        "$defs": definitions,
    }
