"""Train on the rows of a cluster, here of two processes on this machine."""

import dask.array as da
from distributed import Client, LocalCluster

from skshallow.dask import DaskShallowNetClassifier

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1) as cluster, Client(cluster):
        X = da.random.default_rng(0).normal(size=(200_000, 30), chunks=(20_000, 30))
        y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)
        clf = DaskShallowNetClassifier(random_state=0).fit(X, y)
        print(f"accuracy {clf.score(X, y):.2f}")
        local = clf.to_local()  # a ShallowNetClassifier, which needs no cluster
        print(local.predict(X[:5].compute()))
