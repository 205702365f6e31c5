"""The programs of the user guide run, each on a cluster of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[2] / "docs" / "user_guide" / "programs"


@pytest.mark.parametrize(
    ("name", "said"),
    [("cluster.py", "accuracy 0.7"), ("search.py", "{'alpha': 10} 0.97")],
)
def test_program(name, said):
    command = [sys.executable, PROGRAMS / name]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(said)
