"""Random cases: any data, weights and parameters give a right model or an error that says why.

Run ``python -m tests.fuzz N [--seed SEED] [--first FIRST]`` from the root of the repository. It
runs the cases FIRST, FIRST + 1, … of a seed and prints how many calls were fitted, how many were
refused, and for each fault the command that makes it again.
"""

import argparse
import copy
import pickle
import signal
import sys
import traceback
import warnings
from collections import Counter
from contextlib import redirect_stdout

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit
from sklearn.base import clone

from skshallow import ShallowNetClassifier

MAX_SECONDS = 30
COMMAND = "python -m tests.fuzz 1 --seed {seed} --first {index}"

# ---------------------------------------------------------------- data


def draw_values(rng, m, n):
    """Columns of different distributions and scales."""
    X = rng.normal(size=(m, n))
    kind = rng.choice(
        ["normal", "heavy", "ties", "duplicates", "rare", "offset", "scales", "mixed"]
    )
    if kind == "heavy":
        X = np.where(rng.random(n) < 0.5, np.exp(3 * X), np.tan(X))
    if kind == "ties":
        X = rng.integers(-2, 3, size=(m, n)).astype(float)
    if kind == "duplicates":
        X = X[rng.integers(max(m // 4, 1), size=m)]
    if kind == "rare":
        X = (rng.random((m, n)) < 0.03).astype(float)
    if kind == "offset":
        X += 1e6 * rng.normal(size=n)
    if kind == "scales":
        X *= 10.0 ** rng.uniform(-310, 150, size=n)
    if kind == "mixed":
        X *= 10.0 ** rng.integers(-6, 7, size=n)
    if rng.random() < 0.3:
        X[:, rng.integers(n)] = rng.choice([0, 0.1, 1e9])
    return X


def draw_X(rng, m, n):
    """The values in one of the types and layouts that users pass."""
    X = draw_values(rng, m, n)
    kind = rng.choice(["float64", "float", "integer", "list", "layout", "sparse", "frame"])
    if kind == "float":
        with np.errstate(over="ignore"):
            dtype = rng.choice(["float16", "float32", "longdouble"])
            return np.nan_to_num(X.astype(dtype), posinf=6e4, neginf=-6e4)
    if kind == "integer":
        widths = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"]
        return np.clip(X, 0, 100).astype(rng.choice(widths))
    if kind == "list":
        return X.tolist()
    if kind == "layout":
        layout = rng.choice(["readonly", "fortran", "strided", "reversed"])
        if layout == "readonly":
            X.flags.writeable = False
            return X
        if layout == "fortran":
            return np.asfortranarray(X)
        if layout == "strided":
            return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]
        return np.ascontiguousarray(X[::-1, ::-1])[::-1, ::-1]
    if kind == "sparse":
        return draw_sparse(rng, X)
    if kind == "frame":
        return pd.DataFrame(X, columns=[f"x{j}" for j in range(n)])
    return X


def draw_sparse(rng, X):
    """A sparse matrix with explicit zeros and duplicate entries."""
    X = np.where(rng.random(X.shape) < 0.3, X, 0)
    row, column = np.nonzero(X)
    values, again = X[row, column], rng.random(len(row)) < 0.2
    extra = rng.integers(0, X.shape, size=(3, 2))
    entries = np.r_[np.where(again, values / 2, values), (values / 2)[again], np.zeros(3)]
    rows, columns = np.r_[row, row[again], extra[:, 0]], np.r_[column, column[again], extra[:, 1]]
    container = rng.choice([sparse.coo_array, sparse.coo_matrix])
    made = container((entries, (rows, columns)), shape=X.shape)
    return made.asformat(str(rng.choice(["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])))


def draw_y(rng, m, multilabel):
    """Labels of any type."""
    if multilabel:
        Y = rng.integers(0, 2, size=(m, rng.integers(2, 6)))
        return rng.choice([np.asarray, np.asfortranarray, sparse.csr_array, np.ndarray.tolist])(Y)
    n_classes = int(rng.choice([1, 2, 2, 2, 2, 3, 3, 5, 300], p=[0.02] + [0.98 / 8] * 8))
    codes = rng.integers(n_classes, size=m)
    kind = rng.choice(["int", "negative", "large", "bool", "float", "str", "object", "list"])
    if kind == "negative":
        return codes - 7
    if kind == "large":
        return codes.astype(np.uint64) + np.uint64(2**60)
    if kind == "bool":
        return codes % 2 == 1
    if kind == "float":
        return codes.astype(rng.choice(["float32", "float64"]))
    if kind == "str":
        return np.array([f"class {code}" for code in codes])
    if kind == "object":
        return np.array([f"class {code}" for code in codes], dtype=object)
    return codes.tolist() if kind == "list" else codes


def draw_weights(rng, m):
    """Weights of the rows, which may be too large, too small or wrong."""
    kinds = {
        "none": lambda: None,
        "scalar": lambda: 3.0,
        "counts": lambda: rng.integers(0, 4, size=m),
        "fractions": lambda: rng.random(m),
        "shares": lambda: np.full(m, 1 / m),
        "tiny": lambda: np.full(m, 1e-300),
        "huge": lambda: np.full(m, 1e300),
        "spread": lambda: 10.0 ** rng.uniform(-40, 40, size=m),
        "far spread": lambda: 10.0 ** rng.uniform(-320, 300, size=m),
        "one row": lambda: (np.arange(m) == rng.integers(m)).astype(float),
        "one enormous": lambda: np.where(np.arange(m) == rng.integers(m), 1e39, 1.0),
        "float16": lambda: rng.random(m).astype(np.float16),
        "negative": lambda: rng.normal(size=m),
        "NaN": lambda: np.full(m, np.nan),
    }
    usual = rng.random() < 0.4
    return kinds["none" if usual else str(rng.choice(list(kinds)))]()


# ---------------------------------------------------------------- parameters

USUAL = {
    "hidden_size": [1, 3, 8],
    "activation": ["relu", "tanh", "leaky_relu", "sigmoid", "identity"],
    "n_estimators": [1, 2, 3],
    "negative_slope": [0, 0.01, 1],
    "solver": ["auto", "adam", "sgd", "gd", "lbfgs"],
    "alpha": [0, 0.01, 1, 100],
    "standardize": [True, False],
    "init": ["he", "glorot", "normal"],
    "init_scale": [0, 0.01, 1],
    "batch_size": ["auto", 1, 7, 64],
    "learning_rate": ["auto", 1e-4, 0.1],
    "learning_rate_schedule": ["constant", "cosine", "one_cycle"],
    "average": [True, False],
    "momentum": [0, 0.9],
    "tol": [0, 1e-3, 0.1],
    "n_iter_no_change": ["auto", 1, 5],
    "early_stopping": [True, False],
    "validation_fraction": [0.1, 0.2, 0.9],
    "class_weight": [None, "balanced"],
    "warm_start": [True, False],
    "verbose": [True, 2],
}
ABSURD = {
    "hidden_size": [10**400, 2**50, np.int8(5)],
    "n_estimators": [10**400, np.uint8(2), 11],
    "negative_slope": [np.float16(0.3), 5e-324],
    "alpha": [1e-320, 1e10, 1e20, 1e30, 1e300, 10**400, np.float16(2), np.uint8(3)],
    "init_scale": [1e10, 1e20, 1e38, 1e300, 10**400, np.float32(0.1)],
    "batch_size": [10**400, np.int8(3)],
    "learning_rate": [1e-320, 1e3, 1e10, 1e38, 1e300, 10**400, np.longdouble(0.1)],
    "momentum": [1 - 1e-16, np.float16(0.5)],
    "tol": [1e-320, 1e300, 10**400],
    "n_iter_no_change": [10**400, np.int8(2)],
    "validation_fraction": [1e-300, 1 - 1e-16, np.float16(0.3)],
    "class_weight": [{0: 1e300, 1: 1e-300}, {0: 10**400}, {0: 0}, {0: -1}, {"class 1": 2.0}],
    "max_iter": [np.uint8(2)],
}


def draw_parameters(rng):
    """Some parameters away from their defaults, now and then at absurd values."""
    drawn = {"hidden_size": 3, "max_iter": int(rng.integers(1, 5)), "random_state": 0}
    for name in rng.choice(list(USUAL), size=rng.integers(0, 7), replace=False):
        drawn[str(name)] = rng.choice(np.array(USUAL[name], dtype=object))
    if rng.random() < 0.4:
        name = str(rng.choice(list(ABSURD)))
        drawn[name] = ABSURD[name][rng.integers(len(ABSURD[name]))]
    if "init_scale" in drawn:
        drawn["init"] = "normal"
    return drawn


# ---------------------------------------------------------------- what must hold


def snapshot(clf):
    """All attributes, with copies of the arrays."""
    return copy.deepcopy({name: value for name, value in vars(clf).items() if name != "_stream"})


def assert_same(before, now):
    assert before.keys() == now.keys()
    for name, value in before.items():
        parts = (
            zip(value, now[name], strict=True) if isinstance(value, list) else [(value, now[name])]
        )
        for one, other in parts:
            if isinstance(one, np.ndarray):
                assert_array_equal(one, other, err_msg=name)
            else:
                assert repr(one) == repr(other), name


def check_model(clf, X, rng):
    """A fitted model has finite curves of one length and predicts by its formula."""
    assert np.isfinite([clf.loss_, *clf.loss_curve_]).all()
    if clf.validation_loss_curve_ is not None:
        assert len(clf.validation_loss_curve_) == len(clf.loss_curve_)
    check_probabilities(clf, X)
    check_formula(clf, X)
    enormous = rng.choice([-1, 1], size=(3, clf.n_features_in_)) * rng.choice([1e30, 3e38, 1e308])
    check_probabilities(clf, enormous)
    check_probabilities(clf, enormous.clip(-3e38, 3e38).astype(np.float32))
    assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), clf.predict_proba(X))


def check_probabilities(clf, X):
    X = (
        nameless(X)
        if not hasattr(clf, "feature_names_in_")
        else pd.DataFrame(nameless(X), columns=clf.feature_names_in_)
    )
    p, labels = clf.predict_proba(X), clf.predict(X)
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()
    assert np.isfinite(clf.decision_function(X)).all()
    log_p = clf.predict_log_proba(X)
    assert not np.isnan(log_p).any()
    if p.shape[1] == labels.size / len(labels) and labels.ndim == 2:
        assert_array_equal(labels, clf.decision_function(X) > 0)
        return
    assert_allclose(p.sum(axis=1), 1, atol=1e-5)
    chosen = p[np.arange(len(p)), np.searchsorted(clf.classes_, labels)]
    assert_allclose(chosen, p.max(axis=1), atol=1e-6)


def nameless(X):
    return X.to_numpy() if isinstance(X, pd.DataFrame) else X


def check_formula(clf, X):
    """The logits are g(X W1 + b1) W2 + b2, up to the rounding of that sum."""
    logits = clf.decision_function(X).reshape(-1, clf.n_outputs_)
    X = nameless(X)
    X = np.asarray(X.toarray() if sparse.issparse(X) else X, dtype=np.float64)
    (W1, W2), (b1, b2) = clf.coefs_, clf.intercepts_
    W1, W2, b1, b2 = (part.astype(np.float64) for part in (W1, W2, b1, b2))
    with np.errstate(all="ignore"):
        z, size = X @ W1 + b1, np.abs(X) @ np.abs(W1) + np.abs(b1)
        name, slope = clf._activation
        g = {
            "relu": np.maximum(z, 0),
            "tanh": np.tanh(z),
            "leaky_relu": np.maximum(slope * z, z),
            "sigmoid": expit(z),
            "identity": z,
        }[name]
        expected = g @ W2 + b2
        size = np.maximum(size, 1) @ np.abs(W2) + np.abs(b2)
        eps = np.finfo(logits.dtype).eps
        bound = 4 * (len(W1) + len(W2)) * eps * size + np.finfo(logits.dtype).tiny
        largest = np.finfo(logits.dtype).max
        usual = size < largest / 1e3
    error = np.abs(logits - expected)
    assert (error <= bound)[usual].all(), f"logits differ by {error[usual].max()}"


# ---------------------------------------------------------------- a case


def run_case(seed, index):
    """Run a sequence of calls; return "fitted" or "refused" for each of them."""
    rng = np.random.default_rng([seed, index])
    m = int(rng.choice([rng.integers(1, 12), rng.integers(12, 60), rng.integers(60, 401)]))
    n = int(rng.choice([rng.integers(1, 6), rng.integers(6, 151)], p=[0.8, 0.2]))
    multilabel = rng.random() < 0.12
    X = draw_X(rng, m, n)
    y = draw_y(rng, m, multilabel)
    clf = ShallowNetClassifier(**draw_parameters(rng))
    outcomes = []
    for _ in range(rng.integers(1, 5)):
        rows = slice(0, m) if rng.random() < 0.5 else draw_rows(rng, m)
        part = [take(data, rows) for data in (X, y)]
        outcomes.append(run_call(rng, clf, *part, rows.stop - rows.start))
        if outcomes[-1] == "fitted":
            check_model(clf, X, rng)
        if rng.random() < 0.5:
            clf.set_params(**{k: v for k, v in draw_parameters(rng).items() if k != "max_iter"})
        if rng.random() < 0.2:
            how = rng.choice([copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
            clf = how(clf)
    return outcomes


def draw_rows(rng, m):
    """Some neighbouring rows, at least one."""
    start = int(rng.integers(m))
    return slice(start, int(rng.integers(start + 1, m + 1)))


def take(data, rows):
    """Those rows of an array, matrix, list or frame."""
    if sparse.issparse(data):
        return data.tocsr()[rows].asformat(data.format)
    return data[rows] if isinstance(data, list) else data[rows.start : rows.stop]


def run_call(rng, clf, X, y, m):
    """Fit or partial_fit; a refused call leaves the model as it was."""
    call, given = "fit", {"sample_weight": draw_weights(rng, m)}
    if rng.random() < 0.3 and clf.solver in ("auto", "adam", "sgd"):
        call = "partial_fit"
        labels = y.toarray() if sparse.issparse(y) else np.asarray(y)
        if labels.ndim == 1 and not hasattr(clf, "coefs_"):
            given["classes"] = np.unique(labels)
    elif rng.random() < 0.2:
        given |= {"X_val": X, "y_val": y}
        if rng.random() < 0.5:
            given["sample_weight_val"] = draw_weights(rng, m)
    before, data = snapshot(clf), copy.deepcopy((X, y))
    again = clone(clf) if not hasattr(clf, "coefs_") and rng.random() < 0.4 else None
    try:
        getattr(clf, call)(X, y, **given)
    except (ValueError, TypeError) as error:
        check_refusal(error)
        assert_same(before, snapshot(clf))
        return "refused"
    if again is not None:
        assert_array_equal(getattr(again, call)(X, y, **given).coefs_[0], clf.coefs_[0])
    for one, other in zip(data, (X, y), strict=True):
        if not sparse.issparse(one):
            assert_array_equal(np.asarray(one), np.asarray(other))
    return "fitted"


def check_refusal(error):
    """An error is raised on purpose, with a sentence."""
    assert len(str(error).split()) > 3, f"no sentence: {error}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert last.line.startswith("raise "), f"not on purpose: {last}"


def check_case(seed, index):
    """Run a case with warnings as errors and a limit of time."""

    def too_slow(signum, frame):
        raise TimeoutError(f"more than {MAX_SECONDS} seconds")

    timed = hasattr(signal, "SIGALRM")
    if timed:
        signal.signal(signal.SIGALRM, too_slow)
        signal.alarm(MAX_SECONDS)
    try:
        with warnings.catch_warnings(), redirect_stdout(None):
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", sparse.SparseEfficiencyWarning)  # of many diagonals
            warnings.simplefilter("ignore", UserWarning)  # ConvergenceWarning is one too
            return run_case(seed, index)
    finally:
        if timed:
            signal.alarm(0)


def main():
    """Run the cases, and print the count and what failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n_cases", metavar="N", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    outcomes, n_faults = Counter(), 0
    for index in range(args.first, args.first + args.n_cases):
        try:
            outcomes.update(check_case(args.seed, index))
        except Exception:
            n_faults += 1
            print(COMMAND.format(seed=args.seed, index=index))
            traceback.print_exc(file=sys.stdout)
    calls = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"{args.n_cases} cases, {calls or 'no call'}, {n_faults} faults.")
    return min(n_faults, 1)


if __name__ == "__main__":
    sys.exit(main())
