"""An apply as it goes: one line an event, and a sign of life while the service works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TextIO, assert_never

from rich.console import Console
from rich.status import Status

from reconciler.applying.events import (
    Done,
    Event,
    Failed,
    Finished,
    Started,
    Told,
    Unanswered,
    Waiting,
)
from reconciler.planning.action import Verb
from reconciler.planning.phrases import count
from reconciler.reporting.page import Page, put
from reconciler.reporting.words import duration, no_room

SPINNER_LINES = 3
NAMED = 3  # resources that are waited for, each with what is known of it
HEARTBEAT = timedelta(seconds=30)
PAST = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.REPLACE: "replaced",
    Verb.DELETE: "deleted",
    Verb.TRAIN: "submitted for training",
}


class Progress:
    """Writes events to a stream. On a terminal it shows a spinner while there is nothing to say."""

    def __init__(self, stream: TextIO, page: Page) -> None:
        self._stream = stream
        self._page = page
        self._spinner = self._made_spinner() if stream.isatty() else None
        self._last_beat: timedelta | None = None

    def _made_spinner(self) -> Status:
        console = Console(file=self._stream, no_color=not self._page.has_color)
        return console.status("")

    def follow(self, events: Iterable[Event]) -> Finished:
        """Show events until the last one, and return that."""
        try:
            for event in events:
                if isinstance(event, Finished):
                    return event
                self._show(event)
        finally:
            self._quiet()
        raise AssertionError("a run always ends with Finished")

    def _show(self, event: Event) -> None:
        if isinstance(event, Waiting):
            self._wait(event)
            return
        self._quiet()
        put(event_lines(event, self._page), self._stream)

    def _wait(self, event: Waiting) -> None:
        text = f"waiting for {_awaited(event)}, {duration(event.elapsed)}"
        if self._spinner:
            limit = (self._page.width - 4) * SPINNER_LINES
            self._spinner.update(text if len(text) <= limit else f"{text[: limit - 3]}...")
            self._spinner.start()
        elif self._last_beat is None or event.elapsed - self._last_beat >= HEARTBEAT:
            self._last_beat = event.elapsed
            put(self._page.wrap(text, 0, hang=4), self._stream)

    def _quiet(self) -> None:
        if self._spinner:
            self._spinner.stop()


def _awaited(event: Waiting) -> str:
    """The first few with what is known of them, and how many more there are."""
    named = [f"{one.address} ({one.reason})" for one in event.actions[:NAMED]]
    more = len(event.actions) - len(named)
    parts = [", ".join(named) + (f" and {more} more" if more else "")] if named else []
    if event.in_line:
        full = sorted({no_room(one.queue) for one in event.in_line if one.queue})
        parts.append(f"a place for {count(len(event.in_line), 'resource')} ({', '.join(full)})")
    return "; ".join(parts)


def event_lines(event: Event, page: Page) -> Iterator[str]:
    """What an event says. Waiting says nothing by itself."""
    match event:
        case Started(action):
            yield f"{action.address}: {action.verb} ..."
        case Told(action, text):
            yield from page.wrap(f"{action.address}: {text}", 0, hang=4)
        case Done(action, took):
            line = f"{action.address}: {PAST[action.verb]} ({duration(took)})"
            yield page.paint(line, "green")
        case Failed(action, error, is_final):
            again = "" if is_final else " Trying again after another look."
            lines = page.wrap(f"{action.address}: {error.message}{again}", 0, hang=4)
            yield from (page.paint(line, "red" if is_final else "yellow") for line in lines)
            if is_final and error.hint:
                yield from page.wrap(error.hint, 4)
        case Unanswered(error):
            yield from page.wrap(f"looking again: {error.message}", 0, hang=4)
        case Waiting() | Finished():
            return
        case _:
            assert_never(event)


def ending_lines(finished: Finished, page: Page) -> Iterator[str]:
    """Exactly what is done, running, failed and blocked."""
    for at, error in finished.failed.items():
        yield from _painted(f"! {at}: {error.message} {error.hint}".rstrip(), "red", page)
    for action in finished.stuck:
        yield from _painted(f"! {action.address}: {action.reason}", "red", page)
    for address, causes in finished.blocked.items():
        yield from _painted(f"? {address}: blocked by {', '.join(map(str, causes))}", "cyan", page)
    for action in finished.unapproved:
        text = f"? {action.address}: {action.verb} was not part of the approved plan; plan again"
        yield from _painted(text, "yellow", page)
    for action in finished.left:
        text = f"- {action.address}: nobody needs it any more; the next apply deletes it"
        yield from page.wrap(text, 0, hang=4)
    for action in finished.held:
        text = f"- {action.address}: stays until what is wanted is there; a later apply deletes it"
        yield from page.wrap(text, 0, hang=4)
    for action in finished.running:
        yield from page.wrap(
            f". {action.address}: still on the service: {action.reason}", 0, hang=4
        )
    for one in finished.plan.in_line:
        why = no_room(one.queue) if one.queue else ""
        yield from _painted(f"? {one.address}: waits for a place: {why}", "cyan", page)
    if finished.cause:
        yield from _painted(f"! {finished.cause.message} {finished.cause.hint}", "red", page)
    yield from page.wrap(_sum(finished), 0)


def _painted(text: str, style: str, page: Page) -> Iterator[str]:
    yield from (page.paint(line, style) for line in page.wrap(text, 0, hang=4))


def _sum(finished: Finished) -> str:
    later = [
        one
        for one in finished.plan.deferred
        if one.address not in finished.blocked and not one.is_in_line
    ]
    parts = [
        f"{len(finished.done)} done",
        *_counted(len(finished.running), "under way"),
        *_counted(len(finished.failed), "failed"),
        *_counted(len(finished.stuck), "stuck"),
        *_counted(len(finished.blocked), "blocked"),
        *_counted(len(finished.unapproved), "not approved"),
        *_counted(len(finished.plan.in_line), "waiting for a place"),
        *_counted(len(later), "to come"),
        *_counted(len(finished.left) + len(finished.held), "left to delete"),
    ]
    word = {
        "settled": "Settled",
        "still running": "Still running",
        "timed out": "Timed out",
        "interrupted": "Interrupted",
        "stuck": "Not settled",
        "unreachable": "Lost sight of the service",
    }[finished.ending.value]
    away = sum(one.is_away for one in finished.plan.actions)
    kept = sum(one.verb is Verb.KEEP and not one.is_stuck for one in finished.plan.actions) - away
    if kept:
        parts.append(f"{count(kept, 'resource')} as wanted")
    parts += _counted(away, "away")
    return f"{word}: {', '.join(parts)}."


def _counted(number: int, words: str) -> list[str]:
    return [f"{number} {words}"] if number else []
