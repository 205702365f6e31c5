"""Show that a refactoring changed nothing: fits of two commits, compared to the bit.

Run ``python docs/benchmarks/compare_commits.py BASE [NEW] [--speed]``. BASE and NEW are revisions
of git or paths of checkouts; NEW is by default the working tree of this file. The exit status is 1
if a result differs, or if a model stored with NEW's tests does not load and predict as it should.

Each checkout has a process of its own, which imports skshallow from there; one of them works at a
time. Only the public API is used, so that the modules behind it may be moved and renamed.
"""

import common  # isort: skip

import argparse
import hashlib
import json
import multiprocessing
import pickle
import random
import re
import statistics
import subprocess
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from itertools import chain, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import joblib
import numpy as np
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.utils import check_random_state

ROOT = Path(__file__).resolve().parents[2]

# ---------------------------------------------------------------- the cases

Step = tuple[str, dict[str, Any], dict[str, Any]]  # method, its arguments, set_params before it
Case = tuple[str, dict[str, Any], list[Step]]  # description, parameters, steps

SOLVERS = ("adam", "sgd", "gd", "lbfgs")
PARAMETERS: dict[str, tuple[Any, ...]] = {
    "hidden_size": (8, 1, 20),
    "activation": ("relu", "tanh", "leaky_relu", "sigmoid", "identity"),
    "negative_slope": (0.01, 0.3),
    "n_estimators": (1, 3, 9),
    "standardize": (True, False),
    "init": ("he", "glorot", "normal"),
    "init_scale": (0.01, 0.1),
    "average": (True, False),
    "learning_rate_schedule": ("constant", "cosine", "one_cycle"),
    "learning_rate": ("auto", 0.02),
    "momentum": (0.9, 0.5),
    "batch_size": ("auto", 32),
    "alpha": (1.0, 0.0),
    "max_iter": (5, 15),
    "n_iter_no_change": ("auto", 2),
    "tol": (2e-3, 0.05),
    "early_stopping": (True, False),
    "validation_fraction": (0.2, 0.3),
    "class_weight": (None, "balanced", "dict"),
}
DATA: dict[str, tuple[Any, ...]] = {
    "target": ("binary", "multiclass", "multilabel"),
    "layout": ("float32", "float64", "CSR float32", "CSR float64"),
    "rows": ("different", "repeated", "few different", "constant column"),
    "sample_weight": (None, "integers", "fractions"),
    "X_val": (False, True),
}
SOME, ALL = slice(180), slice(270)
WARM = {"warm_start": True}
SEQUENCES: dict[str, list[tuple[str, slice, dict[str, Any]]]] = {
    "fit": [("fit", ALL, {})],
    "refit": [("fit", ALL, WARM)] * 3,
    "refit, more rows": [("fit", SOME, WARM), ("fit", ALL, {})],
    "refit, more epochs": [("fit", ALL, WARM), ("fit", ALL, {"max_iter": 20})],
    "refit, sgd": [("fit", ALL, WARM), ("fit", ALL, {"solver": "sgd", "alpha": 0.3})],
    "partial_fit": [("partial_fit", slice(i, i + 80), {}) for i in (0, 80, 40, 160)],
    "partial_fit, pickled": [("partial_fit", SOME, {}), ("pickled partial_fit", ALL, {})],
    "fit, partial_fit": [("fit", SOME, {}), *[("partial_fit", ALL, {})] * 2],
    "partial_fit, fit": [*[("partial_fit", SOME, {})] * 2, ("fit", ALL, {}), ("fit", ALL, WARM)],
}


def drawn(n: int, factors: dict[str, tuple[Any, ...]], seed: str) -> Iterator[dict[str, Any]]:
    """Random combinations, with each level of a factor in as many of them as any other."""
    rng = random.Random(seed)
    columns = [rng.sample([*levels * n][:n], n) for levels in factors.values()]
    for combination in zip(*columns, strict=True):
        yield dict(zip(factors, combination, strict=True))


