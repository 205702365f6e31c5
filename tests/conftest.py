import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="session", autouse=True)
def _one_blas_thread():
    """The networks are small, and the workers of a parallel run would get in each other's way."""
    with threadpool_limits(1):
        yield
