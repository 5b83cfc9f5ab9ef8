"""The field changes between what is declared and what is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.planning.action import FieldChange


def changes(there: Mapping[str, Any], declared: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Each declared field whose value is another; what is not declared is never a difference.

    deepdiff is asked only where something differs: equal values cost it 400 times what `==` does.
    """
    before = _as_far_as(declared, there)
    if before == dict(declared):
        return ()
    from deepdiff import DeepDiff

    tree = DeepDiff(before, dict(declared), view="tree", ignore_numeric_type_changes=True)
    found = {
        ".".join(str(part) for part in level.path(output_format="list")): _change(level)
        for levels in tree.values()
        for level in levels
    }
    return tuple(FieldChange(name, *found[name]) for name in sorted(found))


def _as_far_as(declared: Any, there: Any) -> Any:
    """What is there of the fields that are declared."""
    if isinstance(declared, Mapping) and isinstance(there, Mapping):
        return {name: _as_far_as(one, there.get(name)) for name, one in declared.items()}
    return there


def _change(level: Any) -> tuple[Any, Any]:
    def shown(side: Any) -> Any:
        return None if type(side).__name__ == "NotPresent" else side

    return shown(level.t1), shown(level.t2)
