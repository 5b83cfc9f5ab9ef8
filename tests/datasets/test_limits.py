"""Memory stays flat, whatever the file; limits that need many bytes to reach."""

import base64
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from reconciler.datasets import check_stream, images
from reconciler.datasets.digests import Digests, digest
from reconciler.datasets.lines import LONGEST_LINE, Line
from reconciler.datasets.shape import LARGEST_FILE, of_size
from reconciler.datasets.syntax import MalformedError, parse
from reconciler.datasets.whole import Part, Whole

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
        (ordinary, 50, []),
        (without_newlines, 2 * (LONGEST_LINE // MEBIBYTE), ["file/examples", "jsonl/line-length"]),
        (all_bad, 50, ["chat/messages"]),
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


def test_a_file_over_the_limit() -> None:
    """A file larger than the service takes is refused, with both sizes."""
    complaint = of_size(LARGEST_FILE + 1)
    assert complaint is not None
    assert complaint.rule == "file/size"
    assert "8,589,934,593" in complaint.message


def test_a_file_at_the_limit() -> None:
    """The limit itself is allowed."""
    assert of_size(LARGEST_FILE) is None


def test_too_many_images() -> None:
    """An example has at most 64 images."""
    image = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    talk = [{"role": "user", "content": [image] * 65}, {"role": "assistant", "content": "Hi"}]
    report = check_stream(BytesIO(json.dumps({"messages": talk}).encode()), minimum_examples=1)
    assert [finding.rule for finding in report.findings] == ["chat/image-count"]
    assert report.images == 65


def test_too_many_examples_with_images() -> None:
    """A file has at most 50,000 examples with images."""
    whole = Whole()
    whole.add(Part(examples=50_001, image_examples=50_001))
    whole.conclude()
    assert list(whole.part.findings.seen) == ["file/image-examples"]


def test_an_image_over_the_limit() -> None:
    """An image of more than 10 MB is refused by its length, without decoding it."""
    complaints = list(images.check("data:image/png;base64," + "A" * (15 << 20), "auto"))
    assert [complaint.rule for complaint in complaints] == ["chat/image-size"]


def test_a_decompression_bomb() -> None:
    """An image that unpacks to gigabytes is refused by its header, and never unpacked."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    data = b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82"
    uri = "data:image/png;base64," + base64.b64encode(data).decode()
    [complaint] = images.check(uri, "auto")
    assert complaint.rule == "chat/image-data"
    assert "unpacks to more than" in complaint.message


def test_repeats_are_remembered_in_little_memory() -> None:
    """Repeats come in the order of the file, with the line that they repeat."""
    digests = Digests()
    for line in range(1, 100_001):
        digests.add(line, (line % 99_000) * 0x9E3779B97F4A7C15 % (1 << 64))
    found, count = digests.repeats(limit=2)
    assert (found, count) == ([(99_001, 1), (99_002, 2)], 1000)


def test_long_examples_that_differ_by_little() -> None:
    """Of ten thousand long texts with two small differences each no two have the same digest."""
    rest = b"The same words in every example. " * 60
    texts = (b"%d %b %d" % (number, rest, number * number) for number in range(10_000))
    assert len(set(map(digest, texts))) == 10_000
