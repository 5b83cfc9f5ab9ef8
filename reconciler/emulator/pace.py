"""How long simulated things take, in seconds of the world's own clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Durations; every object remembers its own, so a later change of pace rewrites no history."""

    file_check: float
    preprocessing: float
    training: float
    training_per_million_tokens: float
    training_at_most: float
    pausing: float
    deployment: float
    update: float
    deletion: float
    # The quota of a deleted deployment comes back this much later (15 to 20 s on the service:
    # Microsoft's fine-tuning field notes, 2026-08).
    quota_release: float

    def training_time(self, tokens: int) -> float:
        by_size = tokens / 1e6 * self.training_per_million_tokens
        return self.training + min(by_size, self.training_at_most)


PACES = {
    # For tests, demos and impatient people.
    "brisk": Pace(
        file_check=0.3,
        preprocessing=1.0,
        training=2.0,
        training_per_million_tokens=4.0,
        training_at_most=6.0,
        pausing=0.3,
        deployment=0.5,
        update=0.3,
        deletion=0.2,
        quota_release=0.0,
    ),
    # For clocks that only a hand moves: everything is done as soon as it is asked for.
    "instant": Pace(
        file_check=0.0,
        preprocessing=0.0,
        training=0.0,
        training_per_million_tokens=0.0,
        training_at_most=0.0,
        pausing=0.0,
        deployment=0.0,
        update=0.0,
        deletion=0.0,
        quota_release=0.0,
    ),
    # Magnitudes seen on the service; simulated, not promised.
    "lifelike": Pace(
        file_check=20.0,
        preprocessing=300.0,
        training=1800.0,
        training_per_million_tokens=2400.0,
        training_at_most=86400.0,
        pausing=300.0,
        deployment=120.0,
        update=20.0,
        deletion=15.0,
        quota_release=15.0,
    ),
}


def pace_named(name: str) -> Pace:
    if name not in PACES:
        raise ValueError(f"pace must be one of {', '.join(PACES)}, not {name!r}")
    return PACES[name]
