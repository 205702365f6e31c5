"""The effect of each parameter: log-loss and time of one value beside the defaults.

Run ``python docs/benchmarks/parameters.py``, with the options and on the tables of tabular.py.
Those of more than MAX_ROWS rows are left out, because the classifiers are fitted 50 times on each
fold.

One parameter changes at a time; the others keep their defaults. Every fit is written to a file as
soon as it is done and not done again. Delete the file after a change.
"""

import quality  # isort: skip
import argparse
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import common
import datasets
import numpy as np
import tabular

from skshallow import ShallowNetClassifier, TabularNetClassifier

MAX_ROWS = 7000
PLAIN, TABLES, DEFAULTS = "ShallowNetClassifier", "TabularNetClassifier", "defaults"
CLASSES: dict[str, Any] = {PLAIN: ShallowNetClassifier, TABLES: TabularNetClassifier}
COLORS = {PLAIN: "tab:blue", TABLES: "tab:orange"}
BOTH: dict[str, list[Any]] = {
    "hidden_size": [8, 16, 32, 128, 256, 512],
    "n_estimators": [1, 2, 8, 16],
    "alpha": [0.01, 0.1, 10, 100],
}
VALUES: dict[str, dict[str, list[Any]]] = {
    PLAIN: BOTH
    | {
        "activation": ["identity", "sigmoid", "tanh", "leaky_relu"],
        "learning_rate": [0.001, 0.003, 0.01, 0.03, 0.1],
    },
    TABLES: BOTH | {"n_bins": [1, 2, 4, 8, 16, 32, 64]},
}
PARAMETERS = [*VALUES[PLAIN], "n_bins"]


def settings(label: str) -> list[dict[str, Any]]:
    """What is fitted: the defaults, and each value of each parameter."""
    return [{}, *({name: value} for name, values in VALUES[label].items() for value in values)]


def name_of(label: str, changed: dict[str, Any]) -> str:
    """The name of a setting, as in the table."""
    change = ", ".join(f"{name}={value}" for name, value in changed.items())
    return f"{label} {change or DEFAULTS}"


def run(sets: Iterator[tuple[str, Any, Any]], labels: list[str], path: Path) -> None:
    """Write all fits that are not in the file yet to it."""
    known = {(fit["set"], fit["fold"], fit["model"]) for fit in common.records(path)}
    for name, X, y in sets:
        if len(y) > MAX_ROWS:
            continue
        for fold, (train, test) in enumerate(tabular.folds(X, y)):
            for label in labels:
                for changed in settings(label):
                    key = name, fold, name_of(label, changed)
                    if key not in known:
                        model = CLASSES[label](random_state=fold, **changed)
                        fit = dict(zip(("set", "fold", "model"), key, strict=True))
                        fit |= quality.fit_and_score(model, datasets.Rows(X), y, train, test)
                        common.append(path, fit)
        print(name, len(y), flush=True)


def text_of(value: Any) -> str:
    """A value in the table and in the figure."""
    return value if isinstance(value, str) else format(value, "g")


def effects(fits: list[dict[str, Any]], label: str, parameter: str) -> list[tuple[Any, Any, float]]:
    """Each value with its log-loss ratios by set and its mean ratio of times, sorted by value."""
    default = CLASSES[label]().get_params()[parameter]
    peer = name_of(label, {})
    n_sets = len(quality.by_set(fits, peer, "log-loss"))
    rows = [(default, np.ones(n_sets), 1.0)]
    for value in VALUES[label][parameter]:
        model = name_of(label, {parameter: value})
        seconds = quality.ratios(fits, model, "seconds", peer)
        rows.append(
            (
                value,
                quality.ratios(fits, model, "log-loss", peer),
                statistics.geometric_mean(seconds),
            )
        )
    return sorted(rows, key=lambda row: 0 if isinstance(row[0], str) else row[0])


