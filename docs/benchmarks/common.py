"""What the benchmarks share: one BLAS thread, the machine's name, tables, alternating timings.

Import this before NumPy: the number of threads is read when BLAS is loaded. Set
SKSHALLOW_BENCHMARK_THREADS to use more than one.
"""

import os

THREADS = os.environ.get("SKSHALLOW_BENCHMARK_THREADS", "1")
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS

import json
import platform
import random
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def machine(*packages: str) -> str:
    """The processor and the versions, in a line."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].split(":")[1].strip() if names else processor
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{processor}, {THREADS} BLAS thread(s), Python {platform.python_version()}, {versions}"


def times(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds of each job, the median of repeats.

    In each repeat the jobs are in another order: threads that one leaves slow the next one down.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    random_state = random.Random(0)
    for _ in range(repeats):
        for name in random_state.sample([*jobs], len(jobs)):
            start = time.perf_counter()
            jobs[name]()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(header: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def records(path: Path) -> list[dict[str, Any]]:
    """What was measured and written to the file, a line each."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def append(path: Path, record: dict[str, Any]) -> None:
    """Write one more measurement to the file; six digits of each are enough."""
    short = {
        name: float(f"{value:.6g}") if isinstance(value, float) else value
        for name, value in record.items()
    }
    with path.open("a") as file:
        file.write(json.dumps(short) + "\n")
