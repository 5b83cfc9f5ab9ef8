"""Brings a content to an account: in one call, in parts, or by letting the service fetch it."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.dataset.blob import Blob
from reconciler.kinds.dataset.delivery import JSONL, Delivery, remove
from reconciler.kinds.dataset.in_parts import abandon_earlier, send_in_parts
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import FileRecord, find_file
from reconciler.providers.errors import Refused

IMPORT_LOOKS = 40  # after that the plan does the waiting


def deliver(delivery: Delivery) -> None:
    """Look, send, look again: of two uploads at the same moment, the older one stays."""
    if delivery.there():
        return
    sent = _send(delivery)
    same = delivery.there()
    if same and same[0].id != sent and any(one.id == sent for one in same):
        remove(delivery.connection, sent)


def _send(delivery: Delivery) -> str:
    """The id of the new file."""
    goal = delivery.goal
    if goal.blob:
        delivery.scene.tell(f"the service fetches it to {delivery.account}")
        return _import(delivery, goal.blob)
    delivery.scene.tell(f"uploading {goal.size:,} bytes to {delivery.account}")
    abandon_earlier(delivery)
    if goal.size > delivery.connection.parts.threshold:
        return send_in_parts(delivery)
    return _send_in_one_call(delivery)


def _send_in_one_call(delivery: Delivery) -> str:
    (piece,) = delivery.measured().pieces
    doing = f"upload {delivery.path.name}"
    with translated(doing, delivery.account), delivery.window(piece) as content:
        sent = delivery.connection.data.files.create(
            file=(delivery.goal.remote_name, content.stream, JSONL), purpose="fine-tune"
        )
    if not content.is_unchanged:
        remove(delivery.connection, sent.id)
        raise delivery.changed()
    return sent.id


def _import(delivery: Delivery, blob: Blob) -> str:
    """Stay until the service has said whether it can read the URL. Only the dated path can."""
    connection = delivery.connection
    body = {
        "purpose": "fine-tune",
        "filename": delivery.goal.remote_name,
        "content_url": blob.url.get_secret_value(),
    }
    with blob.hidden(), translated(f"import {delivery.goal.name}", delivery.account):
        made: Any = connection.legacy.post("/files/import", body=body, cast_to=object)
    for _look in range(IMPORT_LOOKS):
        file = find_file(connection, str(made["id"]))
        if file.status != "pending":
            break
        delivery.scene.session.sleep(connection.pace.look)
    if file.status == "error":
        raise _unread(delivery, blob, file)
    return file.id


def _unread(delivery: Delivery, blob: Blob, file: FileRecord) -> Refused:
    """What the service could not read is of no use, and would be in the way of the next try."""
    remove(delivery.connection, file.id)
    why = blob.hide(file.detail) or "no explanation"
    return Refused(
        f"the service could not take {delivery.goal.name} from its URL: {why}",
        hint="Check that the URL can be read from the service, and that its token is still valid.",
    )
