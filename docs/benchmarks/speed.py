"""Time and memory of training and importing, beside peers' where there are.

Run ``python docs/benchmarks/speed.py``, or with ``--sections same_work,memory`` some of it.
PyTorch takes part where it is installed.

Every section is written to results/speed/ as soon as it is done and not measured again unless
with ``--again``, so that a run can be broken off and taken up; speed.md is made of them. With
``--quick`` everything is tiny, shows only that the program works, and goes to results/quick/.
"""

import common  # isort: skip

import argparse
import os
import statistics
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from skshallow import ShallowNetClassifier
from skshallow._data.distinct_rows import distinct_rows
from skshallow._data.labels import Targets
from skshallow._data.moments import weighted_moments
from skshallow._data.scaling import Scaling
from skshallow._network.network import Network
from skshallow._solvers.objective import Objective

Job = Callable[[], object]

BATCH_SIZE = 200
ENDLESS = {"tol": 0.0, "n_iter_no_change": 10**9}  # so that max_iter alone ends a fit
MIB = 2**20


try:
    import torch
except ImportError:
    torch = None


def absent() -> str:
    """Whether the optional peer is missing, as a sentence."""
    return "" if torch else " PyTorch is not installed and so left out."


def say(*words: object) -> None:
    """Print progress at once."""
    print(*words, flush=True)


def n_repeats(quick: bool, full: int = 5) -> int:
    """How many times every job is timed."""
    return 1 if quick else full


def data(m: int, n: int, dtype: Any = np.float32) -> tuple[Any, Any]:
    """Gaussian rows of two classes that no network can tell apart without error."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((m, n), dtype=dtype)
    noise = 2 * rng.standard_normal(m)
    return X, (X[:, :5].sum(axis=1) + noise > 0).astype(int)


def milliseconds(seconds: float) -> str:
    """Three digits of it."""
    return f"{1e3 * seconds:.3g}" if seconds < 1 else f"{1e3 * seconds:.0f}"


def ratio(a: float | None, b: float) -> str:
    """A over b, or a dash where a was not measured."""
    return "-" if a is None else f"{a / b:.2f}"


def peak_memory(job: Job) -> tuple[Any, int]:
    """The job's result and the most bytes that it held at once, as tracemalloc sees them."""
    tracemalloc.start()
    try:
        result = job()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def fit_epochs(model: Any, X: Any, y: Any, n_epochs: int) -> None:
    """Fit for so many epochs, no fewer."""
    model.set_params(max_iter=n_epochs).fit(X, y)
    assert model.n_iter_ == n_epochs


def epoch_jobs(name: str, model: Any, X: Any, y: Any, n_epochs: int) -> dict[str, Job]:
    """A fit of 1 and one of 1 + n_epochs, by whose difference an epoch is timed."""
    return {
        f"{name}, 1": partial(fit_epochs, model, X, y, 1),
        f"{name}, more": partial(fit_epochs, model, X, y, 1 + n_epochs),
    }


def epoch_seconds(seconds: dict[str, float], name: str, n_epochs: int) -> float:
    """Seconds of an epoch, without what a fit does once."""
    return (seconds[f"{name}, more"] - seconds[f"{name}, 1"]) / n_epochs


def epochs_worth_timing(m: int, n: int, h: int, quick: bool) -> int:
    """So many epochs that their time stands out from that of one fit, and not more than needed."""
    operations = m * (4 * n * h + 20_000)  # the constant is what a row costs beside the products
    return 20 if quick else int(np.clip(4e9 / operations, 3, 100))


# ---------------------------------------------------------------- the same work

SAME_WORK = {
    "MLP / ours": ("MLP", "ours"),
    "PyTorch / ours": ("torch", "ours"),
    "ours / bare": ("ours", "bare"),
}


def same_work_ratios(seconds: dict[str, float | None]) -> list[str]:
    """The columns of these names."""
    return [ratio(seconds[a], seconds[b]) for a, b in SAME_WORK.values()]


def torch_problem(X: Any, y: Any, h: int, activation: str) -> tuple[Any, Any, Any, Any]:
    """X, y, the network and its loss in PyTorch."""
    torch.manual_seed(0)
    X, y = torch.from_numpy(X), torch.from_numpy(y.astype(X.dtype)[:, np.newaxis])
    g = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[activation]()
    model = torch.nn.Sequential(torch.nn.Linear(X.shape[1], h), g, torch.nn.Linear(h, 1))
    return X, y, model.to(X.dtype), torch.nn.BCEWithLogitsLoss()


