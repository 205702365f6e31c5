"""The charts of the benchmark pages and of the README, from what the programs have measured.

Run ``python docs/benchmarks/charts.py``. It reads the files NAME.jsonl in results/ and writes
results/NAME.svg; a chart whose files are missing is left out. The background is transparent and the
colours are between light and dark, so that one file can be read in both modes.
"""

import quality  # isort: skip

import statistics
from collections.abc import Callable
from typing import Any

import common
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import tabular

OURS, PLAIN, MLP, BOOSTING = tabular.OURS, tabular.PLAIN, quality.PEER, tabular.PEER
DEEP = ("RealMLP", "TabM")
BOOSTERS = (BOOSTING, "LightGBM", "XGBoost", "CatBoost")
THREADED = "HistGradientBoosting, all threads"
COLORS = {
    OURS: "#e8590c",
    PLAIN: "#b8860b",
    MLP: "#3b82f6",
    "LogisticRegression": "#888888",
    BOOSTING: "#12a37a",
    THREADED: "#12a37a",
    "SGDClassifier": "#888888",
    "LightGBM": "#6b9a1f",
    "XGBoost": "#9a6ae0",
    "CatBoost": "#d6409f",
    "RealMLP": "#3b82f6",
    "TabM": "#9a6ae0",
}
# Where names would overlap, they stand beside their dots.
SIDES = {
    "LogisticRegression": ((9, -4), "left"),
    BOOSTING: ((8, -4), "left"),
    "LightGBM": ((-8, -4), "right"),
    "XGBoost": ((-8, -1), "right"),
}
GREY = "#7b7b7b"
LINE = "#80808055"
mpl.rcParams |= {
    "axes.edgecolor": GREY, "axes.labelcolor": GREY, "text.color": GREY, "xtick.color": GREY,
    "ytick.color": GREY, "axes.titlecolor": GREY, "axes.titlesize": 11, "font.size": 10,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "savefig.transparent": True, "svg.hashsalt": "skshallow", "axes.axisbelow": True,
}  # fmt: skip
Fits = list[dict[str, Any]]


def save(figure: Any, name: str) -> None:
    """Write the chart as SVG."""
    figure.savefig(common.RESULTS / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def fits_of(name: str, **wanted: Any) -> Fits:
    """The records of a program that have these values."""
    found = common.records(common.RESULTS / f"{name}.jsonl")
    return [fit for fit in found if wanted.items() <= fit.items()]


def mean(fits: Fits, label: str, figure: str, peer: str = "") -> float:
    """Geometric mean over the sets, of the figure or of its ratio to that of a peer."""
    if peer:
        return statistics.geometric_mean(quality.ratios(fits, label, figure, peer))
    return statistics.geometric_mean(quality.by_set(fits, label, figure).values())


def mean_seconds(fits: Fits, label: str) -> float:
    """Geometric mean of seconds to fit, also if the model was left out on some of the sets."""
    return mean(fits, label, "seconds", OURS) * mean(fits, OURS, "seconds")


def loss_and_time(ax: Any, fits: Fits) -> None:
    """Log-loss against the time of a fit, a dot for each model with its name."""
    for label in quality.labels(fits):
        x, y = mean_seconds(fits, label), mean(fits, label, "log-loss", MLP)
        own = label in (OURS, PLAIN)
        ax.scatter(x, y, s=110 if own else 45, color=COLORS[label], zorder=3)
        place, side = SIDES.get(label, ((0, 9), "center"))
        weight = "bold" if own else "normal"
        style = {"ha": side, "color": COLORS[label], "fontweight": weight}
        ax.annotate(label, (x, y), place, textcoords="offset points", **style)
    ax.set(xscale="log", xlabel="seconds to fit, one thread", ylabel="log-loss / MLPClassifier's")
    ax.grid(color=LINE)
    ax.margins(0.2, 0.12)
    seconds(ax.xaxis)


def seconds(axis: Any) -> None:
    """Plain numbers on a logarithmic axis."""
    axis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(mpl.ticker.NullFormatter())


def front() -> None:
    """Log-loss against the time of a fit, over all tables."""
    fits = [fit for fit in fits_of("tabular") if fit["model"] not in DEEP]
    figure, ax = plt.subplots(figsize=(5.2, 4), layout="constrained")
    loss_and_time(ax, fits)
    ax.set_title("Lower left is better", loc="left")
    save(figure, "front")


def by_table(ax: Any, fits: Fits, labels: list[str], peer: str) -> None:
    """Log-loss ratios to a peer, a line for each table, sorted by the first model."""
    losses = [quality.by_set(fits, label, "log-loss") for label in (*labels, peer)]
    names = np.array([name for name in losses[0] if all(name in loss for loss in losses)])
    fits = [fit for fit in fits if fit["set"] in names]
    ratios = {label: quality.ratios(fits, label, "log-loss", peer) for label in labels}
    order = np.argsort(-ratios[labels[0]])
    for place, one in enumerate(order):
        values = [ratios[label][one] for label in labels]
        ax.plot([min(values), max(values)], [place, place], color=LINE, zorder=1)
    for label in labels:
        style = {"color": COLORS[label], "label": label, "zorder": 9 - labels.index(label)}
        ax.scatter(ratios[label][order], range(len(order)), s=32, **style)
    ax.set_yticks(range(len(order)), names[order], fontsize=9)
    ax.axvline(1, color=GREY, linewidth=1)
    ax.set(xscale="log", xlabel=f"log-loss / that of {peer}", ylim=(-0.7, len(order) - 0.3))
    ax.set_xticks([0.5, 0.7, 1, 1.4, 2], ["0.5", "0.7", "1", "1.4", "2"])
    ax.minorticks_off()
    ax.grid(axis="x", color=LINE)


def probabilities() -> None:
    """Log-loss by table, beside MLPClassifier and gradient boosting."""
    fits = fits_of("tabular")
    figure, ax = plt.subplots(figsize=(5.2, 7), layout="constrained")
    by_table(ax, fits, [OURS, PLAIN, MLP], BOOSTING)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=9, ncols=1)
    save(figure, "probabilities")


