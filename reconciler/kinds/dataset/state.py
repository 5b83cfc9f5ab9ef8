"""What the service says about the uploads of one content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.planning.address import Address
from reconciler.providers.azure.listings import FileRecord


@dataclass(frozen=True)
class DatasetState:
    """The upload to use in each account, the needless twins of it, and earlier contents."""

    uploads: Mapping[str, FileRecord] = field(default_factory=dict)
    twins: tuple[FileRecord, ...] = ()
    earlier: tuple[FileRecord, ...] = ()  # uploads of this dataset with other content
    # By account, the dataset that brings the same content there before this one's turn.
    shared: Mapping[str, Address] = field(default_factory=dict)
    lent: frozenset[str] = frozenset()  # the jobs of other projects that were made from the uploads