def torch_epochs(X: Any, y: Any, h: int, n_epochs: int) -> Job:
    """Epochs of Adam in PyTorch, as one would write them for speed on a CPU."""
    X, y, model, loss = torch_problem(X, y, h, "relu")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def job() -> None:
        for _ in range(n_epochs):
            for batch in torch.randperm(len(X)).split(BATCH_SIZE):
                optimizer.zero_grad(set_to_none=True)
                loss(model(X.index_select(0, batch)), y.index_select(0, batch)).backward()
                optimizer.step()

    return job


def bare_epochs(X: Any, h: int, n_epochs: int) -> Job:
    """The matrix products of those epochs and nothing else."""
    rng = np.random.default_rng(0)
    W1, W2, A1, dZ2 = (
        rng.standard_normal(shape, dtype=X.dtype)
        for shape in ((X.shape[1], h), (h, 1), (BATCH_SIZE, h), (BATCH_SIZE, 1))
    )
    Z1, dZ1, Z2, dW1, dW2 = (np.empty_like(array) for array in (A1, A1, dZ2, W1, W2))

    def job() -> None:
        for _ in range(n_epochs):
            for start in range(0, len(X), BATCH_SIZE):
                X_b = X[start : start + BATCH_SIZE]
                np.dot(X_b, W1, out=Z1)
                np.dot(A1, W2, out=Z2)
                np.dot(A1.T, dZ2, out=dW2)
                np.dot(dZ2, W2.T, out=dZ1)
                np.dot(X_b.T, dZ1, out=dW1)

    return job


def same_work_seconds(m: int, n: int, h: int, quick: bool) -> dict[str, float | None]:
    """Seconds of an epoch of each, in turn within one run."""
    X, y = data(m, n)
    n_epochs = epochs_worth_timing(m, n, h, quick)
    ours = ShallowNetClassifier(
        h,
        n_estimators=1,
        solver="adam",
        early_stopping=False,
        average=False,
        standardize=False,
        batch_size=BATCH_SIZE,
        learning_rate=1e-3,
        random_state=0,
        **ENDLESS,
    )
    mlp = MLPClassifier(
        (h,), solver="adam", batch_size=BATCH_SIZE, learning_rate_init=1e-3, random_state=0
    ).set_params(**ENDLESS)
    jobs = epoch_jobs("ours", ours, X, y, n_epochs) | epoch_jobs("MLP", mlp, X, y, n_epochs)
    jobs["bare"] = bare_epochs(X, h, n_epochs)
    if torch is not None:
        jobs["torch"] = torch_epochs(X, y, h, n_epochs)
    seconds = common.times(jobs, n_repeats(quick))
    return {
        "ours": epoch_seconds(seconds, "ours", n_epochs),
        "MLP": epoch_seconds(seconds, "MLP", n_epochs),
        "torch": seconds["torch"] / n_epochs if torch is not None else None,
        "bare": seconds["bare"] / n_epochs,
    }


def same_work(quick: bool) -> str:
    """One epoch of Adam, in batches of 200, in float32."""
    rows, measured = [], []
    for m in (400,) if quick else (2000, 20_000):
        for n in (10,) if quick else (10, 100, 784):
            for h in (32,) if quick else (32, 100, 256):
                s = same_work_seconds(m, n, h, quick)
                measured.append(s)
                rows.append([m, n, h, milliseconds(s["ours"]), *same_work_ratios(s)])
                say(*rows[-1])
    means = [
        "-" if s[a] is None else f"{statistics.geometric_mean([s[a] / s[b] for s in measured]):.2f}"
        for a, b in SAME_WORK.values()
    ]
    rows.append(["geometric mean", "", "", "", *means])
    text = (
        f"Time of one epoch of Adam: {BATCH_SIZE} rows a batch, ReLU, two classes, float32, one "
        "network, nothing held out, averaged or standardised. For the two classifiers (time of "
        "1 + E epochs - time of 1 epoch) / E; PyTorch with fused Adam and batches by "
        "index_select. Bare: the five matrix products of each batch in NumPy, into arrays at "
        f"hand, and nothing else.{absent()}"
    )
    header = ["rows", "columns", "hidden", "ours, ms", *SAME_WORK]
    return f"{text}\n\n{common.table(header, rows)}"


