"""A folder of deployments, an emulator whose clock a hand moves, and what happens to both."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml

from reconciler.cli import main
from reconciler.emulator import serve
from tests.year.rules import (
    DAY,
    HOUR,
    One,
    Wish,
    ends,
    expected,
    is_to_be_called,
    is_warned,
    written,
)

BEGINNING = datetime(2026, 11, 22, 6, tzinfo=UTC).timestamp()
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
ACCOUNTS = ("north", "south")
FEW = 5  # deployments, which one account holds
BASE = "gpt-4.1-2025-04-14"
SKUS = ("Standard", "GlobalStandard", "GlobalStandard", "DeveloperTier")
RULES = ("warn", "redeploy", "accept", "keepAlive")


@dataclass
class Year:
    """One run: what is expected, and what is there."""

    folder: Path
    url: str
    chance: random.Random
    accounts: tuple[str, ...] = ACCOUNTS
    ones: dict[str, One] = field(default_factory=dict)
    habits: dict[str, float] = field(default_factory=dict)  # how likely it is called on a day
    revisions: dict[str, int] = field(default_factory=dict)  # of models
    anew: set[str] = field(default_factory=set)  # models that the next apply trains
    jobs: int = 0
    now: float = BEGINNING
    diary: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, text: str) -> None:
        stamp = datetime.fromtimestamp(self.now, UTC)
        self.diary.append(f"{stamp:%Y-%m-%d %H:%M} {text}")

    # The emulator

    def send(self, method: str, path: str, body: Any = None) -> Any:
        request = Request(
            f"{self.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer t", "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=30) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def set_clock(self, moment: float) -> None:
        self.now = moment
        stamp = datetime.fromtimestamp(moment, UTC).isoformat()
        self.send("POST", "/emulator/clock", {"set": stamp})

    def arm(self, method: str, account: str, path: str) -> Any:
        place = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
            f"/providers/Microsoft.CognitiveServices/accounts/year-{account}"
        )
        return self.send(method, f"{place}{path}?api-version=2026-03-01")

    def there(self) -> dict[str, int]:
        """Names and capacities of what is on the service."""
        found = [
            one for each in self.accounts for one in self.arm("GET", each, "/deployments")["value"]
        ]
        return {one["name"]: one["sku"]["capacity"] for one in found}

    # ftctl

    def ftctl(self, *words: str) -> tuple[int, Any]:
        """The command line, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*words, "--format", "json", f"--local={self.url}"])
        text = out.getvalue()
        assert text, f"ftctl {' '.join(words)} said nothing (exit {code}): {err.getvalue()}"
        return code, json.loads(text)

    @property
    def manifests(self) -> str:
        return str(self.folder / "manifests")

    def write(self) -> None:
        """The manifests as they are wanted now."""
        documents = [_account(name) for name in self.accounts]
        documents.append(_document("Dataset", "chats", {"source": {"file": "chats.jsonl"}}))
        documents += [_model(name, number) for name, number in self.revisions.items()]
        documents += [written(name, one.wish) for name, one in self.ones.items()]
        (self.folder / "manifests" / "year.yaml").write_text(yaml.safe_dump_all(documents))

    def apply(self) -> None:
        """Apply, and hold everything that happens against the rules."""
        wanted = {name: self._verdict(one) for name, one in self.ones.items()}
        warned = {name for name, one in self.ones.items() if is_warned(one, self.now)}
        _code, out = self.ftctl("apply", self.manifests, "--auto-approve", "--no-wait")
        plan = out["plan"]
        told = _decided(plan)
        self.expect("what is done", wanted, {name: told[name] for name in wanted})
        gone = {name for name, (verb, _code) in wanted.items() if verb != "keep"}
        notes = {one for one in _warned(plan) if one not in gone}
        self.expect("who is warned", warned - gone, notes)
        self.expect("what fails", [], out["failed"])
        self.expect("what is trained", self.anew, {one for one in told if told[one][0] == "train"})
        for one in self.ones.values():
            if one.wish.model in self.anew:
                one.trained_at = self.now
        for name, verdict in wanted.items():
            self._carry_out(name, verdict)
        self.counts["trained"] = self.counts.get("trained", 0) + len(self.anew)
        self.anew.clear()
        self.expect("what is there", self.wanted_there(), self.there())

    def _verdict(self, one: One) -> tuple[str, str]:
        """A model that is trained anew takes its deployments with it, also out of their sleep."""
        if one.wish.model not in self.anew:
            return expected(one, self.now)
        return ("replace", "changed") if one.is_there(self.now) else ("create", "missing")

    def _carry_out(self, name: str, verdict: tuple[str, str]) -> None:
        one, (verb, code) = self.ones[name], verdict
        if verdict != ("keep", "as_wanted"):
            self.counts[code] = self.counts.get(code, 0) + 1
        if verb != "keep":
            self.note(f"{name}: {verb} ({code})")
        match verb, code:
            case "create" | "replace", _:
                one.make(self.now)
            case "delete", _:
                one.created = None
            case _, "changed":
                one.capacity = one.wish.capacity
                if is_to_be_called(one, self.now):
                    one.answered.append(self.now)
            case _, "keep_alive":
                one.answered.append(self.now)

    def wanted_there(self) -> dict[str, int]:
        return {name: one.capacity for name, one in self.ones.items() if one.is_there(self.now)}

    def look(self) -> None:
        """What `ftctl idle` tells, held against the rules; and that each model was paid once."""
        _code, out = self.ftctl("idle", self.manifests)
        for row in out["deployments"]:
            one = self.ones[row["address"].removeprefix("deployment/")]
            end = ends(one, self.now)
            self.expect(f"{row['address']} is there", end is not None, row["presence"] == "there")
            if end is None or one.created is None:
                continue
            price = 0.0 if one.wish.is_developer else 1.70
            cost = (self.now - one.created) // HOUR * price
            off = abs((row["hosting"] or 0.0) - cost)
            self.expect(f"the hosting of {row['address']}", True, off < 0.01)
            if _is_its_own_end(one):
                told = datetime.fromisoformat(row["ends_at"]).timestamp()
                self.expect(f"{row['address']} ends", True, abs(told - end) < 1)
        jobs = self.send("GET", "/year-north/openai/v1/fine_tuning/jobs?limit=100")["data"]
        self.expect("jobs", self.jobs, len(jobs))

    def expect(self, what: str, wanted: object, found: object) -> None:
        if wanted != found:
            past = "\n".join(self.diary[-40:])
            stamp = datetime.fromtimestamp(self.now, UTC)
            raise AssertionError(f"{past}\n{stamp}: {what}\n  wanted {wanted}\n  found  {found}")

    # What happens

    def live(self, day: int) -> None:
        """A day: calls, refusals, deletions, edits, and in the morning after it an apply."""
        for hour, happen in self._events():
            self.set_clock(BEGINNING + (day - 1) * DAY + hour * HOUR)
            happen()
        self._edit()
        self.set_clock(BEGINNING + day * DAY + 7 * day)  # past each boundary of whole days
        self.apply()

    def _events(self) -> list[tuple[float, Callable[[], None]]]:
        """In the order of their hours, which are counted from six in the morning."""
        events: list[tuple[float, Callable[[], None]]] = []
        for name in self.ones:
            if self.chance.random() < self.habits[name]:
                events.append((self.chance.uniform(2.1, 15.9), _later(self._call, name)))
            if self.chance.random() < 0.01:
                events.append((self.chance.uniform(2.1, 15.9), _later(self._refuse, name)))
            if self.chance.random() < 0.008:
                events.append((17.0, _later(self._delete, name)))
            if self.chance.random() < 0.03:
                events.append((1.5, _later(self._wake, name)))
            if self.chance.random() < 0.05:
                self.habits[name] = self.chance.choice((0.0, 0.0, 0.05, 0.2, 0.9))
        return sorted(events, key=lambda event: event[0])

    def _call(self, name: str) -> None:
        one = self.ones[name]
        assert _is_answered(self, one, name) == one.is_there(self.now), name
        if one.is_there(self.now):
            one.answered.append(self.now)

    def _refuse(self, name: str) -> None:
        """A call to a paused deployment is refused, and counted as such."""
        one = self.ones[name]
        if not one.is_there(self.now) or one.wish.is_developer:
            return
        self.arm("POST", one.wish.account, f"/deployments/{name}/pause")
        assert not _is_answered(self, one, name)
        self.arm("POST", one.wish.account, f"/deployments/{name}/resume")
        one.refused.append(self.now)

    def _delete(self, name: str) -> None:
        one = self.ones[name]
        if one.is_there(self.now):
            self.note(f"{name}: somebody deletes it")
            self.arm("DELETE", one.wish.account, f"/deployments/{name}")
            one.created = None

    def _wake(self, name: str) -> None:
        one = self.ones[name]
        if expected(one, self.now)[0] == "keep" and not one.is_there(self.now):
            self.note(f"{name}: woken")
            code, _out = self.ftctl("wake", name, "--path", self.manifests, "--auto-approve")
            self.expect(f"the exit code of waking {name}", 0, code)
            one.make(self.now)
            self.expect("what is there", self.wanted_there(), self.there())

    def _edit(self) -> None:
        """Now and then somebody changes a rule or a capacity, or trains a model anew."""
        for name, one in self.ones.items():
            if self.chance.random() < 0.02:
                self._another_rule(one.wish)
                self.note(f"{name}: {one.wish}")
            if self.chance.random() < 0.02:
                one.wish.capacity = self.chance.choice((5, 10, 20))
        for name, revision in self.revisions.items():
            if self.chance.random() < 0.004:
                self.revisions[name] = revision + len(self.revisions)
                self.anew.add(name)
                self.jobs += 1
                self.note(f"{name}: revision {self.revisions[name]}")
        self.write()

    def _another_rule(self, wish: Wish) -> None:
        wish.then = self.chance.choice(RULES)
        wish.warn_after = self.chance.choice((5, 10, 13))
        wish.keep_alive_before = self.chance.choice((2, 4))
        sleeps = wish.then != "keepAlive" and self.chance.random() < 0.4
        wish.hibernate_after = self.chance.choice((1, 3, 7)) if sleeps else None
        wish.renew = wish.is_developer and self.chance.random() < 0.5

    def begin(self, deployments: int) -> None:
        """The first apply: every model is trained once, and everything is made."""
        for number in range((deployments + 1) // 2):
            self.revisions[f"model-{number}"] = number + 1
        for number in range(deployments):
            account = self.accounts[number % len(self.accounts)]
            wish = Wish(account, f"model-{number // 2}")
            wish.sku = SKUS[number % len(SKUS)]
            self._another_rule(wish)
            name = f"bot-{number}"
            self.ones[name] = One(wish, self.now)
            self.habits[name] = self.chance.choice((0.0, 0.05, 0.2, 0.9))
        self.jobs = len(self.revisions)
        self.write()
        code, out = self.ftctl("apply", self.manifests, "--auto-approve", "--wait")
        self.expect("the exit code of the first apply", 0, code)
        self.expect("the ending of the first apply", "settled", out["outcome"])
        for one in self.ones.values():
            one.make(self.now)
        self.expect("what is there", self.wanted_there(), self.there())


def _later(happen: Callable[[str], None], name: str) -> Callable[[], None]:
    return lambda: happen(name)


def _is_answered(year: Year, one: One, name: str) -> bool:
    body = {"model": name, "messages": [{"role": "user", "content": "hello"}]}
    try:
        year.send("POST", f"/year-{one.wish.account}/openai/v1/chat/completions", body)
    except HTTPError:
        return False
    return True


def _is_its_own_end(one: One) -> bool:
    """Whether `ftctl idle` tells of the service's end, and not of one that the manifest sets."""
    return one.wish.is_developer or (
        one.wish.hibernate_after is None and one.wish.then != "keepAlive"
    )


def _decided(plan: dict[str, Any]) -> dict[str, tuple[str, str]]:
    now = {one["address"]: (one["verb"], one["reason_code"]) for one in plan["actions"]}
    later = {one["address"]: (one["then"], one["reason_code"]) for one in plan["deferred"]}
    return {at.split("/")[1]: found for at, found in {**now, **later}.items()}


def _warned(plan: dict[str, Any]) -> set[str]:
    return {
        one["address"].removeprefix("deployment/")
        for one in plan["notices"]
        if one["message"].startswith("deleted by the service")
    }


def _document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "ftctl/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _account(name: str) -> dict[str, Any]:
    return _document(
        "Account",
        name,
        {
            "subscriptionId": SUBSCRIPTION,
            "resourceGroup": "rg",
            "accountName": f"year-{name}",
            "region": "swedencentral",
        },
    )


def _model(name: str, revision: int) -> dict[str, Any]:
    spec = {"account": "north", "baseModel": BASE, "training": "chats", "revision": revision}
    return _document("FineTunedModel", name, {**spec, "trainingType": "GlobalStandard"})


def _turns(number: int) -> list[dict[str, str]]:
    question = {"role": "user", "content": "hello"}
    return [question, {"role": "assistant", "content": f"hello, number {number}"}]


@contextlib.contextmanager
def year(folder: Path, seed: int, deployments: int) -> Iterator[Year]:
    """Everything set up and applied once, at six in the morning of the first day."""
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "chats.jsonl").write_text(
        "".join(f"{json.dumps({'messages': _turns(number)})}\n" for number in range(10))
    )
    with serve(folder / "emulator", clock="manual", pace="instant", seed=seed) as server:
        chance = random.Random(seed)  # noqa: S311 -- it decides what happens, and guards nothing
        run = Year(folder, server.url, chance, ACCOUNTS if deployments > FEW else ACCOUNTS[:1])
        run.send("POST", "/emulator/switches", {"poll_after_seconds": 0.02})
        run.set_clock(BEGINNING)
        run.begin(deployments)
        yield run
