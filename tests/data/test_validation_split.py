"""The rows that each member of an ensemble holds out."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skshallow import ShallowNetClassifier
from skshallow._data.distinct_rows import distinct_rows
from skshallow._data.labels import LabelEncoding, Targets
from skshallow._data.validation_split import split_validation
from skshallow._settings import Settings
from tests.helpers import ignore_convergence, split_new_rows, split_rows


@pytest.mark.parametrize(
    ("n_members", "fraction", "share"), [(5, 0.2, 0.2), (3, 0.1, 0.1), (4, 0.9, 0.25)]
)
def test_each_member_holds_out_its_share_of_each_class(n_members, fraction, share):
    y = np.r_[np.ones(400, int), np.zeros(20, int)]
    validation_member = split_rows(y, n_members, fraction).validation_member
    for label in (0, 1):
        by_member = np.bincount(validation_member[y == label] + 1, minlength=n_members + 1)[1:]
        assert_allclose(by_member, share * np.sum(y == label), atol=1)


@pytest.mark.parametrize("fraction", [0.2, 0.6, 0.99])
@pytest.mark.parametrize("n_members", [1, 4])
@pytest.mark.parametrize(
    "y", [[0] * 9 + [1], [0] * 8 + [1] * 2, [0] * 9 + [1] * 3 + [2], np.repeat(np.arange(9), 2)]
)
@pytest.mark.filterwarnings("ignore:The validation split:UserWarning")
def test_every_member_trains_on_every_class(y, n_members, fraction):
    y = np.array(y)
    rows = split_rows(y, n_members, fraction)
    assert (rows.validation_member >= 0).any()
    for j in range(n_members):
        assert_array_equal(np.unique(y[rows.validation_member != j]), np.unique(y))


def test_held_out_rows_have_weight_zero_in_the_batches():
    rows = split_rows(np.arange(90) % 2, 3, 0.2)
    for _, batch in rows.batches(np.arange(90), 2, np.random.RandomState(0), 30):
        for X, _, w in batch:
            validation_member = rows.validation_member[np.rint(X[:, 0] * 90).astype(int)]
            assert_array_equal(w == 0, validation_member == np.arange(3)[:, np.newaxis])


@pytest.mark.parametrize(
    ("n_rows", "weight", "held_out"), [(99, 5, False), (99, 4, True), (100, 5, True)]
)
def test_few_rows_of_large_weight_are_not_held_out(n_rows, weight, held_out):
    y = np.arange(n_rows) % 2
    assert (
        split_rows(y, 4, 0.2, np.full(n_rows, weight)).validation_member is not None
    ) == held_out
    weight = np.ones(n_rows)
    weight[0] = 1e6  # one large weight is not enough
    assert split_rows(y, 4, 0.2, weight).validation_member is not None


@pytest.mark.parametrize("n_rows", [9, 10])
def test_rows_of_a_truth_table_are_all_needed(n_rows):
    rows = split_rows(np.arange(n_rows) % 2, 3, 0.2)
    assert (rows.validation_member is None) == (n_rows < 10)


def test_xor_is_learnt_and_no_warning_speaks_of_validation_data():
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), [0, 1, 1, 0]
    for seed in range(10):
        assert ShallowNetClassifier(alpha=0.1, random_state=seed).fit(X, y).score(X, y) == 1
        with warnings.catch_warnings(record=True, action="always") as caught:
            ShallowNetClassifier(random_state=seed).fit(X, y)
        assert not any("X_val" in str(warning.message) for warning in caught)


@ignore_convergence
@pytest.mark.filterwarnings("ignore:The validation split:UserWarning")
@pytest.mark.parametrize("n_classes", [2, 5, 10])
def test_one_row_of_each_class_is_learnt(n_classes):
    # The only row of a class is never held out.
    rng = np.random.default_rng(0)
    X, y = 5 * rng.normal(size=(n_classes, 10)), np.arange(n_classes)
    clf = ShallowNetClassifier(random_state=0).fit(X, y)
    assert_array_equal(clf.predict(X + rng.normal(size=X.shape)), y)


@pytest.mark.parametrize("n_estimators", [1, 4])
def test_class_of_one_row_warns(binary_iris, n_estimators):
    X, y = binary_iris
    clf = ShallowNetClassifier(4, n_estimators=n_estimators, random_state=0)
    for weight in (None, np.full(61, 0.1), np.full(61, 1.5)):
        with pytest.warns(UserWarning, match=r"one has only 1 row.*Pass X_val"):
            clf.fit(X[:61], np.r_[y[:60], 2], weight)
    clf.fit(X[:61], np.r_[y[:60], 2], np.full(61, 3))  # a weight of 3 stands for three rows


def test_rows_of_one_x_are_held_out_together():
    X, y = np.repeat(np.arange(500.0), 2)[:, np.newaxis], np.arange(1000) % 2
    table = Targets(np.array([[0.0], [1.0]]), y)
    rows = distinct_rows(X, table, np.ones(1000))
    labels, settings = (
        LabelEncoding(np.arange(2), multilabel=False),
        Settings(n_estimators=3, validation_fraction=0.1),
    )
    rows, *_ = split_validation(rows, labels, settings, None, np.random.RandomState(0))
    member = np.empty(1000, int)
    member[rows.index] = rows.validation_member
    assert (member >= 0).sum() == 300
    assert (member[::2] == member[1::2]).mean() > 0.99  # cuts of the classes differ by a row


def test_rows_keep_their_member_when_rows_are_added():
    y = np.random.default_rng(0).integers(2, size=900)
    first, split = split_new_rows(y[:300], 3, 0.2)
    later, same = split_new_rows(y, 3, 0.2, seed=1, previous=split)
    assert same is split
    assert_array_equal(later.validation_member[:300], first.validation_member)
    by_member = np.bincount(later.validation_member + 1)[1:]
    assert_allclose(by_member, 180, atol=60)


def test_class_of_few_rows_is_held_out_like_others_when_it_grows():
    y = np.r_[np.zeros(1000, int), np.ones(1000, int)]
    shares = []
    for seed in range(20):
        _, split = split_new_rows(y[:1002], 3, 0.2, n_classes=3, seed=seed)
        rows, _ = split_new_rows(y, 3, 0.2, n_classes=3, previous=split)
        shares.append([(rows.validation_member[1000:] == j).mean() for j in range(3)])
    assert np.all(np.mean(shares, axis=0) > 0.05)
    assert_allclose(split.cuts[2], [0.2, 0.4, 0.6])  # of a class that has no row yet


def test_members_hold_out_16_000_rows_at_most():
    rows = split_rows(np.arange(100_000) % 2, 3, 0.2)
    assert_allclose(np.bincount(rows.validation_member + 1)[1:], 16_000, atol=2)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_many_equal_rows_have_the_shares_of_their_classes(n_classes):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 3))
    X[:700] = 0
    shares = np.linspace(1, 3, n_classes) / np.linspace(1, 3, n_classes).sum()
    y = rng.choice(n_classes, 1000, p=shares)
    y[700:] = (X[700:, 0] > 0) * (n_classes - 1)
    clf = ShallowNetClassifier(random_state=0).fit(X, y)
    of_equal_rows = np.bincount(y[:700]) / 700
    assert_allclose(clf.predict_proba(np.zeros((1, 3)))[0], of_equal_rows, atol=0.07)


def test_parts_of_a_heavy_row_have_its_weight():
    weights = np.r_[np.ones(200), 500.0]
    rows = split_rows(np.zeros(201, int), 3, 0.2, weights)
    assert_allclose(np.bincount(rows.index, rows.weights), weights, rtol=1e-9)
    parts = rows.index == 200
    assert sorted(rows.validation_member[parts]) == [-1, 0, 1, 2]
    assert_allclose(rows.weights[parts & (rows.validation_member >= 0)], 100)