# ---------------------------------------------------------------- full batch


def objective_as_in_fit(X: Any, y: Any, h: int, activation: str) -> Objective:
    """What fit would minimise for one network and nothing held out, inputs standardised."""
    m, n = X.shape
    network = Network(
        *(n, h, 1),
        activation=(activation, 0.01),
        out_activation="sigmoid",
        max_rows=m,
        dtype=X.dtype,
    )
    targets = Targets(np.array([[0.0], [1.0]]), y)
    rows = distinct_rows(X, targets, np.ones(m))
    moments = weighted_moments(rows.raw_blocks(network.max_rows), rows.modes())
    scaling = Scaling(moments, network.dtype)
    return Objective(network, replace(rows, scaling=scaling), 1 / m)


def torch_gradients(X: Any, y: Any, h: int, activation: str, n_calls: int) -> Job:
    """So many losses and gradients in PyTorch."""
    X, y, model, loss = torch_problem(X, y, h, activation)

    def job() -> None:
        for _ in range(n_calls):
            model.zero_grad(set_to_none=True)
            loss(model(X), y).backward()

    return job


def full_batch_seconds(
    m: int, n: int, h: int, activation: str, dtype: Any, quick: bool
) -> dict[str, float | None]:
    """Seconds of a loss and gradient of each."""
    X, y = data(m, n, dtype)
    objective = objective_as_in_fit(X, y, h, activation)
    rng = np.random.default_rng(0)
    parameters = (0.1 * rng.standard_normal(objective.network.n_parameters)).astype(dtype)
    gradient = np.empty_like(parameters)
    mlp = MLPClassifier(
        (h,), activation, solver="sgd", batch_size=m, shuffle=False, random_state=0
    ).set_params(**ENDLESS)
    n_epochs = 20 if quick else 5
    n_calls = 2 if quick else 5

    def ours() -> None:
        for _ in range(n_calls):
            objective.loss_and_gradient(parameters, gradient)

    jobs: dict[str, Job] = {"ours": ours} | epoch_jobs("MLP", mlp, X, y, n_epochs)
    jobs["bare"] = bare_epochs(X, h, n_calls)
    if torch is not None:
        jobs["torch"] = torch_gradients(X, y, h, activation, n_calls)
    seconds = common.times(jobs, n_repeats(quick))
    return {
        "ours": seconds["ours"] / n_calls,
        "MLP": epoch_seconds(seconds, "MLP", n_epochs),
        "torch": seconds["torch"] / n_calls if torch is not None else None,
        "bare": seconds["bare"] / n_calls,
    }


def full_batch(quick: bool) -> str:
    """Loss and gradient over all rows at once."""
    m, n, h = (1000, 50, 20) if quick else (50_000, 50, 100)
    rows = []
    for activation in ("tanh", "relu"):
        for dtype in (np.float32, np.float64):
            s = full_batch_seconds(m, n, h, activation, dtype, quick)
            name = np.dtype(dtype).name
            rows.append([activation, name, milliseconds(s["ours"]), *same_work_ratios(s)])
            say(*rows[-1])
    text = (
        f"Time of one loss and gradient over {m} x {n} rows, {h} hidden units, two classes. Ours "
        "reads the rows as fit does, standardising each block; MLPClassifier's is an epoch of "
        'solver="sgd" with one batch of all rows, (time of 1 + E epochs - time of 1 epoch) / E, '
        "which adds one step of the weights, on data that need no scaling. PyTorch has all rows "
        f"in one batch. Bare: the five matrix products, {BATCH_SIZE} rows at a time.{absent()}"
    )
    header = ["activation", "dtype", "ours, ms", *SAME_WORK]
    return f"{text}\n\n{common.table(header, rows)}"


# ---------------------------------------------------------------- memory and import


