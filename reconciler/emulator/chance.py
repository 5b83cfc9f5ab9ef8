"""Ids and noise out of a seed: the same seed and the same history give the same world."""

import hashlib
import uuid


def hex32(*parts: object) -> str:
    """Thirty-two hex digits that depend on the parts and on nothing else."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def guid(*parts: object) -> str:
    return str(uuid.UUID(hex32(*parts)))


def fraction(*parts: object) -> float:
    """Between 0 and 1, evenly spread."""
    return int(hex32(*parts)[:13], 16) / 16**13
