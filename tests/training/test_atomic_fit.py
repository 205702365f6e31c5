"""A fit changes the estimator in one step: interrupts and errors leave a whole model."""

import copy
import pickle
import threading
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, make_moons
from sklearn.exceptions import ConvergenceWarning

from skshallow import ShallowNetClassifier
from tests.helpers import interrupted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, y = make_moons(80, noise=0.2, random_state=0)


def fitted_part(clf, *, validated=True):
    """Weights and curves, if the estimator is fitted, as bytes that can be compared."""
    if not hasattr(clf, "coefs_"):
        return None
    if validated:
        assert len(clf.validation_loss_curve_) == len(clf.loss_curve_) == clf.n_iter_
    return b"".join(part.tobytes() for part in [*clf.coefs_, *clf.intercepts_, clf.loss_curve_])


def states_after(clf, n_epochs):
    """Return the models that an interrupt may leave: that of now, and those of 1, 2, ... epochs."""
    states = {fitted_part(clf)}
    for i in range(1, n_epochs + 1):
        states.add(fitted_part(copy.deepcopy(clf).set_params(max_iter=i).fit(X, y)))
    return states


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("refit", ["first fit", "refit", "warm start"])
def test_interrupt_at_any_line_of_fit_leaves_a_whole_model(refit, again):
    start = ShallowNetClassifier(
        3, n_estimators=2, max_iter=2, warm_start=refit == "warm start", random_state=0
    )
    if refit != "first fit":
        start.fit(X[:60], y[:60])
    expected = states_after(start, 2)
    found = set()
    k = 1
    while True:
        clf = copy.deepcopy(start)
        came_through = interrupted(lambda clf=clf: clf.fit(X, y), k, again)
        found.add(fitted_part(clf))
        assert found <= expected, f"interrupted at line {k}"
        if not came_through:
            break
        k += 7 if again else 1 if refit == "first fit" else 5  # to save time
    assert len(found) >= 3


def test_interrupt_at_any_line_of_partial_fit_keeps_the_stream_usable():
    def first_call():
        clf = ShallowNetClassifier(3, n_estimators=2, random_state=0)
        return clf.partial_fit(X[:40], y[:40], classes=[0, 1])

    def second_call():
        clf.partial_fit(X[40:], y[40:])

    clf = first_call()
    second_call()
    expected = fitted_part(clf, validated=False)

    clf = first_call()
    before = dict(vars(clf))
    k = 1
    while interrupted(second_call, k):
        if clf.n_iter_ == 2:  # the interrupt came after the new model was installed
            assert fitted_part(clf, validated=False) == expected
            vars(clf).update(before)
        assert all(vars(clf)[name] is before[name] for name in before)
        k += 1
    assert k > 100
    assert fitted_part(clf, validated=False) == expected


def test_interrupt_in_a_callback_comes_through():
    pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from 1.9 on")

    class InterruptHook:
        def __init__(self, at):
            self.at, self.n_calls = at, 0

        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def count(self):
            self.n_calls += 1
            if self.n_calls == self.at:
                raise KeyboardInterrupt

        def on_fit_task_begin(self, estimator, context):
            self.count()

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            self.count()

    start = ShallowNetClassifier(3, max_iter=3, random_state=0)
    expected = states_after(start, 3)
    for at in range(1, 9):  # a fit and three epochs begin and end
        clf = clone(start).set_callbacks(InterruptHook(at))
        with pytest.raises(KeyboardInterrupt):
            clf.fit(X, y)
        assert fitted_part(clf) in expected


@pytest.mark.parametrize("warm_start", [False, True])
def test_other_threads_predict_with_the_old_model_until_fit_ends(warm_start):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(random_state=0, max_iter=5, warm_start=warm_start).fit(X, y)
    old = clf.predict_proba(X[:5])
    found, ended = [], threading.Event()

    def predict():
        while not ended.is_set():
            found.append(clf.predict_proba(X[:5]))

    thread = threading.Thread(target=predict)
    thread.start()
    try:
        clf.fit(X, (y + 1) % 10)
    finally:
        ended.set()
        thread.join()
    new = clf.predict_proba(X[:5])
    assert len(found) > 1
    assert_array_equal(found[0], old)
    for P in found:
        assert (old == P).all() or (new == P).all()


def test_refit_replaces_the_feature_names():
    pd = pytest.importorskip("pandas")
    clf = ShallowNetClassifier(3, max_iter=2, random_state=0)
    clf.fit(pd.DataFrame(X, columns=["a", "b"]), y)
    assert clf.feature_names_in_.tolist() == ["a", "b"]
    clf.fit(X, y)
    assert not hasattr(clf, "feature_names_in_")
    assert clf.predict(X).shape == y.shape


