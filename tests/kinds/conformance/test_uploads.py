"""Large files arrive in parts; those here are small, and so are their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.kinds.dataset.delivery import Delivery
from reconciler.kinds.dataset.sending import deliver
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.planning.kind import Scene
from reconciler.providers.errors import AnswerLost, Refused
from reconciler.providers.session import Connection, Parts, Place, Session
from tests.kinds.conformance.conftest import TRAINING, Emulator, Service, time_stands_still
from tests.kinds.conformance.test_dataset import uploads

PARTS = Parts(threshold=100, size=400, parallel=3)
UPLOAD = Action(TRAINING, Verb.CREATE, ReasonCode.NEW, "not there")


def in_parts(service: Service, scratch: Path | None = None) -> Session:
    """A session to which every file is a large one."""

    def connect(place: Place) -> Connection:
        return replace(service.connect(place), parts=PARTS)

    return Session(service.places, connect, service.pass_time, scratch=scratch)


def number_of_parts(desired: Desired) -> int:
    return -(-desired.wanted[TRAINING].goal.size // PARTS.size)


def content(service: Service) -> bytes:
    (upload,) = uploads(service)
    return bytes(service.here.data.files.content(upload.id).read())


def send(service: Service, desired: Desired, session: Session) -> None:
    service.perform(desired, UPLOAD, session=session, state=None)


def test_the_parts_make_the_file(service: Service) -> None:
    """The order of `part_ids` is the order of the bytes, whichever part arrived first."""
    desired = service.desired()
    assert number_of_parts(desired) > PARTS.parallel
    send(service, desired, in_parts(service))
    goal = desired.wanted[TRAINING].goal
    assert content(service) == goal.path.read_bytes()
    assert [one.name for one in uploads(service)] == [goal.remote_name]


def test_progress(service: Service) -> None:
    """Who waits for a large file sees how far it is."""
    desired = service.desired()
    send(service, desired, in_parts(service))
    total = number_of_parts(desired)
    assert f"1 of {total} parts are in here" in service.told
    assert service.told[-1] == f"{total} of {total} parts are in here"


def begun(service: Service, emulator: Emulator, desired: Desired, scratch: Path) -> int:
    """Begin an upload that gets no further than some parts; how many they are."""
    emulator.fault("POST", "/parts$", times=None, after=2, kind="status", status=403)
    with pytest.raises(Exception, match="send part"):
        send(service, desired, in_parts(service, scratch))
    emulator.clear()
    (hint,) = (scratch / "uploads").glob("*.json")
    return hint.read_text().count("part_")


def test_going_on(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """What an interrupted run sent is not sent again, and its file is complete in the end."""
    desired = service.desired()
    there = begun(service, emulator, desired, tmp_path)
    before = emulator.count("POST", "/parts")
    send(service, desired, in_parts(service, tmp_path))
    assert there > 0
    assert emulator.count("POST", "/parts") - before == number_of_parts(desired) - there
    assert emulator.count("POST", "/complete") == 1
    assert content(service) == desired.wanted[TRAINING].goal.path.read_bytes()
    assert not list((tmp_path / "uploads").glob("*.json"))


def lost(hint: Path) -> None:
    hint.unlink()


def damaged(hint: Path) -> None:
    hint.write_bytes(hint.read_bytes()[:40])


def of_another_host(hint: Path) -> None:
    hint.write_text(hint.read_text().replace("127.0.0.1", "example.org"))


@pytest.mark.parametrize("happens_to", [lost, damaged, of_another_host])
def test_a_hint_is_no_state(
    service: Service, emulator: Emulator, tmp_path: Path, happens_to: Callable[[Path], None]
) -> None:
    """Without the hint, or with one of no use, all parts are sent again, and one file results."""
    desired = service.desired()
    begun(service, emulator, desired, tmp_path)
    (hint,) = (tmp_path / "uploads").glob("*.json")
    happens_to(hint)
    before = emulator.count("POST", "/parts")
    send(service, desired, in_parts(service, tmp_path))
    assert emulator.count("POST", "/parts") - before == number_of_parts(desired)
    assert content(service) == desired.wanted[TRAINING].goal.path.read_bytes()


def test_a_hint_holds_no_secret(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """It says where, what and how far, and keeps itself out of git."""
    desired = service.desired()
    begun(service, emulator, desired, tmp_path)
    (hint,) = (tmp_path / "uploads").glob("*.json")
    keys = ("host", "account", "dataset", "sha256", "size", "partSize", "upload", "expiresAt")
    assert all(f'"{key}"' in hint.read_text() for key in keys)
    assert hint.read_text().count('":') == len(keys) + 1 + hint.read_text().count("part_")
    assert (tmp_path / "uploads" / ".gitignore").read_text() == "*\n"


@time_stands_still
def test_an_upload_that_expired(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """An upload lives for an hour or two; then one part is refused, and it is begun anew."""
    desired = service.desired()
    begun(service, emulator, desired, tmp_path)
    emulator.advance(3 * 3600)
    before = emulator.count("POST", "/parts")
    send(service, desired, in_parts(service, tmp_path))
    assert "the upload that was begun is gone; starting over" in service.told
    assert emulator.count("POST", "/parts") - before == number_of_parts(desired) + 1
    assert content(service) == desired.wanted[TRAINING].goal.path.read_bytes()


def test_an_upload_of_earlier_content(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """What was begun with content that the dataset no longer has is cancelled, not left behind."""
    begun(service, emulator, service.desired(), tmp_path)
    changed = service.desired(data="b")
    send(service, changed, in_parts(service, tmp_path))
    assert emulator.count("POST", "/cancel") == 1
    assert content(service) == changed.wanted[TRAINING].goal.path.read_bytes()
    assert not list((tmp_path / "uploads").glob("*.json"))


def test_a_part_whose_answer_was_lost(service: Service, emulator: Emulator) -> None:
    """A part is sent again when its answer is lost; only those that are named count."""
    desired = service.desired()
    emulator.fault("POST", "/parts$", times=2, kind="drop", when="after")
    send(service, desired, in_parts(service))
    assert emulator.count("POST", "/parts") == number_of_parts(desired) + 2
    assert content(service) == desired.wanted[TRAINING].goal.path.read_bytes()


def test_a_completion_whose_answer_was_lost(service: Service, emulator: Emulator) -> None:
    """After a lost answer a look comes first: a completed upload is not completed again."""
    desired = service.desired()
    emulator.fault("POST", "/complete$", kind="drop", when="after")
    send(service, desired, in_parts(service))
    assert emulator.count("POST", "/complete") == 1
    assert len(uploads(service)) == 1


def test_a_completion_that_was_never_seen(service: Service, emulator: Emulator) -> None:
    """If the look shows nothing, it is completed after all."""
    desired = service.desired()
    emulator.fault("POST", "/complete$", kind="drop", when="before")
    send(service, desired, in_parts(service))
    assert emulator.count("POST", "/complete") == 2
    assert len(uploads(service)) == 1


def test_no_answer_at_all(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """When completing is never answered, the next run finds all parts and only completes."""
    desired = service.desired()
    emulator.fault("POST", "/complete$", times=3, kind="drop", when="before")
    with pytest.raises(AnswerLost):
        send(service, desired, in_parts(service, tmp_path))
    before = emulator.count("POST", "/parts")
    send(service, desired, in_parts(service, tmp_path))
    assert emulator.count("POST", "/parts") == before
    assert len(uploads(service)) == 1


def test_stopping(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """Who asks to stop waits for the parts under way only, and the next run goes on."""
    desired = service.desired()
    session = in_parts(service, tmp_path)
    delivery = Delivery(
        desired.wanted[TRAINING].goal,
        session["here"],
        Scene(
            session,
            {},
            desired.policy,
            service.told.append,
            now=lambda: datetime.now(UTC),
            is_stopping=lambda: emulator.count("POST", "/parts") > 0,
        ),
    )
    with pytest.raises(Refused, match="asked to stop"):
        deliver(delivery)
    sent = emulator.count("POST", "/parts")
    assert 0 < sent <= 1 + PARTS.parallel
    send(service, desired, in_parts(service, tmp_path))
    assert emulator.count("POST", "/parts") == number_of_parts(desired)


def test_a_file_that_is_gone(service: Service, emulator: Emulator) -> None:
    """A file that is not there any more is an error that names it."""
    desired = service.desired()
    desired.wanted[TRAINING].goal.path.unlink()
    with pytest.raises(Refused, match=r"a\.jsonl cannot be read: No such file"):
        send(service, desired, in_parts(service))


def test_a_file_that_changed(service: Service, emulator: Emulator, tmp_path: Path) -> None:
    """A file that is another one by now is not sent, and what was begun is not completed."""
    desired = service.desired()
    begun(service, emulator, desired, tmp_path)
    path = desired.wanted[TRAINING].goal.path
    path.write_bytes(path.read_bytes().replace(b"0", b"1"))
    with pytest.raises(Refused, match="changed while this command was running"):
        send(service, desired, in_parts(service, tmp_path))
    assert emulator.count("POST", "/complete") == 0
    assert uploads(service) == []
