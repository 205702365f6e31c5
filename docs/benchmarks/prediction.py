"""Time and memory of predict_proba, for one row and for many.

Run ``python docs/benchmarks/prediction.py``. The data have 50 columns and two classes. Every model
is fitted to 2,000 rows. PyTorch and onnxruntime compute what ShallowNetClassifier computes, from
the same weights and without its checks, and are included if they are installed. Delete the file
after a change.
"""

import common  # isort: skip

import argparse
import os
import tracemalloc
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from skshallow import ShallowNetClassifier, TabularNetClassifier

ALL_THREADS = "HistGradientBoosting(), all threads"
MIB = 2**20
MANY, N_COLUMNS, N_TRAIN = 100_000, 50, 2000
Predict = Callable[[Any], Any]


def data(m: int, dtype: Any) -> tuple[Any, Any]:
    """Gaussian rows of two classes that no model can tell apart without error."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((m, N_COLUMNS)).astype(dtype)
    return X, (X[:, :5].sum(axis=1) + 2 * rng.standard_normal(m) > 0).astype(int)


def models() -> dict[str, Any]:
    """The classifiers, with the number of hidden units of the networks."""
    default = ShallowNetClassifier()
    width = default.n_estimators * default.hidden_size
    boosting = HistGradientBoostingClassifier(random_state=0)
    return {
        f"ShallowNetClassifier(), {width} units": default,
        f"MLPClassifier(({width},))": MLPClassifier((width,), max_iter=5, random_state=0),
        "ShallowNetClassifier(100, n_estimators=1)": ShallowNetClassifier(100, n_estimators=1),
        "MLPClassifier(), 100 units": MLPClassifier(max_iter=5, random_state=0),
        "TabularNetClassifier()": TabularNetClassifier(random_state=0),
        "LogisticRegression()": LogisticRegression(),
        "HistGradientBoosting()": boosting,
        ALL_THREADS: boosting,
    }


def with_all_threads(predict: Predict, X: Any) -> Any:
    """The prediction by as many threads as there are cores."""
    with threadpool_limits(os.cpu_count()):
        return predict(X)


def same_numbers(clf: ShallowNetClassifier) -> dict[str, Predict]:
    """The probability of class 1 by PyTorch and onnxruntime."""
    found: dict[str, Predict] = {}
    with suppress(ImportError):
        found["PyTorch, the same numbers"] = torch_predictor(clf)
    with suppress(ImportError):
        found["onnxruntime, the same numbers"] = onnx_predictor(clf)
    return found


def torch_predictor(clf: ShallowNetClassifier) -> Predict:
    """Predict with PyTorch."""
    import torch

    torch.set_num_threads(int(common.THREADS))
    (W1, W2), (b1, b2) = clf.coefs_, clf.intercepts_
    W1, W2, b1, b2 = (torch.from_numpy(array.copy()) for array in (W1.T, W2.T, b1, b2))
    linear = torch.nn.functional.linear

    def predict(X: Any) -> Any:
        with torch.inference_mode():
            A1 = torch.relu_(linear(torch.from_numpy(X), W1, b1))
            return torch.sigmoid_(linear(A1, W2, b2)).numpy()

    return predict


def onnx_predictor(clf: ShallowNetClassifier) -> Predict:
    """Predict with onnxruntime."""
    import onnxruntime
    from skl2onnx import to_onnx

    import skshallow.onnx  # noqa: F401

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = int(common.THREADS)
    example = np.zeros((1, N_COLUMNS), clf.coefs_[0].dtype)
    model = to_onnx(clf, example, options={"zipmap": False}).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda X: session.run(["probabilities"], {"X": X})[0]


def predictors(dtype: Any) -> dict[str, Predict]:
    """What is compared, fitted."""
    X, y = data(N_TRAIN, dtype)
    found: dict[str, Predict] = {
        name: model.fit(X, y).predict_proba for name, model in models().items()
    }
    found[ALL_THREADS] = partial(with_all_threads, found[ALL_THREADS])
    if dtype != np.float32:
        return found
    ours = ShallowNetClassifier(random_state=0).fit(X, y)
    for name, predict in same_numbers(ours).items():
        probabilities = predict(X)[:, -1]
        np.testing.assert_allclose(probabilities, ours.predict_proba(X)[:, 1], atol=1e-5)
        found[name] = predict
    return found


def extra_memory(predict: Predict, X: Any) -> float:
    """MiB that a prediction allocates at its peak beside X and what it returns."""
    tracemalloc.start()
    try:
        result = predict(X)
        return (tracemalloc.get_traced_memory()[1] - result.nbytes) / MIB
    finally:
        tracemalloc.stop()


def in_turn(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds of each; all threads by themselves, as they wait busily when their work is done."""
    busy = {ALL_THREADS: jobs.pop(ALL_THREADS)}
    return common.times(jobs, repeats) | common.times(busy, repeats)


def run(path: Path) -> None:
    """Time all, in turn, and write it."""
    path.unlink(missing_ok=True)
    for dtype in (np.float32, np.float64):
        X, _ = data(MANY, dtype)
        found = predictors(dtype)
        one = in_turn({name: partial(f, X[:1]) for name, f in found.items()}, 50)
        many = in_turn({name: partial(f, X) for name, f in found.items()}, 5)
        for name, predict in found.items():
            record = {"dtype": np.dtype(dtype).name, "model": name}
            record |= {"one row": one[name], "many rows": many[name]}
            common.append(path, record | {"MiB": extra_memory(predict, X)})


def report(done: list[dict[str, Any]]) -> str:
    """A row for each model and dtype."""
    first = {p["dtype"]: p["many rows"] for p in reversed(done)}
    rows = [
        [
            p["dtype"], p["model"], f"{1e3 * p['one row']:.3g}", f"{1e3 * p['many rows']:.3g}",
            f"{p['many rows'] / first[p['dtype']]:.2f}", f"{p['MiB']:.1f}",
        ]
        for p in done
    ]  # fmt: skip
    header = [
        "dtype", "model", "1 row, ms", f"{MANY:,} rows, ms", "time / ours", "memory beside, MiB",
    ]  # fmt: skip
    return "\n\n".join(
        [
            "# Prediction",
            f"Median time of predict_proba for rows of {N_COLUMNS} columns and two classes, in "
            f"random order. Every model was fitted to {N_TRAIN:,} rows. Memory is what tracemalloc "
            "sees beside X and the result. PyTorch and onnxruntime compute the numbers of the "
            "first model and check little. One row by all threads contains the time to set their "
            "number.",
            f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}; all threads: "
            f"{os.cpu_count()}.",
            common.table(header, rows),
        ]
    )


def main() -> None:
    """Measure, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    file = args.results / "prediction.jsonl"
    run(file)
    (args.results / "prediction.md").write_text(report(common.records(file)) + "\n")


if __name__ == "__main__":
    main()
