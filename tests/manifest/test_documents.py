"""The reading layer: files → documents that know where each key stands, or every mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifest.documents import MAX_BYTES, Document, read_documents, read_file
from reconciler.manifest.finding import find_files
from reconciler.manifest.mistakes import ManifestError, Mistake
from reconciler.manifest.places import Place
from reconciler.manifest.scalars import read_plain

CASES = Path(__file__).parent / "cases_yaml"
FILE = Path("m.yaml")
SECRET = "hunter2"
ENVIRON = {"NUMBER": "7", "WORD": SECRET, "EMPTY": "", "SNEAKY": "${NUMBER}"}


def read(text: str, environ: dict[str, str] | None = None) -> Document:
    """The only document of a text without mistakes."""
    documents, mistakes = read_documents(FILE, text.encode(), environ or {})
    assert mistakes == []
    return documents[0]


def picture(case: Path) -> str:
    """What reading a case gives, as its .txt file shows it under the rule."""
    documents, mistakes = read_documents(FILE, case.read_bytes(), ENVIRON)
    lines = [
        f"{document.line}  {json.dumps(document.value, ensure_ascii=False, default=repr)}"
        for document in documents
    ]
    for mistake in mistakes:
        subject = f"  {mistake.subject}" if mistake.subject else ""
        lines.append(f"{mistake.line}:{mistake.column}{subject}  {mistake.message}")
        lines += [f"    {mistake.hint}"] if mistake.hint else []
    return "\n".join(lines)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda case: case.stem)
def test_a_case(case: Path) -> None:
    """Each file of cases_yaml gives the documents and the mistakes that its .txt states."""
    expected = case.with_suffix(".txt")
    rule, _, shown = expected.read_text("utf-8").partition("\n")
    if os.environ.get("FTCTL_REWRITE_CASES"):
        expected.write_text(f"{rule}\n{picture(case)}\n", "utf-8")
    else:
        assert picture(case) == shown.removesuffix("\n"), rule


def test_without_libyaml() -> None:
    """Without libyaml, PyYAML's own parser gives the same, save for a column here and there."""
    program = """
import sys
sys.modules["yaml._yaml"] = None
import json, pathlib, yaml
from reconciler.manifest.documents import read_documents
assert not yaml.__with_libyaml__
environ, *cases = json.loads(sys.stdin.read())
for case in cases:
    documents, mistakes = read_documents(pathlib.Path("m.yaml"), open(case, "rb").read(), environ)
    print(json.dumps([[repr(d.value) for d in documents], [m.line for m in mistakes]]))
"""
    cases = [str(case) for case in sorted(CASES.glob("*.yaml"))]
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([ENVIRON, *cases]),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, line in zip(cases, ran.stdout.splitlines(), strict=True):
        documents, mistakes = read_documents(FILE, Path(case).read_bytes(), ENVIRON)
        lines = [mistake.line for mistake in mistakes]
        assert json.loads(line) == [[repr(d.value) for d in documents], lines], case


PROSE = """\
kind: Deployment
metadata: {name: prod}
spec:
  sku:
    name: Standard
  items:
    - one
    - two: 2
  text: |
    a block
"""


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), (1, 1), (1, 1)),
        (("kind",), (1, 1), (1, 7)),
        (("metadata", "name"), (2, 12), (2, 18)),
        (("spec", "sku"), (4, 3), (5, 5)),
        (("spec", "sku", "name"), (5, 5), (5, 11)),
        (("spec", "items", 0), (7, 7), (7, 7)),
        (("spec", "items", 1, "two"), (8, 7), (8, 12)),
        (("spec", "text"), (9, 3), (9, 9)),
        (("spec", "sku", "capacity"), (4, 3), (5, 5)),
        (("spec", "sku", "name", "deeper"), (5, 5), (5, 11)),
        (("spec", "items", 9), (6, 3), (7, 5)),
        (("spec", "items", "name"), (6, 3), (7, 5)),
        (("nowhere", 1), (1, 1), (1, 1)),
    ],
)
def test_places(path: tuple[str | int, ...], key: tuple[int, int], value: tuple[int, int]) -> None:
    """A place is the key's or the value's; of what is not there, the nearest ancestor's."""
    document = read(PROSE)
    assert document.place(path) == Place(*key)
    assert document.value_place(path) == Place(*value)


def test_places_of_aliases() -> None:
    """A repeated value stands at its alias, and what it holds where the anchor wrote it."""
    document = read("a: &x\n  b: 1\nc: *x\n")
    assert document.place(("c",)) == Place(3, 1)
    assert document.value_place(("c",)) == Place(3, 4)
    assert document.place(("c", "b")) == Place(2, 3)


def test_subjects() -> None:
    """A document is called by its kind and name, unless the environment holds them."""
    assert read(PROSE).subject == "Deployment/prod"
    assert read("kind: Project").subject == "Project"
    assert read("metadata: {name: x}").subject == ""
    hidden = "kind: Account\nmetadata:\n  name: ${WORD}\n"
    assert read(hidden, ENVIRON).subject == "Account"


def test_values_from_the_environment_are_marked() -> None:
    """What came from the environment is marked, wherever it stands, so that nobody shows it."""
    document = read("a: {b: ['x', 'y${WORD}']}\nc: $${d}\ne: &e ${NUMBER}\nf: *e\n", ENVIRON)
    marked = [("a",), ("a", "b"), ("a", "b", 1), ("e",), ("f",)]
    plain = [("c",), ("a", "b", 0)]
    assert [document.is_from_environment(path) for path in marked] == [True] * 5
    assert [document.is_from_environment(path) for path in plain] == [False] * 2


