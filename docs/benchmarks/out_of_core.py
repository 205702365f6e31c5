"""fit of a source of rows against fit of the same rows in memory: rows/s, memory and log-loss.

Run ``python docs/benchmarks/out_of_core.py [--rows 1000000 4000000 …]``. The data have 30 standard
normal columns in float32 and two classes (``smooth`` in ``large.py``). They are written to files of
NumPy with 100,000 rows each, and fitted

- in memory, as arrays,
- as a source that loads one file after the other,
- as the same source sorted by class,
- as a memory-mapped array, ``np.memmap``.

Each fit has a process of its own, and memory is the growth of its peak. It contains the pages of a
memory-mapped file, which the system can take back. Arrays in memory are loaded before. Rows/s count
the rows that training reads in all epochs, and the processor seconds of the fit, which other work
on the machine changes less.
"""

import common  # isort: skip

import argparse
import multiprocessing
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import large
import numpy as np
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier

FILE_ROWS = 100_000
EPOCH_ROWS = 2**18
KINDS = ("memory", "source", "source, sorted by class", "memmap")


def write_files(folder: Path, n_rows: int) -> None:
    """Write the rows in files, each of them as a whole and by class, and all as one array."""
    for path in folder.iterdir():
        path.unlink()
    shape = (n_rows, large.N_FEATURES)
    whole = np.lib.format.open_memmap(folder / "whole.npy", "w+", np.float32, shape)
    labels = np.lib.format.open_memmap(folder / "labels.npy", "w+", np.int8, (n_rows,))
    for i, start in enumerate(range(0, n_rows, FILE_ROWS)):
        X, y, _ = large.data(large.smooth, FILE_ROWS, seed=i + 2)
        whole[start : start + FILE_ROWS], labels[start : start + FILE_ROWS] = X, y
        parts = {"all": slice(None), "class0": y == 0, "class1": y == 1}
        for name, part in parts.items():
            np.savez(folder / f"{name}_{i:05}.npz", X=X[part], y=y[part])


def blocks(folder: Path, names: list[str]) -> Any:
    """Yield the rows of the files with these names, one after the other."""
    for name in names:
        for path in sorted(folder.glob(f"{name}_*.npz")):
            with np.load(path) as file:
                yield file["X"], file["y"]


def peak_memory() -> float:
    """The peak of this process in GiB, on Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**20


def fit(kind: str, folder: Path) -> tuple[float, float, int, float, float]:
    """Seconds, those of the processor, epochs, growth of the peak memory in GiB, log-loss."""
    warnings.simplefilter("ignore")
    X_test, y_test, _ = large.data(large.smooth, 50_000, seed=1)
    clf = ShallowNetClassifier(random_state=0)
    clf.fit(X_test[:1000], y_test[:1000])  # loads modules
    mode = None if kind == "memory" else "r"
    data: Any = [np.load(folder / f"{name}.npy", mmap_mode=mode) for name in ("whole", "labels")]
    if kind.startswith("source"):
        names = ["class0", "class1"] if "sorted" in kind else ["all"]
        data = [lambda: blocks(folder, names)]
    Path("/proc/self/clear_refs").write_text("5")  # the peak is now the present memory
    before = peak_memory()
    start, start_processor = time.perf_counter(), time.process_time()
    clf.fit(*data)
    seconds, processor = time.perf_counter() - start, time.process_time() - start_processor
    memory = peak_memory() - before
    return seconds, processor, clf.n_iter_, memory, log_loss(y_test, clf.predict_proba(X_test))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 4_000_000, 16_000_000])
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    args = parser.parse_args()
    print(f"On {common.machine('scikit-learn', 'numpy', 'scipy')}.\n")
    rows: list[list[object]] = []
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        for n_rows in args.rows:
            write_files(Path(name), n_rows)
            for kind in args.kinds:
                with ProcessPoolExecutor(1, context) as executor:
                    result = executor.submit(fit, kind, Path(name)).result()
                seconds, processor, n_epochs, memory, loss = result
                rate = n_epochs * n_rows / -(-n_rows // EPOCH_ROWS) / processor
                rows.append([f"{n_rows:,}", kind, f"{seconds:.1f}", f"{processor:.1f}", n_epochs])
                rows[-1] += [f"{rate:,.0f}", f"{memory:.2f}", f"{loss:.4f}"]
                print(*rows[-1], flush=True)
    header = [
        "rows",
        "data",
        "fit, s",
        "processor, s",
        "epochs",
        "rows/s",
        "memory, GiB",
        "log-loss",
    ]
    print(f"\n{common.table(header, rows)}")


if __name__ == "__main__":
    main()
