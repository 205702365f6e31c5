"""Train on the rows of a cluster, here of two processes on this machine."""

import dask.array as da
from distributed import Client, LocalCluster

from skshallow.dask import DaskShallowNetClassifier

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1) as cluster, Client(cluster):
        rng = da.random.default_rng(0)
        X = rng.normal(size=(100_000, 20), chunks=(10_000, 20))
        noise = rng.logistic(size=100_000, chunks=10_000)
        y = (2 * X[:, 0] * X[:, 1] + X[:, 2] + noise > 0).astype(int)
        clf = DaskShallowNetClassifier(random_state=0).fit(X, y)
        print(f"accuracy {clf.score(X, y):.2f}")
        local = clf.to_local()  # a ShallowNetClassifier, which needs no cluster
        print(local.predict(X[:5].compute()))