def libraries() -> None:
    """Log-loss of the libraries of gradient boosting and of deep networks by table."""
    fits = fits_of("tabular")
    groups = [["CatBoost", "LightGBM", "XGBoost"]]
    if any(fit["model"] in DEEP for fit in fits):
        groups.insert(0, [*DEEP])
    heights = [len(quality.by_set(fits, labels[0], "log-loss")) + 4 for labels in groups]
    figure, axes = plt.subplots(
        len(groups), figsize=(5.2, 0.2 * sum(heights)), height_ratios=heights, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for ax, labels in zip(axes.flat, groups, strict=True):
        by_table(ax, fits, labels, OURS)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=9)
    save(figure, "libraries")


def loses() -> None:
    """Log-loss over that of the best library of gradient boosting, by table."""
    fits = fits_of("tabular")
    losses = {label: quality.by_set(fits, label, "log-loss") for label in BOOSTERS}
    rows = []
    for name, loss in quality.by_set(fits, OURS, "log-loss").items():
        best = min((found[name], label) for label, found in losses.items() if name in found)
        rows.append((loss / best[0], name, best[1]))
    rows.sort(reverse=True)
    figure, ax = plt.subplots(figsize=(5.2, 7), layout="constrained")
    for place, (ratio, _, best) in enumerate(rows):
        ax.barh(place, ratio - 1, left=1, color=COLORS[best if ratio > 1 else OURS], height=0.7)
    ax.set_yticks(range(len(rows)), [name for _, name, _ in rows], fontsize=9)
    ax.axvline(1, color=GREY, linewidth=1)
    ax.set(xlabel="log-loss / that of the best gradient boosting", ylim=(-0.7, len(rows) - 0.3))
    ax.set_xlim(left=0.3)
    ax.grid(axis="x", color=LINE)
    for label in [OURS, *dict.fromkeys(best for ratio, _, best in rows if ratio > 1)]:
        ax.barh(0, 0, left=1, color=COLORS[label], label=f"{label} is better")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=9)
    save(figure, "loses")


