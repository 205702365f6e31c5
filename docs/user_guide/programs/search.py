"""Search on the workers of a cluster, here of two processes on this machine."""

import joblib
from distributed import Client, LocalCluster
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV

from skshallow import ShallowNetClassifier

if __name__ == "__main__":
    X, y = load_breast_cancer(return_X_y=True)
    search = GridSearchCV(ShallowNetClassifier(random_state=0), {"alpha": [0.1, 1, 10]})
    cluster = LocalCluster(n_workers=2, threads_per_worker=1)
    with cluster, Client(cluster), joblib.parallel_config("dask"):
        search.fit(X, y)
    print(search.best_params_, f"{search.best_score_:.3f}")
