"""Memory stays flat, whatever the file; limits that need many bytes to reach."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest

from reconciler.datasets import check_stream
from reconciler.datasets.lines import LONGEST_LINE, Line
from reconciler.datasets.shape import LARGEST_FILE
from reconciler.datasets.syntax import MalformedError, parse

MEBIBYTE = 1 << 20

# Above an interpreter that has imported the package and looked at nothing.
MEASURE = """
import resource, sys
from pathlib import Path
from reconciler.datasets import check

def peak():
    try:  # Linux lets a process inherit the ru_maxrss of the one that started it
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) << 10
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = peak()
report = check(Path(sys.argv[1]), tokens="tokens" in sys.argv)
print(peak() - before, report.size, *sorted({finding.rule for finding in report.findings}))
"""


def measured(path: Path) -> tuple[int, int, list[str]]:
    """Bytes of memory that checking took, bytes of the file, rules broken."""
    command = [sys.executable, "-c", MEASURE, str(path)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(words[0]), int(words[1]), words[2:]


def ordinary(path: Path) -> None:
    words = "The quick brown fox — jumps over the lazy dog. " * 20
    with path.open("w") as file:
        for number in range(75_000):
            said = f"{number} {words}"
            talk = [{"role": "user", "content": said}, {"role": "assistant", "content": said}]
            file.write(json.dumps({"messages": talk}) + "\n")


def without_newlines(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"messages": "')
        for _ in range(150):
            file.write(b"x" * MEBIBYTE)


def all_bad(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(20):
            file.write(b'{"messages": 1}\n' * 4096)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "megabytes", "broken"),
    [
        (ordinary, 40, []),
        (without_newlines, 2 * (LONGEST_LINE // MEBIBYTE), ["file/examples", "jsonl/line-length"]),
        (all_bad, 40, ["chat/messages"]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_memory(
    tmp_path: Path, make: Callable[[Path], None], megabytes: int, broken: list[str]
) -> None:
    """Memory depends on the longest line, up to its limit, and never on the size of the file."""
    path = tmp_path / "large.jsonl"
    make(path)
    used, size, rules = measured(path)
    assert size == path.stat().st_size
    assert used < megabytes * MEBIBYTE
    assert rules == broken


def test_a_line_over_the_limit() -> None:
    """A line that was not read whole is an error, not an example that passed."""
    with pytest.raises(MalformedError) as refused:
        parse(Line(number=1, offset=0, data=b'{"messages": [', is_whole=False))
    assert refused.value.complaint.rule == "jsonl/line-length"


class Endless(RawIOBase):
    """So many blank lines, made as they are read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        given = min(size, self._left)
        self._left -= given
        return b" " * (given - 1) + b"\n" if given else b""


def test_a_file_over_the_limit() -> None:
    """A file larger than the service takes is refused, with both sizes."""
    report = check_stream(Endless(LARGEST_FILE + 1), minimum_examples=0)  # type: ignore[arg-type]
    finding = report.findings[0]
    assert (finding.rule, finding.line) == ("file/size", 0)
    assert "536,870,913" in finding.message


def test_a_file_at_the_limit() -> None:
    """The limit itself is allowed."""
    report = check_stream(BytesIO(b""), minimum_examples=0)
    assert "file/size" not in {finding.rule for finding in report.findings}
