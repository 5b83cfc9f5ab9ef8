"""The differences between what is declared and what is there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.changes import changes
from reconciler.planning.action import FieldChange

Sku = dict[str, Any]


@pytest.mark.parametrize(
    ("there", "declared", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
        ({"a": 1, "echoed": 9}, {"a": 1}, []),
        ({}, {"a": 1}, [("a", None, 1)]),
        ({"a": 10.0}, {"a": 10}, []),
        ({"a": "10"}, {"a": 10}, [("a", "10", 10)]),
        ({"sku": {"name": "S", "capacity": 1}}, {"sku": {"name": "S", "capacity": 1}}, []),
        (
            {"sku": {"name": "S", "capacity": 1}},
            {"sku": {"name": "T", "capacity": 2}},
            [("sku.capacity", 1, 2), ("sku.name", "S", "T")],
        ),
        ({"tags": ["a", "b"]}, {"tags": ["a", "c"]}, [("tags.1", "b", "c")]),
        ({"a": True}, {"a": False}, [("a", True, False)]),
        ({"a": None}, {"a": "x"}, [("a", None, "x")]),
        ({"sku": None}, {"sku": {"name": "S"}}, [("sku", None, {"name": "S"})]),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, [("a", 1, 2), ("b", 1, 2)]),
        ({"sku": {"name": "S", "family": "x"}}, {"sku": {"name": "S"}}, []),
    ],
    ids=str,
)
def test_a_difference(
    there: dict[str, Any], declared: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    """Only declared fields count; each is named by its path."""
    assert changes(there, declared) == tuple(FieldChange(*one) for one in expected)


FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3) | st.booleans(), max_size=3)


@given(FIELDS)
def test_equal_values_do_not_differ(fields: dict[str, Any]) -> None:
    """What is as declared gives no change, whatever else is there."""
    assert changes({**fields, "echoed": 1}, fields) == ()