def memory(quick: bool) -> str:
    """Peak memory of a fit to many rows, beside X and y."""
    m, n = (2000, 100) if quick else (500_000, 100)
    X, y = data(m, n)
    model = ShallowNetClassifier(max_iter=2, random_state=0)
    model.fit(X[:1000], y[:1000])  # what is made once and stays is not a fit's
    _, peak = peak_memory(partial(model.fit, X, y))
    say(f"{peak / MIB:.1f} MiB")
    text = (
        f"Peak memory of the default fit with max_iter=2 beside X ({m} x {n}, float32) and y "
        "(tracemalloc):"
    )
    header = ["X, MiB", "extra, MiB", "extra / X"]
    row = [f"{X.nbytes / MIB:.1f}", f"{peak / MIB:.1f}", f"{peak / X.nbytes:.2f}"]
    return f"{text}\n\n{common.table(header, [row])}"


NEEDED_ANYWAY = (
    "import sklearn; from sklearn.preprocessing import LabelEncoder; import scipy.optimize; "
    "import sklearn.utils.sparsefuncs"
)


def import_seconds() -> tuple[float, float]:
    """Seconds of what is needed anyway and then of the package, in a fresh process."""
    program = (
        f"from time import perf_counter as now; start = now(); {NEEDED_ANYWAY}; between = now(); "
        "import skshallow; print(between - start, now() - between)"
    )
    compiled = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # as what pip installs is
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=compiled
    )
    needed_anyway, package = map(float, done.stdout.split())
    return needed_anyway, package


def import_time(quick: bool) -> str:
    """Time of importing the package, beyond what it imports of others."""
    import_seconds()  # so that the files are in memory and compiled
    seconds = [import_seconds() for _ in range(n_repeats(quick, full=9))]
    needed_anyway, package = map(statistics.median, zip(*seconds, strict=True))
    row = [milliseconds(needed_anyway), milliseconds(package), ratio(package, needed_anyway)]
    say(*row)
    text = (
        f"Time of `{NEEDED_ANYWAY}` in a fresh process, and of `import skshallow` after it, "
        f"medians of {len(seconds)}:"
    )
    header = ["needed anyway, ms", "skshallow, ms", "skshallow / needed anyway"]
    return f"{text}\n\n{common.table(header, [row])}"


# ---------------------------------------------------------------- all of it

SECTIONS: dict[str, tuple[str, Callable[[bool], str]]] = {
    "same_work": ("The same work", same_work),
    "full_batch": ("Full batch", full_batch),
    "memory": ("Memory", memory),
    "import": ("Import", import_time),
}


def machine() -> str:
    """The machine and the versions of all that takes part."""
    packages = ["scikit-learn", "numpy", "scipy", "skshallow", *(["torch"] if torch else [])]
    return common.machine(*packages)


def run(sections: list[str], folder: Path, *, quick: bool, again: bool) -> None:
    """Measure what is not in the folder yet, each section written to it at once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sections:
        path = folder / f"{name}.md"
        if path.exists() and not again:
            say(f"{name}: there already")
            continue
        say(f"{name} ...")
        title, measure = SECTIONS[name]
        # The machine in each of them: they may have been measured on several.
        text = "\n\n".join([f"## {title}", measure(quick), f"On {machine()}."])
        path.write_text(text + "\n")


def report(folder: Path, *, quick: bool) -> str:
    """All sections that there are."""
    text = [
        "# Speed",
        "Unless said otherwise a time is the median of repeats after one that is not counted, all "
        "that is compared taking turns within one run. A peer's time over ours is above 1 where "
        "ours is faster. MLP is scikit-learn's MLPClassifier.",
    ]
    if quick:
        text.append("**Measured with --quick: these numbers say nothing.**")
    paths = [folder / f"{name}.md" for name in SECTIONS]
    return "\n\n".join(text + [path.read_text().strip() for path in paths if path.exists()])


def section_names(argument: str) -> list[str]:
    """The names between commas."""
    names = argument.split(",")
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such sections: {unknown}; there are {[*SECTIONS]}")
    return names


def main() -> None:
    """Run what is missing, then write and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sections", type=section_names, default=[*SECTIONS])
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it works")
    parser.add_argument("--again", action="store_true", help="measure also what is there already")
    args = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # training is cut short on purpose
    if torch is not None:
        torch.set_num_threads(int(common.THREADS))
    results = common.RESULTS / "quick" if args.quick else common.RESULTS
    run(args.sections, results / "speed", quick=args.quick, again=args.again)
    text = report(results / "speed", quick=args.quick)
    (results / "speed.md").write_text(text + "\n")
    print("", text, sep="\n")


if __name__ == "__main__":
    main()
