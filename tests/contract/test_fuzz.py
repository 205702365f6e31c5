"""2,000 random cases; tests/fuzz.py describes them and runs more."""

import pytest

from tests.fuzz import COMMAND, check_case

SEED = 0
CASES_PER_TEST = 100


@pytest.mark.parametrize("first", range(0, 1000, CASES_PER_TEST))
def test_random_cases(first):
    for index in range(first, first + CASES_PER_TEST):
        try:
            check_case(SEED, index)
        except Exception as error:
            pytest.fail(f"{error!r}\n{COMMAND.format(seed=SEED, index=index)}")
