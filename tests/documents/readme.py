"""Reads and plays the `console` blocks of a README: `$ ftctl ...`, then what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.commandline import run_here

BLOCK = re.compile(r"^```console(?P<label>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
UNDER_WAY = (
    "training since 2026-11-22 12:00 UTC,\n"
    "    finish expected 2026-11-22 12:00 UTC, ftjob-0123456789abcdef0123456789abcdef\n"
)


def without_retirement(note: re.Match[str]) -> str:
    """A note that will be another one soon is left out."""
    return "" if re.search(r"\bretire(s|d)? on\b", note[0].replace("\n   ", "")) else note[0]


def in_a_cell(span: re.Match[str]) -> str:
    """A table stays in line."""
    return f"{'1s ago':<{len(span[0])}}"


# What differs from run to run: ids, ages, dates.
CHANGING = (
    (re.compile(r"\b(file|ftjob|ftchkpt)-[0-9a-f]{32}"), r"\1-0123456789abcdef0123456789abcdef"),
    (re.compile(r"\.ft-[0-9a-f]{32}"), ".ft-0123456789abcdef0123456789abcdef"),
    (re.compile(r"\b\d+[dhms] \d+[hms] ago(?=  )"), in_a_cell),
    (re.compile(r"\b\d+[dhms]( \d+[hms])?(?=[\s,)]|$)"), "1s"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-11-22 12:00 UTC"),
    (re.compile(r"\bof \d{4}-\d\d-\d\d\b"), "of 2026-11-22"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:8900"),
    # How often there is a sign of life, and in which moment, depends on the machine.
    (re.compile(r"^waiting for .*\n(?:    .*\n)*", re.MULTILINE), ""),
    # And so does how far a training has come by then.
    (re.compile(r"\b(?:queued|training) since .*\n(?:    .*\n)*"), UNDER_WAY),
    # What retires when is told in days, and from half a year ahead.
    (re.compile(r"^note: .*\n(?:    .*\n)*", re.MULTILINE), without_retirement),
)
WIDTH = "88"


@dataclass(frozen=True)
class Block:
    label: str
    commands: tuple[str, ...]
    start: int
    end: int
    body: str


def blocks(text: str) -> Iterator[Block]:
    """The console blocks of a README, in order."""
    for match in BLOCK.finditer(text):
        commands = [line[2:] for line in match["body"].splitlines() if line.startswith("$ ftctl")]
        yield Block(
            match["label"].strip(),
            tuple(commands),
            match.start("body"),
            match.end("body"),
            match["body"],
        )


def play(block: Block, cwd: Path) -> str:
    """Run the commands of a block; the text that the block should have."""
    parts: list[str] = []
    for command in block.commands:
        _ftctl, *words = command.split()
        done = run_here(*words, cwd=cwd, environ={"COLUMNS": WIDTH}, is_merged=True)
        parts.append(f"$ {command}\n{settled(done.stdout)}")
    return "\n".join(parts)


def settled(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, constant in CHANGING:
        text = pattern.sub(constant, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
