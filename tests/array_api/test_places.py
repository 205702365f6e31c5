"""Where the work is done: mixed places, and what the host sees of X."""

import numpy as np
import pytest
import sklearn
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier, _sklearn
from skshallow._array_api.place import place_of, to_host
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence
X, y = make_classification(1500, 20, random_state=0)
METHODS = ["decision_function", "predict", "predict_proba", "predict_log_proba"]


@pytest.fixture
def net():
    return ShallowNetClassifier(4, max_iter=2, random_state=0)


def test_y_and_weights_follow_X(place, net):
    weights = np.linspace(0, 1, len(y))
    same = net.fit(place.load(X), place.load(y), place.load(weights)).coefs_[0]
    mixed = net.fit(place.load(X), y, weights.tolist()).coefs_[0]
    assert np.array_equal(to_host(same), to_host(mixed))
    clf = net.fit(X, place.load(y), place.load(weights))
    assert isinstance(clf.coefs_[0], np.ndarray)


def test_prediction_in_another_place_is_refused(place, net):
    net.fit(place.load(X), y)
    for method in METHODS:
        with pytest.raises(ValueError, match=rf"\.{method}\(\) must use the same namespace"):
            getattr(net, method)(X)
    net.fit(X, y)
    for method in METHODS:
        with pytest.raises(ValueError, match=rf"\.{method}\(\) must use the same namespace"):
            getattr(net, method)(place.load(X))


def test_refit_in_another_place_is_refused(place, net):
    net.set_params(warm_start=True).fit(place.load(X), y)
    for call in (net.fit, net.partial_fit):
        with pytest.raises(ValueError, match="must use the same namespace"):
            call(X, y)
    assert place_of(net.set_params(warm_start=False).fit(place.load(X), y).coefs_[0]) == place


def test_validation_data_in_another_place_are_refused(place, net):
    for rows, validation in ((X, place.load(X)), (place.load(X), X)):
        with pytest.raises(ValueError, match="X_val has another array namespace"):
            net.fit(rows, y, X_val=validation, y_val=y)


def test_model_of_a_device_without_dispatch_is_refused(place, net):
    net.fit(place.load(X), y)
    with sklearn.config_context(array_api_dispatch=False):
        for call in (net.predict, net.predict_proba):
            with pytest.raises(ValueError, match="array_api_dispatch=True"):
                call(X)


def test_without_dispatch_arrays_are_converted(net):
    torch = pytest.importorskip("torch")
    with sklearn.config_context(array_api_dispatch=False):
        converted = net.fit(torch.asarray(X), torch.asarray(y)).coefs_[0]
        assert np.array_equal(converted, net.fit(X, y).coefs_[0])


def test_scalar_weights(place, net):
    one, all_rows = (
        to_host(net.fit(place.load(X), y, weights).coefs_[0]) for weights in (2.0, [2] * len(y))
    )
    assert np.array_equal(one, all_rows)


def test_pipelines_searches_and_callbacks(net):
    torch = pytest.importorskip("torch")
    from sklearn.callback import ScoringMonitor

    monitor = ScoringMonitor(scoring="accuracy")
    pipeline = make_pipeline(StandardScaler(), net.set_params(class_weight="balanced"))
    search = GridSearchCV(pipeline, {"shallownetclassifier__hidden_size": [2, 4]}, cv=2)
    search.fit(torch.asarray(X), torch.asarray(y))
    assert search.best_score_ > 0.7
    assert isinstance(search.predict_proba(torch.asarray(X)), torch.Tensor)
    net.set_callbacks(monitor).fit(torch.asarray(X), torch.asarray(y))
    log = monitor.get_logs().data_as_pandas.query("task_name == 'epoch'")
    assert len(log) == net.n_iter_


@pytest.mark.parametrize("solver", ["adam", "sgd", "gd", "lbfgs"])
def test_X_is_not_copied_to_the_host(net, monkeypatch, solver):
    torch = pytest.importorskip("torch")
    sizes = []

    def move_to(array, **where):
        sizes.append(array.numel())
        return original(array, **where)

    device_X, original = torch.asarray(X), _sklearn.move_to
    monkeypatch.setattr(_sklearn, "move_to", move_to)
    monkeypatch.setattr(torch.Tensor, "__array__", None)
    net.set_params(solver=solver).fit(device_X, y).predict(device_X)
    assert 0 < max(sizes) <= len(y)  # the keys of the rows


def test_steps_do_not_wait_for_the_device(monkeypatch):
    torch = pytest.importorskip("torch")
    n_waits = []
    for name in ("__float__", "__bool__", "item", "cpu", "numpy", "tolist"):
        original = getattr(torch.Tensor, name)

        def counted(*args, original=original):
            n_waits.append(1)
            return original(*args)

        monkeypatch.setattr(torch.Tensor, name, counted)

    def waits(batch_size):
        n_waits.clear()
        net = ShallowNetClassifier(4, max_iter=2, random_state=0, batch_size=batch_size)
        net.fit(torch.asarray(X), y)
        return len(n_waits)

    assert waits(10) == waits(100) > 0