def test_large_files() -> None:
    """A file above the limit is refused unread."""
    documents, mistakes = read_documents(FILE, b" " * (MAX_BYTES + 1), {})
    assert documents == []
    assert [mistake.message for mistake in mistakes] == ["It is larger than 16 MiB."]


def test_unreadable_files(tmp_path: Path) -> None:
    """A file that cannot be opened is a mistake, not a crash."""
    _, mistakes = read_file(tmp_path, {})
    assert mistakes == [Mistake(str(tmp_path), 0, 0, "", "It cannot be read: Is a directory.")]


def test_many_broken_documents() -> None:
    """Each of thousands of broken documents is reported, in time that grows with the file."""
    documents, mistakes = read_documents(FILE, b"a: [\n---\nb: 1\n---\n" * 5000, {})
    assert len(documents) == len(mistakes) == 5000
    assert [mistake.line for mistake in mistakes[:3]] == [1, 5, 9]


def test_manifest_errors() -> None:
    """The error carries each mistake once, in the order of the files."""
    first, second = Mistake("a", 2, 1, "", "x"), Mistake("a", 10, 1, "", "x")
    assert ManifestError([second, first, second]).mistakes == (first, second)


def test_find_files(tmp_path: Path) -> None:
    """A folder stands for its manifests, deep and sorted, without hidden ones and schemas."""
    names = ["b.yaml", "a/z.yml", "a/deep/x.yaml", "schema/s.yaml", ".git/h.yaml", "c.json"]
    for name in [*names, ".hidden.yaml", "kustomization.yaml"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found, mistakes = find_files([tmp_path, tmp_path / "b.yaml", tmp_path / "c.json"])
    relative = [str(path.relative_to(tmp_path)) for path in found]
    assert relative == ["a/deep/x.yaml", "a/z.yml", "b.yaml", "kustomization.yaml", "c.json"]
    assert mistakes == []


def test_find_nothing(tmp_path: Path) -> None:
    """A path that is not there, and a folder without manifests, are mistakes."""
    _, mistakes = find_files([tmp_path / "missing", tmp_path])
    assert [mistake.message for mistake in mistakes] == [
        "There is no such file or folder.",
        "There is no manifest in this folder.",
    ]


# What YAML is made of, so that chance finds more than syntax errors.
PIECES = ["a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "&x ", "*x", "!t ", "<<: ", "'"]
PIECES += ['"', "---\n", "...\n", "# c\n", "|\n", ">-\n", "? ", ": ", "\t", "${WORD}", "${", "}"]
PIECES += ["%YAML 1.2\n", "\\", "é", "1", "~", "\r\n", "\u2028", "\ufeff", "!!int ", "@"]


def check_total(text: bytes) -> None:
    documents, mistakes = read_documents(FILE, text, ENVIRON)
    assert all(isinstance(document.value, dict) for document in documents)
    lines = text.count(b"\n") + text.count(b"\r") + 1
    assert all(1 <= mistake.line <= lines for mistake in mistakes)
    assert not any(SECRET in str(mistake) for mistake in mistakes)


@settings(deadline=None)
@given(st.binary())
def test_any_bytes(text: bytes) -> None:
    """Whatever the bytes, reading ends with documents and mistakes, never with an exception."""
    check_total(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_text(pieces: list[str]) -> None:
    """Whatever the YAML, mistakes lie inside the file and show nothing of the environment."""
    check_total("".join(pieces).encode())


def is_same_in_both(text: str) -> bool:
    """Whether YAML 1.1, which PyYAML writes, and our rules both take the text for a string."""
    return isinstance(read_plain(text), str) and "${" not in text


texts = st.text(st.characters(codec="utf-8")).filter(is_same_in_both)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
mappings = st.dictionaries(texts, values, max_size=5)


@settings(deadline=None)
@given(st.lists(mappings, min_size=1, max_size=3), st.booleans())
def test_round_trip(wanted: list[dict[str, Any]], is_flow: bool) -> None:  # noqa: FBT001
    """What PyYAML writes of JSON-like values reads back equal."""
    text = yaml.safe_dump_all(wanted, default_flow_style=is_flow)
    documents, mistakes = read_documents(FILE, text.encode(), {})
    assert mistakes == []
    assert [document.value for document in documents] == wanted


words = st.text("abcxyz-", min_size=1, max_size=8).map(lambda word: f"k{word}")
trees = st.recursive(
    words,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(words, inner, min_size=1, max_size=4)
    ),
)


@settings(deadline=None)
@given(st.dictionaries(words, trees, min_size=1, max_size=5), st.sampled_from([True, False, None]))
def test_every_key_is_where_its_place_says(value: dict[str, Any], flow: bool | None) -> None:  # noqa: FBT001
    """At every key's place stands the key, and at every string's place the string."""
    text = "# first\n---\n" + yaml.safe_dump(value, default_flow_style=flow, width=60)
    document, lines = read(text), text.split("\n")

    def stands(word: str, place: Place) -> bool:
        return lines[place.line - 1][place.column - 1 :].startswith(word)

    def check(value: Any, path: tuple[str | int, ...]) -> None:
        if path and isinstance(path[-1], str):
            assert stands(path[-1], document.place(path)) or stands("? ", document.place(path))
        if isinstance(value, str):
            assert stands(value, document.value_place(path))
            return
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            check(inner, (*path, step))

    check(value, ())
