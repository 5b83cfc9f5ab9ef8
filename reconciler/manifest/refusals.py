"""What the reading layer refuses although it is YAML, and in which words: (message, hint)."""

Words = tuple[str, str]

QUOTE_IT = "Put it in quotes if it is meant as text."
CORE = "tag:yaml.org,2002:"

MERGE_KEY: Words = (
    "The merge key << is not supported.",
    "Write the fields out; a value that is equal may be repeated with *alias.",
)
COMPLEX_KEY: Words = ("A key must be a word, not a list, a mapping or an alias.", "")


def too_deep(limit: int) -> Words:
    return f"Values nest more than {limit} levels deep here.", "No manifest needs that."


def too_many(limit: int) -> Words:
    return (
        f"Aliases repeat more than {limit:,} values in this document.",
        "Write the values out, or split the document.",
    )


def twice(key: str, first_line: int) -> Words:
    return f"The key {key} stands here for the second time; the first is in line {first_line}.", ""


def no_string(key: str, type_name: str) -> Words:
    written = f"The key {key}" if key else "The empty key"
    return f"{written} is {type_name}, and keys are strings.", "Put it in quotes."


def bad_tag(tag: str) -> Words:
    return f"The tag {short_tag(tag)} is not supported.", "Remove it. " + QUOTE_IT


def wrong_tag(tag: str, type_name: str) -> Words:
    return f"The tag {short_tag(tag)} stands before {type_name}.", "Remove it."


def unknown_anchor(name: str) -> Words:
    return f"No anchor &{name} comes before the alias *{name}.", QUOTE_IT


def endless(name: str) -> Words:
    return f"The alias *{name} stands inside its own anchor &{name}, so it would never end.", ""


def no_mapping(type_name: str) -> Words:
    return (
        f"A document is a mapping, not {type_name}.",
        "It starts with apiVersion, kind, metadata and spec.",
    )


def short_tag(tag: str) -> str:
    """The tag as people write it."""
    return "!!" + tag.removeprefix(CORE) if tag.startswith(CORE) else tag