def bars(ax: Any, title: str, values: dict[str, float]) -> None:
    """Horizontal bars with their values, the first on top."""
    names = [*values]
    for place, (name, value) in enumerate(values.items()):
        color = next(COLORS[label] for label in COLORS if name.startswith(label.split(",")[0]))
        hatch = "///" if "all threads" in name else None
        ax.barh(place, value, color=color, height=0.7, hatch=hatch)
        text = f"{value:.2g}" if value < 100 else f"{value:.0f}"
        ax.annotate(text, (value, place), (3, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(names)), names, fontsize=9)
    ax.invert_yaxis()
    ax.set_title(title, loc="right")  # where it has room
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.margins(x=0.15)


def speed() -> None:
    """Time of a fit, a search and a prediction."""
    fits, found = fits_of("tabular"), fits_of("search", set="digits")
    compared = (OURS, PLAIN, MLP, *BOOSTERS)
    panels = {
        "Fit, seconds": {label: mean_seconds(fits, label) for label in compared},
        "Search of 60 fits, seconds": {one["model"]: one["seconds"] for one in found},
        "Prediction of 100,000 rows, ms": {
            one["model"]: 1e3 * one["many rows"] for one in fits_of("prediction", dtype="float64")
        },
    }
    panels = {title: values for title, values in panels.items() if values}
    heights = [len(values) + 1.5 for values in panels.values()]
    figure, axes = plt.subplots(
        len(panels), figsize=(5.2, 0.28 * sum(heights)), height_ratios=heights, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for ax, (title, values) in zip(axes.flat, panels.items(), strict=True):
        bars(ax, title, values)
    save(figure, "speed")


def curves(name: str, columns: list[tuple[str, str, Fits]], **options: Any) -> None:
    """Log-loss above the least possible one, and seconds, against sizes.

    Each column of the figure has a title, the name of the size, and fits.
    """
    figure, axes = plt.subplots(2, 2, figsize=(6, 6), sharey="row", layout="constrained", **options)
    for column, (title, size, fits) in enumerate(columns):
        for label in dict.fromkeys(
            fit["classifier"] for _, _, all_fits in columns for fit in all_fits
        ):
            own = [fit for fit in fits if fit["classifier"] == label]
            own.sort(key=lambda fit: fit[size])
            style = {"color": COLORS[label], "linestyle": ":" if label == THREADED else "-"}
            for ax, value in zip(axes[:, column], ("excess log-loss", "fit, s"), strict=True):
                x, y = [fit[size] for fit in own], [fit[value] for fit in own]
                ax.plot(x, y, marker="o", markersize=4, label=label, **style)
        axes[0, column].set(title=title, xscale="log", yscale="log")
        axes[1, column].set(xlabel=size, xscale="log", yscale="log")
    axes[0, 0].set_ylabel("log-loss above the least possible")
    axes[1, 0].set_ylabel("seconds to fit")
    for ax in axes.flat:
        ax.grid(color=LINE)
        ax.minorticks_off()
        seconds(ax.yaxis)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper left", fontsize=9)
    save(figure, name)


def large() -> None:
    """Curves against the number of rows."""
    fits = fits_of("large")
    kinds = dict.fromkeys(fit["data"] for fit in fits)
    curves("large", [(kind, "rows", fits_of("large", data=kind)) for kind in kinds], sharex=True)


def growth() -> None:
    """Curves against the numbers of columns and of classes."""
    fits = fits_of("growth")
    panels = (
        ("columns", {"classes": fits[0]["classes"]}),
        ("classes", {"columns": fits[-1]["columns"]}),
    )
    curves(
        "growth", [("", size, fits_of("growth", **fixed)) for size, fixed in panels], sharex="col"
    )


def kinds() -> None:
    """Log-loss on raw tables."""
    raw = fits_of("tabular", kind="raw")
    figure, ax = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    by_table(ax, raw, [OURS, PLAIN, MLP], BOOSTING)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=9)
    save(figure, "kinds")


CHARTS: dict[Callable[[], None], list[str]] = {
    front: ["tabular"],
    libraries: ["tabular"],
    probabilities: ["tabular"],
    loses: ["tabular"],
    speed: ["tabular"],
    large: ["large"],
    growth: ["growth"],
    kinds: ["tabular"],
}


def main() -> None:
    """Draw all charts whose files are there."""
    for draw, names in CHARTS.items():
        missing = [name for name in names if not fits_of(name)]
        if missing:
            print(f"{draw.__name__}: no {', '.join(missing)}.jsonl")
        else:
            draw()


if __name__ == "__main__":
    main()
