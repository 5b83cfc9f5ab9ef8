"""What people get wrong in manifests, and what they are told: one file a mistake.

Each case is a manifest and what `ftctl validate` says about it on 80 columns, under a sentence
that states the rule. FTCTL_REWRITE_CASES=1 writes the answers anew; read them before you commit.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.manifest.loading import Loaded, load
from reconciler.planning.policy import Policy
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import Page

CASES = sorted((Path(__file__).parent / "cases_specs").glob("*.yaml"))
SECRET = "hunter2"
ENVIRON = {"SECRET": SECRET, "TEN": "10"}
PAGE = Page(width=80)


def examples(number: int) -> str:
    return "".join(f"{json.dumps({'messages': turns(each)})}\n" for each in range(number))


def turns(number: int) -> list[dict[str, str]]:
    question = {"role": "user", "content": f"Hi {number}"}
    return [question, {"role": "assistant", "content": f"Hello {number}"}]


BAD = """\
{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistent", "content": "Hello"}]}
{"messages": []}
no JSON
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with data of all sorts, and one file beside it, as the current folder."""
    here = tmp_path / "repository"
    (here / "data").mkdir(parents=True)
    (here / ".git").mkdir()
    (tmp_path / "outside.jsonl").write_text(examples(12))
    contents = {"good": examples(12), "few": examples(3), "empty": "", "bad": BAD}
    for name, content in contents.items():
        (here / "data" / f"{name}.jsonl").write_text(content)
    (here / "data" / "link.jsonl").symlink_to(tmp_path / "outside.jsonl")
    monkeypatch.chdir(here)
    return here


def said(loaded: Loaded) -> str:
    """What a person sees."""
    wrong = mistake_lines(loaded.mistakes, PAGE)
    return "\n".join([*wrong, *mistake_lines(loaded.warnings, PAGE, is_warning=True)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case(case: Path, repository: Path) -> None:
    """Each manifest of cases_specs gets the answer that its .txt states."""
    shutil.copy(case, repository / "m.yaml")
    shown = said(load([Path("m.yaml")], ENVIRON))
    expected = case.with_suffix(".txt")
    rule, _, answer = expected.read_text("utf-8").partition("\n")
    if os.environ.get("FTCTL_REWRITE_CASES"):
        expected.write_text("\n".join(filter(None, [rule, shown])) + "\n", "utf-8")
        return
    assert shown == answer.removesuffix("\n"), rule
    assert SECRET not in shown


def split(file: Path, into: Path) -> list[str]:
    """The documents of a manifest, each in a file of its own."""
    documents = file.read_text("utf-8").split("---\n")
    for number, document in enumerate(documents):
        (into / f"{number}.yaml").write_text(document)
    return documents


def case_named(name: str) -> Path:
    return next(case for case in CASES if case.stem == name)


def test_all_files_at_once(repository: Path) -> None:
    """Mistakes of several files come together, sorted by where they stand."""
    split(case_named("everything_at_once"), repository)
    loaded = load([Path()], ENVIRON)
    assert said(loaded) == snapshot("""\
0.yaml:2:1  Acount/sweden
  there is no kind Acount.
  Did you mean Account?
1.yaml:5:18  Dataset/chats
  data/gone.jsonl is not there.
  Paths are relative to the manifest that names them.
2.yaml:8:3  FineTunedModel/bot
  unknown key foo.
  Known here: account, baseModel, method, training, validation, seed,
  trainingType, suffix, revision, retry, priority, promote, keep.
3.yaml:3:18  Deployment/Prod
  metadata.name has a form that is not allowed: Prod.
  A name has a-z, 0-9 and - in it, and at most 63 characters.
3.yaml:7:19  Deployment/Prod
  sku.capacity must be at least 1, not 0.\
""")


def permuted(documents: list[str], repository: Path) -> Iterable[Loaded]:
    for order in permutations(documents):
        (repository / "m.yaml").write_text("---\n".join(order))
        yield load([Path("m.yaml")], ENVIRON)


def test_the_order_of_documents(repository: Path) -> None:
    """In whatever order the documents stand, the same is desired."""
    documents = case_named("all_well").read_text("utf-8").split("---\n")
    found = list(permuted(documents, repository))
    assert not any(one.mistakes for one in found)
    assert all(one.desired == found[0].desired for one in found)
    assert all(list(one.desired.wanted) == list(found[0].desired.wanted) for one in found)


def test_the_number_of_files(repository: Path) -> None:
    """Documents in several files say the same as in one."""
    split(case_named("all_well"), repository)
    apart = load([Path()], ENVIRON).desired
    shutil.copy(case_named("all_well"), repository / "m.yaml")
    assert load([Path("m.yaml")], ENVIRON).desired == apart


def test_a_project(repository: Path) -> None:
    """A Project becomes the policy."""
    (repository / "m.yaml").write_text("""\
apiVersion: ftctl/v1
kind: Project
metadata: {name: shop}
spec:
  budget: {trainingPerApply: 200, hostingPerMonth: 6000.50, currency: USD}
  guard: {maxDeletes: 30%, maxReplaces: 100%}
  prune: [Deployment]
  suffixLength: 40
""")
    loaded = load([Path("m.yaml")], {})
    assert not loaded.mistakes
    assert loaded.desired.policy == snapshot(
        Policy(
            project="shop",
            training_budget=Decimal(200),
            hosting_budget=Decimal("6000.5"),
            max_replaces=1.0,
            prune=frozenset({"deployment"}),
            suffix_length=40,
        )
    )


def test_no_project(repository: Path) -> None:
    """Without a Project the project is called default, and everything is off."""
    shutil.copy(case_named("all_well"), repository / "m.yaml")
    assert load([Path("m.yaml")], {}).desired.policy == Policy(project="default")


def test_labels_and_comments(repository: Path) -> None:
    """Comments, labels and annotations change nothing that is desired."""
    plain = case_named("all_well").read_text("utf-8")
    file = repository / "m.yaml"
    file.write_text(plain)
    before = load([file], {}).desired
    more = plain.replace("{name: bot}", "{name: bot, labels: {a: b}, annotations: {c: d}}  # why")
    file.write_text(f"# first\n{more}")
    assert load([file], {}).desired == before
