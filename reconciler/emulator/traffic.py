"""Calls to deployments, counted per minute: what the metrics are made of."""

from dataclasses import dataclass

from reconciler.emulator.call import Call
from reconciler.emulator.records import Deployment
from reconciler.emulator.storage import Books


@dataclass(frozen=True, slots=True)
class Bucket:
    """The calls of one minute that share deployment, model and status."""

    deployment: str
    minute: int
    model: str
    status: int
    requests: int
    prompt: int
    generated: int


def record(call: Call, deployment: Deployment, status: int, usage: tuple[int, int]) -> None:
    key = (call.account.key, deployment.name, int(call.now // 60), deployment.family, status)
    call.books.db.execute(
        "INSERT INTO traffic VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET "
        "requests = requests + 1, prompt = prompt + excluded.prompt, "
        "generated = generated + excluded.generated",
        (*key, *usage),
    )


def between(books: Books, account: str, start: float, end: float) -> list[Bucket]:
    """From the minute that holds `start` to the one before `end`."""
    rows = books.db.execute(
        "SELECT deployment, minute, model, status, requests, prompt, generated FROM traffic "
        "WHERE account = ? AND minute >= ? AND minute * 60 < ? ORDER BY deployment, minute",
        (account, int(start // 60), end),
    )
    return [Bucket(*row) for row in rows]