def data(target: str, layout: str, rows: str, sample_weight: str | None) -> tuple[Any, Any, Any]:
    """360 rows of bundled data: X, y and weights."""
    X, y = (load_breast_cancer if target == "binary" else load_digits)(return_X_y=True)
    index = np.arange(360) % {"repeated": 180, "few different": 30}.get(rows, 360)
    X, y = X[index], y[index]
    if rows == "constant column":
        X[:, 5] = 0.1
    if layout.startswith("CSR"):
        X = sparse.csr_matrix(np.where(np.median(X, axis=0) <= X, X, 0))
    if target == "multilabel":
        y = np.column_stack([y % 2, y > 4, y % 3 == 0]).astype(int)
    rng = np.random.default_rng(0)
    weights = {"integers": rng.integers(0, 4, 360), "fractions": rng.random(360)}
    return X.astype(layout.removeprefix("CSR ")), y, weights.get(sample_weight)


def drawn_cases() -> Iterator[Case]:
    """Combinations of parameters and data, for each sequence of calls."""
    for sequence, calls in SEQUENCES.items():
        solvers = SOLVERS[:2] if "partial_fit" in sequence else SOLVERS
        n_cases = 120 if sequence == "fit" else 16
        for draw in drawn(n_cases, {"solver": solvers} | PARAMETERS | DATA, seed=sequence):
            description = ", ".join(f"{name}={level}" for name, level in draw.items())
            *which, has_X_val = (draw.pop(name) for name in DATA)
            X, y, w = data(*which)
            validation = {"X_val": X[270:], "y_val": y[270:]} if has_X_val else {}
            classes = {"classes": np.unique(y)} if y.ndim == 1 else {}
            if draw["class_weight"] == "dict":  # which is refused for multilabel y
                weights = {c: 1 + c / 2 for c in np.unique(y).tolist()}
                draw["class_weight"] = weights if y.ndim == 1 else "balanced"
            if has_X_val and w is not None:
                validation["sample_weight_val"] = w[270:]
            steps = []
            for method, rows, new_params in calls:
                arguments = {"X": X[rows], "y": y[rows]}
                arguments["sample_weight"] = None if w is None else w[rows]
                arguments |= classes if "partial_fit" in method else validation
                steps.append((method, arguments, new_params))
            yield f"{sequence}: {description}", draw, steps


def fit(X: Any, y: Any, new_params: dict[str, Any] | None = None, **arguments: Any) -> Step:
    """A call of it."""
    return "fit", {"X": X, "y": y, **arguments}, new_params or {}


