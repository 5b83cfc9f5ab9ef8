"""Formats, checks, statistics and hashes of JSONL files: one pass, flat memory, no printing."""

from reconciler.datasets.check import check, check_stream
from reconciler.datasets.examination import LONGEST_CONTEXT
from reconciler.datasets.findings import Finding, Rule, Severity
from reconciler.datasets.formats import FORMATS, RULES
from reconciler.datasets.overlap import Overlap, overlap
from reconciler.datasets.report import Report
from reconciler.datasets.tokens import load_ahead

__all__ = [
    "FORMATS",
    "LONGEST_CONTEXT",
    "RULES",
    "Finding",
    "Overlap",
    "Report",
    "Rule",
    "Severity",
    "check",
    "check_stream",
    "load_ahead",
    "overlap",
]
