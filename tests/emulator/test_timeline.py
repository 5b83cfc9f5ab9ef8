"""The schedule of jobs as a pure function: properties over arbitrary histories."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.emulator.dataplane.timeline import SLOTS, courses
from reconciler.emulator.records import Job

MOMENTS = [float(moment) for moment in range(0, 120, 3)]


def job(number: int, created: float, length: float, ended: float | None, *, developer: bool) -> Job:
    """A job with the fields that the schedule reads."""
    return Job(
        account="a",
        key=f"ftjob-{number}",
        created=created,
        seq=number,
        model="m",
        parent="",
        training_file="f",
        validation_file="",
        seed=0,
        method=None,
        hyperparameters={},
        kind="supervised",
        suffix="",
        training_type="developerTier" if developer else "standard",
        metadata=None,
        integrations=None,
        preprocessing=1.0,
        training=length,
        pausing=1.0,
        examples=10,
        tokens=10,
        results_file="r",
        cancelled=None if ended is None else created + ended,
    )


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.integers(1, 20),
        st.one_of(st.none(), st.integers(0, 30)),
        st.booleans(),
    ),
    max_size=14,
).map(
    lambda rows: [
        job(number, float(at), float(length), None if end is None else float(end), developer=tier)
        for number, (at, length, end, tier) in enumerate(sorted(rows, key=lambda row: row[0]), 1)
    ]
)


@settings(max_examples=150, deadline=None)
@given(HISTORIES)
def test_never_more_than_the_slots(jobs: list[Job]) -> None:
    """At no moment do more jobs run than there are slots, and nobody waits beside a free one."""
    found = courses(jobs).values()
    for moment in MOMENTS:
        for lane, slots in SLOTS.items():
            kinds = [
                c for c in found if (c.job.training_type == "developerTier") == (lane != "shared")
            ]
            states = [c.status(moment) for c in kinds if c.job.created <= moment]
            assert states.count("running") <= slots
            assert states.count("running") == slots or "queued" not in states


@given(st.floats(1.7e9, 1.9e9), st.floats(0.001, 1e5))
def test_the_end_is_whole(created: float, length: float) -> None:
    """When a job has ended it was trained to its last step, however its times round."""
    [course] = courses([job(1, created, length, None, developer=False)]).values()
    assert course.progress(course.finished) == 1.0


@settings(max_examples=150, deadline=None)
@given(HISTORIES, st.integers(0, 13))
def test_the_past_does_not_change(jobs: list[Job], known: int) -> None:
    """Jobs that come later change nothing that was seen before they came."""
    later = jobs[known:]
    until = later[0].created if later else float("inf")
    before, after = courses(jobs[:known]), courses(jobs)
    for moment in (m for m in MOMENTS if m < until):
        for key, course in before.items():
            assert course.status(moment) == after[key].status(moment)


@settings(max_examples=100, deadline=None)
@given(HISTORIES)
def test_every_job_ends(jobs: list[Job]) -> None:
    """Every job ends: succeeded after its whole length on a slot, or cancelled when it was said."""
    for course in courses(jobs).values():
        spent = sum(end - start for start, end in course.runs)
        if course.status(1e9) == "succeeded":
            assert spent == course.job.training
        else:
            assert course.status(1e9) == "cancelled"
            assert course.finished == course.job.cancelled
