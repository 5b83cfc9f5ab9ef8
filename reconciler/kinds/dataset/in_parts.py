"""Sends a large file in parts, side by side, and goes on after a kill where it was.

Parts may be sent again without harm, since only those count that `complete` names. Which are there
is remembered on disc (half_done.py). A run that finds a begun upload tries one part first: when the
upload has expired or was cancelled, the service says so, and it is begun anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from reconciler.kinds.dataset.delivery import JSONL, Delivery
from reconciler.kinds.dataset.half_done import HalfDone
from reconciler.kinds.dataset.parts import Measured, Piece
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import AnswerLost, Refused, ServiceError

PART_RETRIES = 4
COMPLETIONS = 3  # tries, each after a look
JOINED_WITHIN = 600.0  # seconds; the answer comes when all parts are one file
GONE = frozenset({400, 404, 409, 410})  # what the service may say of an upload that has ended


def send_in_parts(delivery: Delivery) -> str:
    """The id of the file. Finishes what was begun; where that is gone, begins."""
    wanted = _unbegun(delivery)
    content = delivery.measured(wanted.part_size)
    begun = next((one for one in delivery.notes if one.is_of(wanted)), None)
    if begun:
        try:
            return _Upload(delivery, content, begun).finish()
        except ServiceError as error:
            if error.status not in GONE:
                raise
            delivery.scene.tell("the upload that was begun is gone; starting over")
            _abandon(delivery, begun)
    return _Upload(delivery, content, _begin(delivery, wanted)).finish()


def abandon_earlier(delivery: Delivery) -> None:
    """Cancel what was begun with earlier content of the same dataset: nobody will complete it."""
    wanted = _unbegun(delivery)
    for one in delivery.notes:
        if one.is_outdated_by(wanted):
            _abandon(delivery, one)


def _unbegun(delivery: Delivery) -> HalfDone:
    return HalfDone(
        host=delivery.connection.legacy.base_url.host,
        account=delivery.account,
        dataset=delivery.goal.name,
        sha256=delivery.goal.sha256,
        size=delivery.goal.size,
        part_size=delivery.connection.parts.size,
    )


def _begin(delivery: Delivery, wanted: HalfDone) -> HalfDone:
    with translated(f"begin the upload of {delivery.path.name}", delivery.account):
        made = delivery.connection.legacy.uploads.create(
            bytes=wanted.size,
            filename=delivery.goal.remote_name,
            mime_type=JSONL,
            purpose="fine-tune",
        )
    begun = wanted.begun_as(made.id, made.expires_at)
    delivery.notes.keep(begun)
    return begun


def _abandon(delivery: Delivery, one: HalfDone) -> None:
    """Cancel it if it can be; an upload that nobody completes expires by itself."""
    delivery.notes.drop(one)
    try:
        with translated("cancel an upload", delivery.account):
            delivery.connection.legacy.uploads.cancel(one.upload)
    except ServiceError:
        return


class _Upload:
    """An upload on its way. Only the thread that made it changes it."""

    def __init__(self, delivery: Delivery, content: Measured, begun: HalfDone) -> None:
        self._delivery = delivery
        self._content = content
        self._begun = begun
        self._client = delivery.connection.legacy

    def finish(self) -> str:
        """Send what is missing and complete it; the id of the file."""
        missing = [one for one in self._content.pieces if one.number not in self._begun.parts]
        if self._begun.parts:
            there = f"{len(self._begun.parts)} of {len(self._content.pieces)} parts are there"
            self._delivery.scene.tell(f"going on: {there}")
            self._send(missing[:1])
            missing = missing[1:]
        self._send(missing)
        file = self._complete([self._begun.parts[one.number] for one in self._content.pieces])
        self._delivery.notes.drop(self._begun)
        return file

    def _send(self, pieces: Sequence[Piece]) -> None:
        """Where one fails, those under way are still waited for, and count."""
        pool = ThreadPoolExecutor(self._delivery.connection.parts.parallel)
        sent = {pool.submit(self._sent, piece): piece.number for piece in pieces}
        try:
            for one in as_completed(sent):
                self._note(sent.pop(one), one.result())
        finally:
            pool.shutdown(cancel_futures=True)
            for one, number in sent.items():
                if not one.cancelled() and one.exception() is None:
                    self._note(number, one.result())

    def _sent(self, piece: Piece) -> str:
        """The id of a part that holds what was measured. Raises Refused if the file changed."""
        if self._delivery.scene.is_stopping():
            raise Refused("asked to stop; the next run goes on with the parts that are there.")
        client = self._client.with_options(max_retries=PART_RETRIES)
        doing = f"send part {piece.number + 1} of {self._delivery.path.name}"
        account = self._delivery.account
        with translated(doing, account), self._delivery.window(piece) as content:
            part = client.uploads.parts.create(self._begun.upload, data=content.stream)
        if not content.is_unchanged:
            raise self._delivery.changed()
        return part.id

    def _note(self, number: int, part: str) -> None:
        self._begun = self._begun.with_part(number, part)
        self._delivery.notes.keep(self._begun)
        done, total = len(self._begun.parts), len(self._content.pieces)
        if done == total or 10 * done // total > 10 * (done - 1) // total:
            self._delivery.scene.tell(f"{done} of {total} parts are in {self._delivery.account}")

    def _complete(self, parts: Sequence[str]) -> str:
        """Not repeated without a look in between: a completed upload cannot be completed again."""
        client = self._client.with_options(max_retries=0, timeout=JOINED_WITHIN)
        doing = f"complete the upload of {self._delivery.path.name}"
        is_open = False  # whether an earlier try may have worked
        for last in [False] * (COMPLETIONS - 1) + [True]:
            try:
                with translated(doing, self._delivery.account):
                    made = client.uploads.complete(self._begun.upload, part_ids=list(parts))
                if made.file:
                    return made.file.id
            except ServiceError as error:
                is_open = is_open or isinstance(error, AnswerLost)
                if not is_open or last:
                    raise
            self._delivery.scene.session.sleep(self._delivery.connection.pace.listing_delay)
            if there := self._delivery.there():
                return there[0].id
        raise AnswerLost(f"could not {doing}: it does not show.", hint="Run it again in a while.")