def table(fits: list[dict[str, Any]]) -> str:
    """A row for each value of each parameter."""
    rows: list[list[object]] = []
    for label in CLASSES:
        for parameter in VALUES[label]:
            for value, ratios, seconds in effects(fits, label, parameter):
                loss = statistics.geometric_mean(ratios)
                counts = f"{np.sum(ratios < 0.98)} / {np.sum(ratios > 1.02)}"
                rows.append(
                    [
                        label,
                        f"{parameter}={text_of(value)}",
                        f"{loss:.3f}",
                        counts,
                        f"{seconds:.2g}",
                    ]
                )
    header = ["classifier", "value", "log-loss", "sets better / worse by 2 %", "time"]
    return common.table(header, rows)


def draw(fits: list[dict[str, Any]], path: Path) -> None:
    """Log-loss against the value of each parameter: a dot for each set, a larger one for the mean.

    A line joins the numbers. The defaults of the two classifiers are at one place.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(9, 6), sharey=True, layout="constrained")
    for ax, parameter in zip(axes.flat, PARAMETERS, strict=True):
        ticks: list[dict[str, None]] = []  # the values at each place, in their order
        for label in CLASSES:
            if parameter in VALUES[label]:
                found = effects(fits, label, parameter)
                ticks = [*ticks, *({} for _ in found[len(ticks) :])]
                draw_effects(ax, found, label, shift=parameter in BOTH)
                for tick, (value, _, _) in zip(ticks, found, strict=True):
                    tick[text_of(value)] = None
        ax.set_xticks(range(len(ticks)), [" or ".join(tick) for tick in ticks], fontsize="small")
        ax.axhline(1, color="grey", linewidth=0.8, zorder=0)
        ax.set(title=parameter, yscale="log", ylim=(0.75, 2.2))
        ax.set_yticks([0.8, 1, 1.25, 1.6, 2], ["0.8", "1", "1.25", "1.6", "2"])
        ax.minorticks_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("log-loss / that of the defaults")
    axes[0, 0].legend(fontsize="small")
    figure.savefig(path, dpi=150)


def draw_effects(ax: Any, found: list[tuple[Any, Any, float]], label: str, *, shift: bool) -> None:
    """The effects of one parameter on one classifier."""
    beside = {PLAIN: -0.06, TABLES: 0.06}[label] if shift else 0
    at = np.arange(len(found)) + beside
    style = {"color": COLORS[label], "marker": "o"}
    for place, (_, ratios, _) in zip(at, found, strict=True):
        kept = np.full(len(ratios), place)
        ax.plot(kept, ratios, **style, linestyle="", markersize=3, alpha=0.3, markeredgewidth=0)
    means = np.array([statistics.geometric_mean(ratios) for _, ratios, _ in found])
    named = np.array([isinstance(value, str) for value, _, _ in found])
    ax.plot(at[named], means[named], **style, linestyle="")
    ax.plot(at[~named], means[~named], **style, linestyle="-", label=label)


def main() -> None:
    """Run what is missing, then write the table and the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    datasets.add_options(parser)
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    file = args.results / "parameters.jsonl"
    run(tabular.tables(args), [PLAIN, TABLES], file)
    run(datasets.raw_tables(), [TABLES], file)
    fits = common.records(file)
    ours, frames = (len(quality.by_set(fits, name_of(label, {}), "log-loss")) for label in CLASSES)
    text = [
        "# The effect of each parameter",
        "One parameter changes at a time. Log-loss and time are ratios to the defaults on the same "
        f"folds, geometric means over the sets; below 1 is better. ShallowNetClassifier on {ours} "
        f"tables of numbers, TabularNetClassifier also on {frames - ours} raw tables, of at most "
        f"{MAX_ROWS:,} rows each. In the figure, a small dot is a set, a large one the "
        "mean; a few sets are outside. Times are rough.",
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}.",
        "![log-loss by the value of each parameter](parameters.png)",
        table(fits),
    ]
    (args.results / "parameters.md").write_text("\n\n".join(text) + "\n")
    draw(fits, args.results / "parameters.png")


if __name__ == "__main__":
    main()