def special_cases() -> Iterator[Case]:
    """What is not a level of a factor."""
    for load in (load_breast_cancer, load_digits, load_iris):
        for params in ({}, {"solver": "lbfgs"}):
            yield f"{load.__name__}, defaults, {params}", params, [fit(*load(return_X_y=True))]

    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    labels = {"integers": 3 - 5 * y, "floats": y / 1.0, "booleans": y == 1, "strings": names}
    rng = np.random.default_rng(0)
    noise = rng.permutation(y)  # for which early stopping waits longest
    lone = np.where(np.arange(150) == 70, 3, y)  # a class of one row
    frame, series = load_iris(as_frame=True).data, load_iris(as_frame=True).target
    series = series.map(dict(enumerate("abc")))
    # So many rows, or weights, that they are worked on in several blocks.
    large = [(rng.standard_normal((20_000, 10)), 16), (rng.standard_normal((60, 1000)), 160)]
    layouts = (np.float32, np.float64, sparse.csr_matrix)
    for solver in SOLVERS:
        short = {"solver": solver, "hidden_size": 8, "max_iter": 10}
        for kind, y_kind in labels.items():
            weights = {label: 1 + i / 2 for i, label in enumerate(np.unique(y_kind).tolist())}
            yield f"{kind}, {solver}", short | {"class_weight": weights}, [fit(X, y_kind)]
        yield f"objects, {solver}", short, [fit(X, names.astype(object))]
        yield f"pandas, {solver}", short | WARM, [fit(frame, series), fit(frame[50:], series[50:])]
        yield f"one of a class, {solver}", short, [fit(X, lone), fit(X, lone, {"n_estimators": 1})]
        yield f"noise, {solver}", {"solver": solver}, [fit(X, noise)]
        yield f"zeros only, {solver}", short, [fit(0 * X, y)]
        yield f"long steps, {solver}", short | {"learning_rate": 1e9}, [fit(X, y)]
        yield f"huge X, {solver}", short | {"standardize": False}, [fit(1e200 * X, y)]
        yield f"fewer classes, {solver}", short | WARM, [fit(X, y), fit(X[:90], y[:90])]
        random_state = {"random_state": check_random_state(0)}
        yield f"RandomState, {solver}", short | random_state, [fit(X, y)] * 2
        for (X_large, hidden_size), layout in product(large, layouts):
            y_large = X_large[:, 0] + X_large[:, 1] ** 2 > 1
            params = short | {"hidden_size": hidden_size, "max_iter": 2}
            description = f"{X_large.shape}, {layout.__name__}, {solver}"
            yield description, params, [fit(layout(X_large), y_large)]
    for layout in (np.asfortranarray, np.int64, np.ndarray.tolist, sparse.csc_matrix):
        yield f"X as of {layout.__name__}", {"max_iter": 10}, [fit(layout(X), y)]
    duplicates = sparse.csr_matrix((np.ones(300), [0, 0] * 150, range(0, 301, 2)))
    yield "X with duplicate entries", {"max_iter": 10}, [fit(duplicates, y)]

    # After an error the fit before is as it was.
    bad = {
        "one class": fit(X, 0 * y),
        "NaN": fit(X + np.nan, y),
        "zero weights": fit(X, y, sample_weight=0 * y),
        "label in y_val": fit(X, y, X_val=X, y_val=y + 1),
        "new class": fit(X, y + 1, WARM),
        "width": fit(X, y, WARM | {"hidden_size": 9}),
        "divergence": fit(X, y, WARM | {"solver": "sgd", "learning_rate": 1e30}),
        "activation": ("partial_fit", {"X": X, "y": y}, {"activation": "tanh"}),
        "solver": ("partial_fit", {"X": X, "y": y}, {"solver": "lbfgs"}),
        "labels": ("partial_fit", {"X": frame, "y": series}, {}),
    }
    for description, step in bad.items():
        yield f"error: {description}", {"max_iter": 3}, [fit(X, y), step]


# ---------------------------------------------------------------- in the process of a checkout


def import_skshallow(checkout: Path) -> float:
    """Import it from the checkout, whatever is installed; the seconds that it takes."""
    sys.path.insert(0, str(checkout))
    sys.dont_write_bytecode = False  # what pip installs is compiled
    start = time.process_time()
    import skshallow

    seconds = time.process_time() - start
    assert Path(skshallow.__file__).resolve().is_relative_to(checkout), skshallow.__file__
    warnings.simplefilter("ignore")  # of what is timed; run_case records them
    return seconds


ATTRIBUTES = (
    *("coefs_", "intercepts_", "loss_", "loss_curve_", "validation_loss_curve_", "n_iter_"),
    *("classes_", "n_outputs_", "out_activation_"),
)
METHODS = ("predict_proba", "predict_log_proba", "predict", "decision_function")


def digest(value: Any) -> str:
    """Equal only for equal bytes, shape and dtype."""
    if isinstance(value, list):
        return " ".join(map(digest, value))
    array = np.asarray(value)
    content = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
    return hashlib.sha256(f"{array.dtype} {array.shape} ".encode() + content).hexdigest()


