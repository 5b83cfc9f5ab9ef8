"""What a plain (unquoted) scalar means.

The rules are those of YAML 1.2's core schema, made narrower where it still surprises: a number is
written in decimal, without a leading zero, and there is no infinity. So dates (`2025-04-14`), `yes`
and `off`, `1:30`, `010`, `0x1F`, `1_000` and `.inf` are strings here, and it is the schema that
decides what a string is. Model versions are dates, and nobody should have to quote them.
"""

import re
from math import isfinite

Scalar = str | int | float | bool | None

WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

FIRST_OF_A_NUMBER = frozenset("-+.0123456789")

# Python refuses to read integers of more than 4,300 digits; such a thing is no number here either.
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,4000})")
FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def read_plain(text: str) -> Scalar:
    """The value that an unquoted scalar stands for."""
    if text[:1] not in FIRST_OF_A_NUMBER:
        return WORDS.get(text, text)
    if INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text) and isfinite(number := float(text)):
        return number
    return text


# What a tag of the core schema may stand before.
TYPES_OF_TAGS: dict[str, tuple[type, ...]] = {
    "tag:yaml.org,2002:null": (type(None),),
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:int": (int,),
    "tag:yaml.org,2002:float": (float, int),
}
STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
MAPPING_TAGS = frozenset({None, "!", "tag:yaml.org,2002:map"})
SEQUENCE_TAGS = frozenset({None, "!", "tag:yaml.org,2002:seq"})


def name_of_type(value: object) -> str:
    """How a message for people calls such a value."""
    return NAMES_OF_TYPES.get(type(value), "a value")


NAMES_OF_TYPES: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}
