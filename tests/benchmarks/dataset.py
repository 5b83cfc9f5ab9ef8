"""How fast a data file is checked and counted, beside the script that most teams run today.

The peer follows OpenAI's cookbook "Data preparation and analysis for chat model fine-tuning":
`json.loads` of every line into a list, loops over it, tiktoken one value at a time; it computes no
hash. Both run on the same generated file in one go, each in a process of its own, in turns. Memory
is the most that a process and its helper held at a moment, sampled.

    python tests/benchmarks/dataset.py [MiB] [rounds]
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

MEBIBYTE = 1 << 20
SEED = 20261122
VOCABULARY = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"

SENTENCES = (
    "The customer asks why the invoice of last month shows two charges for one delivery.",
    "Bitte prüfen Sie, ob die Überweisung am Freitag eingegangen ist, und melden Sie sich.",
    "Le colis est arrivé abîmé, et le client souhaite un remboursement avant la fin du mois.",
    "El pedido salió del almacén el martes, pero la dirección de entrega era incorrecta.",
    "Il contratto scade a giugno; senza disdetta si rinnova per altri dodici mesi.",
    "A fatura foi paga em duplicado e o valor será devolvido em cinco dias úteis.",
    "Заказ задерживается из-за таможни; новая дата доставки будет известна завтра.",
    "Zamówienie zostało anulowane, ponieważ płatność nie dotarła w ciągu siedmiu dni.",
    "お客様のご注文は本日発送されました。到着まで二、三日かかる見込みです。",
    "您的退款申请已经通过审核，款项将在三个工作日内退回原支付账户。",  # noqa: RUF001
    "고객님의 비밀번호가 변경되었습니다. 본인이 아니라면 즉시 연락해 주십시오.",
    "تم استلام طلبكم وسيقوم فريق الدعم بالرد عليكم خلال أربع وعشرين ساعة.",
    "आपका भुगतान सफल रहा और रसीद आपके ईमेल पते पर भेज दी गई है।",
    "def total(items):\n    return sum(item.price * item.count for item in items if item.count)\n",
    "SELECT name, SUM(amount) FROM payments WHERE paid_at >= '2026-01-01' GROUP BY name;\n",
    "Great, thanks! 🎉 See you on Monday at 09:30 👋",
    "Order 4711-88213, tracking 1Z999AA10123456784, €1,249.00, due 2026-11-30.",
)


@cache
def passages() -> tuple[list[str], list[str]]:
    """Prose and code that every Python brings along; only the generator holds them in memory."""
    import argparse
    import inspect
    from pydoc_data.topics import topics

    prose = [line.strip() for text in topics.values() for line in text.splitlines()]
    modules = (argparse, json.decoder, random)
    code = [line for module in modules for line in inspect.getsource(module).splitlines()]
    return [line for line in prose if line], code


SYLLABLES = ("ka", "lo", "mer", "vin", "sto", "bre", "an", "ti", "dor", "wes", "ni", "qua", "zel")
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": f"{verb} an order of the customer by its number.",
            "parameters": {
                "type": "object",
                "properties": {
                    "number": {"type": "string", "description": "as printed on the invoice"},
                    "reason": {"type": "string", "enum": ["late", "damaged", "wrong", "other"]},
                },
                "required": ["number"],
            },
        },
    }
    for name, verb in (("find_order", "Find"), ("cancel_order", "Cancel"), ("refund", "Refund"))
]


def generate(path: Path, size: int) -> None:
    """The same file every time: talk in 13 languages, code, emoji; each sixth calls a tool."""
    chance = random.Random(SEED)  # noqa: S311
    systems = [said(chance, "system") for _ in range(8)]  # real files have one, or few
    written = number = 0
    with path.open("wb") as file:
        while True:
            number += 1
            example = calling(chance, number) if chance.random() < 1 / 6 else talking(chance)
            example["messages"].insert(0, chance.choice(systems))
            line = json.dumps(example, ensure_ascii=chance.random() < 0.3).encode() + b"\n"
            if (written := written + len(line)) > size:
                return
            file.write(line)


def said(chance: random.Random, role: str) -> dict[str, Any]:
    """Up to some 2,000 characters: English, code, or another language."""
    count = int(25 ** chance.random())
    kind = chance.random()
    if kind < 0.6:
        prose, code = passages()
        lines = prose if kind < 0.4 else code
        start = chance.randrange(len(lines) - count)
        text = "\n".join(lines[start : start + count])
        return {"role": role, "content": f"{text} {rare(chance)}"}
    first, second = chance.choices(SENTENCES, k=2)
    words = (f"{chance.choice((first, first, second))} {rare(chance)}" for _ in range(count))
    return {"role": role, "content": " ".join(words)}


def rare(chance: random.Random) -> str:
    """A name, a number or an identifier, of which real texts are full."""
    name = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))
    return chance.choice((name.capitalize(), f"{chance.getrandbits(32):x}", str(chance.random())))


def talking(chance: random.Random) -> dict[str, Any]:
    turns = ["user", "assistant"] * chance.randint(1, 6)
    return {"messages": [said(chance, role) for role in turns]}


def calling(chance: random.Random, number: int) -> dict[str, Any]:
    arguments = json.dumps({"number": f"{number}-{chance.randint(1, 99999)}", "reason": "late"})
    called = {"name": "find_order", "arguments": arguments}
    call = {"id": f"call_{number}", "type": "function", "function": called}
    answer = {"role": "tool", "tool_call_id": f"call_{number}", "content": '{"state": "shipped"}'}
    talk = [said(chance, "user")]
    talk += [{"role": "assistant", "tool_calls": [call]}, answer, said(chance, "assistant")]
    return {"messages": talk, "tools": TOOLS}


def plain_script(path: Path, *, tokens: bool) -> None:
    """What most teams do today."""
    with path.open(encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    errors = dict.fromkeys(("role", "key", "content", "missing"), 0)
    for example in dataset:
        for message in example["messages"]:
            if "role" not in message or ("content" not in message and "tool_calls" not in message):
                errors["missing"] += 1
            if any(key not in KEYS for key in message):
                errors["key"] += 1
            if message.get("role") not in ROLES:
                errors["role"] += 1
            if not message.get("content") and not message.get("tool_calls"):
                errors["content"] += 1
        if not any(message["role"] == "assistant" for message in example["messages"]):
            errors["missing"] += 1
    systems = sum(any(m["role"] == "system" for m in example["messages"]) for example in dataset)
    turns = [len(example["messages"]) for example in dataset]
    lengths = [counted(example["messages"]) for example in dataset] if tokens else []
    words = f"{len(dataset)} examples, {systems} with a system message, {sum(turns)} messages"
    sys.stdout.write(f"{words}, {sum(lengths)} tokens, {errors}\n")


KEYS = ("role", "content", "name", "function_call", "tool_calls", "tool_call_id", "weight")
ROLES = ("system", "user", "assistant", "function", "tool")


def counted(messages: list[dict[str, Any]]) -> int:
    """The cookbook's `num_tokens_from_messages`."""
    import tiktoken

    encoding = tiktoken.get_encoding("o200k_base")
    count = 3
    for message in messages:
        count += 3
        for key, value in message.items():
            count += len(encoding.encode(value)) if isinstance(value, str) else 0
            count += key == "name"
    return count


