"""How much memory it takes to check a large data file, with tokens, and to upload it in parts.

The file is generated; the emulator that takes it runs in a process of its own. Each figure is the
most that a process ever held, above a bare interpreter. Exits with 1 where one misses the goal.

    python tests/benchmarks/memory.py [MiB]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

MEBIBYTE = 1 << 20
MEGABYTE = 10**6
GOAL = 200  # megabytes
BLOCK = 64  # MiB, generated once and then varied
FILLED = b"BLOCK000"
BARE = "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) << 10)"


def write(path: Path, mebibytes: int) -> None:
    """No line twice: each block of lines says which it is."""
    from dataset import generate

    size = min(mebibytes, BLOCK)
    generate(path, size * MEBIBYTE)
    start = b'"content": "'
    lines = path.read_bytes().splitlines(keepends=True)
    block = b"".join(line.replace(start, start + FILLED + b" ", 1) for line in lines)
    with path.open("wb") as file:
        for number in range(max(mebibytes // size, 1)):
            file.write(block.replace(FILLED, b"BLOCK%03d" % number))


def peak(pid: int) -> int:
    """The most that a process has held so far, in bytes; needs Linux."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) << 10


def check_it(path: Path) -> None:
    from reconciler.datasets import check

    report = check(path)
    sys.stdout.write(f"{report.examples:,} examples, {report.tokens:,} tokens\n")


def upload_it(path: Path, url: str) -> None:
    """As `ftctl apply` does, in parts also where the file is not large."""
    import hashlib

    from reconciler.datasets import Report
    from reconciler.kinds.dataset.delivery import Delivery
    from reconciler.kinds.dataset.sending import deliver
    from reconciler.kinds.dataset.spec import DatasetGoal
    from reconciler.planning.kind import Scene
    from reconciler.planning.policy import Policy
    from reconciler.providers.azure.connect import connect
    from reconciler.providers.azure.listings import list_files
    from reconciler.providers.azure.local import register
    from reconciler.providers.session import Parts, Place, Session

    place = Place("here", "azure", "0000", "rg", "bench", "swedencentral", url)
    register(url, [place])
    size = path.stat().st_size
    parts = Parts(threshold=0, size=min(64 * MEBIBYTE, size // 8))
    session = Session({"here": place}, lambda one: replace(connect(one, url), parts=parts))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    report = Report(digest, size, 0, 0, 0, 0, "", has_images=False, findings=(), hidden=0)
    scene = Scene(
        session, {}, Policy(), lambda text: print(text, flush=True), now=lambda: datetime.now(UTC)
    )
    deliver(Delivery(DatasetGoal("bench", path, report), session["here"], scene))
    (sent,) = list_files(session["here"])
    sys.stdout.write(f"{sent.name}: {sent.size:,} bytes\n")


@contextmanager
def emulator(folder: Path) -> Iterator[tuple[str, int]]:
    """Its URL and process; it takes more than an account may keep."""
    command = (sys.executable, "-m", "reconciler", "emulator", "--port", "0", "--data", str(folder))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = (process.stdout or sys.stdin).readline().split()[-1]
            body = json.dumps({"file_quota": "ignore"}).encode()
            with urlopen(Request(f"{url}/emulator/switches", body), timeout=20):
                yield url, process.pid
        finally:
            process.terminate()


def peak_of(*words: str) -> int:
    """Of a run of Python, which says it in its last line; what it says before is shown."""
    command = [sys.executable, *words]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    *lines, last = said.splitlines()
    sys.stdout.write("".join(f"  {line}\n" for line in lines))
    return int(last)


def main(mebibytes: int = 2048) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chats.jsonl")
        write(path, mebibytes)
        sys.stdout.write(f"{path.stat().st_size / MEBIBYTE:,.0f} MiB of chats\n")
        bare = peak_of("-c", BARE)
        taken = {"checking, with tokens": peak_of(__file__, "--check", str(path))}
        with emulator(Path(folder, "emulator")) as (url, pid):
            taken["uploading in parts"] = peak_of(__file__, "--upload", str(path), url)
            taken["the emulator"] = peak(pid)
    sys.stdout.write(f"{'a bare interpreter':<24}{bare / MEGABYTE:>8.0f} MB\n")
    for name, bytes_ in taken.items():
        sys.stdout.write(f"{name:<24}{(bytes_ - bare) / MEGABYTE:>8.0f} MB above it\n")
    missed = [name for name, held in taken.items() if held - bare >= GOAL * MEGABYTE]
    sys.stdout.write(f"goal: below {GOAL} MB; missed by {', '.join(missed) or 'none'}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--check", file]:
            check_it(Path(file))
        case ["--upload", file, at]:
            upload_it(Path(file), at)
        case words:
            sys.exit(main(*map(int, words)))
    print(peak(os.getpid()))