def test_attributes_set_during_a_fit_stay():
    class Setter(ShallowNetClassifier):
        def __copy__(self):  # fit copies the estimator to validate the data
            self.note = "set by the user"
            self.alpha = 2.0
            return super().__copy__()

    clf = Setter(3, max_iter=2, random_state=0)
    with pytest.raises(ValueError, match="contains NaN"):
        clf.fit(np.full_like(X, np.nan), y)
    assert (clf.note, clf.alpha) == ("set by the user", 2.0)
    clf = Setter(3, max_iter=2, random_state=0).fit(X, y)
    assert (clf.note, clf.alpha) == ("set by the user", 2.0)


class Copier:
    """A callback that copies the estimator in every hook."""

    def __init__(self, copied=copy.copy):
        self.copied, self.copies = copied, []

    def __reduce__(self):
        return Copier, ()

    def setup(self, estimator, context):
        self.copies.append(self.copied(estimator))

    teardown = on_fit_task_begin = on_fit_task_end = setup


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf))]
)
def test_estimator_can_be_copied_in_a_callback(copied, refit):
    pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from 1.9 on")
    clf = ShallowNetClassifier(3, max_iter=2, random_state=0)
    if refit:
        clf.fit(X, y)
    before = fitted_part(clf)
    copier = Copier(copied)
    clf.set_callbacks(copier).fit(X, 1 - y)
    assert [fitted_part(one) for one in copier.copies[:-1]] == [before] * 7  # until teardown
    assert fitted_part(copier.copies[-1]) == fitted_part(clf)


def test_failed_fit_leaves_the_old_model():
    clf = ShallowNetClassifier(3, max_iter=3, random_state=0).fit(X, y)
    before = dict(vars(clf))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        with pytest.raises(UserWarning, match="only 1 row"):
            clf.fit(X, np.r_[y[:-1], 2])
        assert vars(clf) == before
    with pytest.raises(ValueError, match="not finite"):
        clf.set_params(solver="gd", learning_rate=1e300).fit(X, y)
    clf.set_params(solver="auto", learning_rate="auto")
    assert all(vars(clf)[name] is before[name] for name in before)


def test_fit_warns_after_the_model_is_installed():
    clf = ShallowNetClassifier(3, max_iter=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        with pytest.raises(ConvergenceWarning):
            clf.fit(X, y)
    assert clf.n_iter_ == 2


def test_subclass_may_fix_a_parameter():
    class WithoutMomentum(ShallowNetClassifier):
        def __init__(self, hidden_size=3, random_state=None):
            super().__init__(hidden_size, random_state=random_state)

    constraints = ShallowNetClassifier._parameter_constraints.copy()
    del constraints["momentum"]
    WithoutMomentum._parameter_constraints = constraints
    assert WithoutMomentum(random_state=0).fit(X, y).score(X, y) > 0.7


def test_attributes_of_a_subclass_do_not_hide_the_fitted_state():
    clf = ShallowNetClassifier(3, max_iter=2, warm_start=True, random_state=0)
    for name in ("to_host", "attributes", "replace", "install", "labels", "predict"):
        if not hasattr(ShallowNetClassifier, name):
            setattr(clf, name, None)
    assert clf.fit(X, y).fit(X, y).partial_fit(X, y).predict(X).shape == y.shape
    assert clf.install is None


def test_refit_that_has_nothing_to_do_draws_no_split():
    def next_draw(n_refits):
        random_state = np.random.RandomState(0)
        clf = ShallowNetClassifier(3, warm_start=True, random_state=random_state).fit(X, y)
        for _ in range(n_refits):
            clf.fit(X, y)
        return random_state.randint(10**6)

    start = np.random.RandomState(0)
    reference = ShallowNetClassifier(3, warm_start=True, random_state=start).fit(X, y)
    n_weights = sum(W.size for W in reference.coefs_) + reference.intercepts_[0].size
    start.standard_normal(n_weights)  # a refit draws initial weights, then sees that it has ended
    assert next_draw(1) == start.randint(10**6)


def test_fitted_estimator_of_a_callback_has_no_feature_names_without_names():
    pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks from 1.9 on")
    found = []

    class Keeper:
        def setup(self, estimator, context):
            pass

        teardown = on_fit_task_begin = setup

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            found.append(fitted_estimator)

    pd = pytest.importorskip("pandas")
    clf = ShallowNetClassifier(3, max_iter=2, random_state=0).set_callbacks(Keeper())
    clf.fit(X, y)
    assert not any(hasattr(fitted, "feature_names_in_") for fitted in found)
    clf.fit(pd.DataFrame(X, columns=["a", "b"]), y)
    assert found[-1].feature_names_in_.tolist() == ["a", "b"]
    clf.fit(X, y)
    assert found[-1].predict(X).shape == y.shape  # and warns of no names