def ours(path: Path, *, tokens: bool) -> None:
    from reconciler.datasets import check

    report = check(path, tokens=tokens)
    found = [finding.rule for finding in report.findings]
    sys.stdout.write(f"{report.examples} examples, {report.tokens} tokens, {found}\n")


def write_vocabulary(folder: Path) -> dict[str, str]:
    """Where tiktoken, which ships none, finds its vocabulary; it checks the file's hash itself."""
    import toktok

    known = toktok._encoding("o200k_base")
    tokens = (known.decode_single_token_bytes(rank) for rank in range(199_998))
    lines = (b"%s %d\n" % (base64.b64encode(each), rank) for rank, each in enumerate(tokens))
    name = hashlib.sha1(VOCABULARY.encode(), usedforsecurity=False).hexdigest()
    (folder / name).write_bytes(b"".join(lines))
    return {"TIKTOKEN_CACHE_DIR": str(folder)}


class Run(NamedTuple):
    seconds: float
    work: float  # of all its processors, which a busy machine changes less
    peak: int  # bytes


def measured(words: list[str], environ: dict[str, str]) -> Run:
    """One run in a process of its own. Raises CalledProcessError if it fails."""
    began, worked = time.perf_counter(), work_of_children()
    command = [sys.executable, __file__, *words]
    with subprocess.Popen(command, env={**os.environ, **environ}) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(held, family(process.pid))))
            time.sleep(0.01)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - began, work_of_children() - worked, peak)


def work_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def held(pid: int) -> int:
    """Resident bytes; none where there is no /proc, or the process has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def main(mebibytes: int = 512, rounds: int = 1) -> int:
    """Print one line a way, and the ratios."""
    ways = [(who, how) for how in ("checks", "tokens") for who in ("peer", "ours")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chats.jsonl")
        generate(path, mebibytes * MEBIBYTE)
        environ = write_vocabulary(Path(folder))
        runs: dict[tuple[str, str], list[Run]] = {way: [] for way in ways}
        for _round in range(rounds):
            for way in ways:
                runs[way].append(measured(["--run", *way, str(path)], environ))
    sys.stdout.write(f"{mebibytes} MiB, {rounds} interleaved rounds, medians\n")
    for how in ("checks", "tokens"):
        peer, mine = (middle(runs[who, how]) for who in ("peer", "ours"))
        for who, run in (("plain script", peer), ("ours", mine)):
            figures = f"{run.seconds:>8.2f} s{run.work:>8.2f} CPU s{run.peak >> 20:>7} MiB"
            sys.stdout.write(f"{how}, {who:<13}{figures}\n")
        faster, share = peer.seconds / mine.seconds, peer.peak / max(mine.peak, 1)
        sys.stdout.write(f"{how}: {faster:.1f} times as fast, in 1/{share:.1f} of the memory\n")
    return 0


def middle(runs: list[Run]) -> Run:
    """The median of each figure."""
    seconds, work, peaks = zip(*runs, strict=True)
    return Run(*map(statistics.median, (seconds, work)), int(statistics.median(peaks)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        who, how, file = sys.argv[2:]
        (ours if who == "ours" else plain_script)(Path(file), tokens=how == "tokens")
        sys.exit()
    sys.exit(main(*map(int, sys.argv[1:])))
