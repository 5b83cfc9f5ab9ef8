"""A training curve: drawn in the terminal, saved as a picture, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.kinds.fine_tuned_model.curve import METRICS, RULE, Curve, overfitting
from reconciler.reporting.formats import FORMAT_VERSION
from reconciler.reporting.page import Page

LOSS = tuple(metric for metric in METRICS if metric.endswith("loss"))
ACCURACY = tuple(metric for metric in METRICS if metric.endswith("accuracy"))
HEIGHT = 16  # lines of a plot in the terminal
MARKS = (".", "+", "o")  # what tells the lines apart where there are no colours


def curve_lines(curve: Curve, page: Page) -> Iterator[str]:
    """Two plots, the values at the end, and a verdict."""
    for title, metrics in (("loss", LOSS), ("token accuracy", ACCURACY)):
        yield from _plot(title, curve, metrics, page)
    width = max(len(metric) for metric in METRICS)
    for metric in METRICS:
        last = curve.last(metric)
        if last is not None:
            yield f"{metric:<{width}}  {last:.4f}"
    yield from page.wrap(verdict(curve), 0)


def verdict(curve: Curve) -> str:
    """In words: whether it overfitted, from which step, and by which rule."""
    found = overfitting(curve)
    if found:
        return (
            f"Overfitting from step {found.step} on: the validation loss rose from "
            f"{found.lowest:.4f} to {found.final:.4f} ({RULE})."
        )
    if not any(curve.series.get(metric) for metric in LOSS[1:]):
        return "Without validation data, nothing can be said about overfitting."
    return f"No overfitting: it would be said when {RULE}."


def _plot(title: str, curve: Curve, metrics: tuple[str, ...], page: Page) -> Iterator[str]:
    import plotext

    plotext.clear_figure()
    plotext.theme("pro" if page.has_color else "clear")
    plotext.plot_size(min(page.width, 100), HEIGHT)
    plotext.title(title)
    drawn = [metric for metric in metrics if curve.series.get(metric)]
    for metric, mark in zip(drawn, MARKS, strict=False):
        steps, values = zip(*curve.series[metric], strict=True)
        marker = "hd" if page.has_color else mark
        plotext.plot(list(steps), list(values), label=metric, marker=marker)
    if drawn:
        text = plotext.build()
        lines = (text if page.has_color else plotext.uncolorize(text)).splitlines()
        yield from (line.rstrip() for line in lines)


def save_curve(curve: Curve, out: Path, title: str) -> None:
    """Save a PNG or an SVG, by the ending of the name. Raises ImportError without matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    figure.suptitle(title)
    for axes, name, metrics in zip(
        figure.subplots(1, 2), ("loss", "token accuracy"), (LOSS, ACCURACY), strict=True
    ):
        for metric in metrics:
            if points := curve.series.get(metric):
                axes.plot(
                    *zip(*points, strict=True), label=metric, marker="." if len(points) < 20 else ""
                )
        axes.set(title=name, xlabel="step")
        axes.legend()
    figure.savefig(out)


def curve_json(curve: Curve, address: str) -> dict[str, Any]:
    found = overfitting(curve)
    return {
        "format_version": FORMAT_VERSION,
        "address": address,
        "steps": curve.steps,
        "series": {metric: [list(point) for point in curve.series[metric]] for metric in METRICS},
        "overfitting": None
        if found is None
        else {"from_step": found.step, "lowest": found.lowest, "final": found.final},
        "rule": RULE,
    }