def run_case(case: Case) -> tuple[str, list[dict[str, Any]]]:
    """The description, and for each call digests of its results, its warnings and errors."""
    from skshallow import ShallowNetClassifier

    description, params, calls = case
    clf = ShallowNetClassifier(**{"random_state": 0} | params)
    X = calls[0][1]["X"]
    outcomes = []
    for method, arguments, new_params in calls:
        error = None
        clf.set_params(**new_params)
        if method.startswith("pickled"):
            clf = pickle.loads(pickle.dumps(clf))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                getattr(clf, method.removeprefix("pickled "))(**arguments)
            except Exception as raised:
                error = raised
        # stacklevel says in which file a warning arises.
        texts = [f"{w.message} [{Path(w.filename).name}]" for w in caught]
        outcome: dict[str, Any] = {
            "texts": "\n".join([*texts, str(error or "")]),
            "warnings": [w.category.__name__ for w in caught],
            "error": type(error).__name__,
        }
        if hasattr(clf, "coefs_"):
            outcome |= {name: digest(getattr(clf, name)) for name in ATTRIBUTES}
            outcome |= {name: digest(getattr(clf, name)(X)) for name in METHODS}
            outcome["predict_proba of one row"] = digest(clf.predict_proba(X[:1]))
        outcomes.append(outcome)
    return description, outcomes


def run_cases() -> list[tuple[str, list[dict[str, Any]]]]:
    """All of them."""
    return [run_case(case) for case in chain(special_cases(), drawn_cases())]


def load_stored_models(checkout: Path) -> int:
    """How many models stored with the tests load and predict as they should; else an error."""
    iris = load_iris().data
    data = {"binary": load_breast_cancer(as_frame=True).data, "multilabel": iris}
    data["multiclass"] = iris.astype(np.float32)
    files = (checkout / "tests").rglob("models/*/*")
    paths = [path for path in files if path.suffix in (".pickle", ".joblib")]
    for path in paths:
        expected = json.loads((path.parent / "predictions.json").read_text())[path.stem]
        clf = joblib.load(path) if path.suffix == ".joblib" else pickle.loads(path.read_bytes())
        found = clf.predict_proba(data[path.stem][::10])
        tolerance = {"float32": 1e-6, "float64": 1e-12}[found.dtype.name]
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, err_msg=str(path))
    assert paths, "There are no stored models."
    return len(paths)


@cache
def jobs() -> dict[str, Callable[[], object]]:
    """What is timed."""
    from skshallow import ShallowNetClassifier

    X, y = load_breast_cancer(return_X_y=True)
    clf = ShallowNetClassifier(random_state=0).fit(X, y)
    named: dict[str, Callable[[], object]] = {
        "5 default fits, breast_cancer": lambda: [
            ShallowNetClassifier(random_state=seed).fit(X, y) for seed in range(5)
        ],
        "3000 predictions of one row": lambda: [clf.predict_proba(X[:1]) for _ in range(3000)],
    }
    rng = np.random.default_rng(0)
    for m, n, n_epochs in ((5000, 30, 20), (500, 10, 150)):
        X_m, noise = rng.standard_normal((m, n)), rng.standard_normal(m)
        fixed = ShallowNetClassifier(max_iter=n_epochs, early_stopping=False, random_state=0)
        fixed.set_params(tol=0, n_iter_no_change=10**9)  # so that max_iter alone ends the fit
        named[f"{n_epochs} epochs, {m} x {n}"] = partial(fixed.fit, X_m, X_m[:, 0] + noise > 0)
    return named


def time_jobs() -> dict[str, float]:
    """Seconds of the processor, to which other work adds less than to those of the clock."""
    seconds = {}
    for name, job in jobs().items():
        start = time.process_time()
        job()
        seconds[name] = time.process_time() - start
    return seconds


# ---------------------------------------------------------------- the comparison


def checked_out(name: str, stack: ExitStack) -> Path:
    """The checkout at a path, or a temporary one of a revision."""
    path = Path(name).resolve()
    if not (path / "skshallow").is_dir():
        path = Path(stack.enter_context(TemporaryDirectory())).resolve() / "checkout"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(path), name], check=True)
        stack.callback(subprocess.run, [*git, "remove", "--force", str(path)], check=True)
    return path


def commit(checkout: Path) -> str:
    """The commit that it is at, and whether files have changed since."""
    describe = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(describe, capture_output=True, text=True).stdout.strip() or "no commit"


def new_process() -> ProcessPoolExecutor:
    """A single one, which has not imported skshallow."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def results_are_equal(base: ProcessPoolExecutor, new: ProcessPoolExecutor) -> bool:
    """Run all cases in both, and print what differs."""
    n_calls = n_different = 0
    reworded: dict[str, list[str]] = defaultdict(list)
    old_cases, new_cases = (process.submit(run_cases).result() for process in (base, new))
    for (description, old_calls), (_, new_calls) in zip(old_cases, new_cases, strict=True):
        for i, (old, now) in enumerate(zip(old_calls, new_calls, strict=True)):
            n_calls += 1
            texts = f"- {old.pop('texts')}", f"+ {now.pop('texts')}"
            differing = [name for name in old | now if old.get(name) != now.get(name)]
            if differing:
                n_different += 1
                print(f"DIFFERENT after call {i} of {description}: {', '.join(differing)}")
            elif texts[0][1:] != texts[1][1:]:
                sentence = re.sub(r"\d\S*", "", texts[1])  # the same one has many numbers
                reworded[sentence].append("\n".join(texts))
    print(f"{len(new_cases)} cases with {n_calls} calls of fit and partial_fit:", end=" ")
    print(f"{n_calls - n_different} have equal results, {n_different} different ones.")
    n_reworded = sum(map(len, reworded.values()))
    print(f"{n_reworded} with equal results have another text of a warning or error.")
    for examples in reworded.values():
        print(f"{len(examples)} like this:\n{examples[0]}")
    return n_different == 0


def print_speed(sides: list[tuple[Path, ProcessPoolExecutor]], n_alternations: int) -> None:
    """Time both in turn."""
    seconds: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for i in range(1 + n_alternations):
        for side in (0, 1) if i % 2 else (1, 0):
            checkout, process = sides[side]
            timed = process.submit(time_jobs).result()
            with new_process() as fresh:
                timed["import skshallow"] = fresh.submit(import_skshallow, checkout).result()
            for name, value in timed.items():
                seconds[name][side].append(value)
    rows = []
    for name, columns in seconds.items():
        old, new = (column[1:] for column in columns)  # the first is a warm-up
        low, ratio, high = statistics.quantiles([b / a for a, b in zip(old, new, strict=True)], n=4)
        medians = [f"{statistics.median(column):.4f}" for column in (old, new)]
        rows.append([name, *medians, f"{ratio:.3f}", f"{low:.3f} to {high:.3f}"])
    header = ["job", "BASE, s", "NEW, s", "NEW / BASE", "quartiles"]
    print(f"\nMedians of {n_alternations} alternations:\n\n{common.table(header, rows)}")


def main() -> int:
    """Compare, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", metavar="BASE", help="a revision, or the path of a checkout")
    parser.add_argument("new", metavar="NEW", nargs="?", default=str(ROOT), help="another")
    parser.add_argument("--speed", action="store_true", help="time both as well")
    parser.add_argument("--alternations", type=int, default=21, help="how often --speed times both")
    args = parser.parse_args()
    print(f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'pandas')}.")
    with ExitStack() as stack:
        checkouts = [checked_out(name, stack) for name in (args.base, args.new)]
        processes = [stack.enter_context(new_process()) for _ in checkouts]
        for side, checkout, process in zip(("BASE", "NEW"), checkouts, processes, strict=True):
            process.submit(import_skshallow, checkout).result()
            print(f"{side} is {commit(checkout)}.", flush=True)
        equal = results_are_equal(*processes)
        n_models = processes[1].submit(load_stored_models, checkouts[1]).result()
        print(f"{n_models} stored models load in NEW and predict as they should.", flush=True)
        if args.speed:
            print_speed(list(zip(checkouts, processes, strict=True)), args.alternations)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
