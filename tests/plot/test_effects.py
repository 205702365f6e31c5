"""EffectsDisplay: the partial dependence of the log-odds, one column after the other."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier, TabularNetClassifier
from skshallow.plot import EffectsDisplay
from tests.helpers import ignore_convergence
from tests.plot.helpers import CANCER, DIGIT, DIGITS, X, y
from tests.tabular.tables import labels_of, mixed_table

pytestmark = ignore_convergence

TABLE, P = mixed_table(300)
NET = TabularNetClassifier(4, n_estimators=2, max_iter=5, random_state=0)


def mean_log_odds(clf, table, name, value, k):
    """The definition, by a prediction of all rows."""
    changed = table.copy()
    changed[name] = pd.Series([value] * len(table), index=table.index, dtype=table[name].dtype)
    p = clf.predict_proba(changed)[:, k]
    return np.log(p / (1 - p)).mean()


@pytest.mark.parametrize(("kind", "target"), [("binary", None), ("five classes", 3)])
def test_effects_are_means_over_rows_with_the_same_value(kind, target):
    labels = labels_of(kind, P)
    clf = NET.fit(TABLE, labels)
    target = clf.classes_[target] if target else None
    k = 1 if target is None else clf.classes_.tolist().index(target)
    display = EffectsDisplay.from_estimator(clf, TABLE, target=target)
    assert {effect.name for effect in display.effects} == set(TABLE.columns)
    for effect in display.effects:
        gap = np.nan if TABLE[effect.name].dtype.kind == "f" else None
        for value, log_odds in zip(effect.values, effect.log_odds, strict=True):
            value = gap if value == "missing" else value
            expected = mean_log_odds(clf, TABLE, effect.name, value, k)
            assert log_odds == pytest.approx(expected, rel=1e-4, abs=1e-5)
        if not effect.is_category:
            expected = mean_log_odds(clf, TABLE, effect.name, np.nan, k)
            assert effect.missing == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_effects_of_numbers_are_those_of_scikit_learn():
    clf = ShallowNetClassifier(8, max_iter=10, random_state=0).fit(X, y)
    (effect,) = EffectsDisplay.from_estimator(clf, X, columns=[3]).effects
    expected = partial_dependence(
        clf, X, [3], response_method="decision_function", method="brute",
        custom_values={3: effect.values},
    )  # fmt: skip
    assert_allclose(effect.log_odds, expected["average"][0], rtol=1e-5, atol=1e-6)
    assert effect.missing is None


def test_the_other_class_has_the_opposite_effect():
    clf = ShallowNetClassifier(8, max_iter=10, random_state=0).fit(X, np.array(["m", "b"])[y])
    (second,) = EffectsDisplay.from_estimator(clf, X, columns=["x3"]).effects
    (first,) = EffectsDisplay.from_estimator(clf, X, columns=["x3"], target="b").effects
    assert_allclose(first.log_odds, -second.log_odds)


def test_multilabel_has_an_effect_on_each_label():
    labels = labels_of("multilabel", P)
    clf = NET.fit(TABLE, labels)
    (effect,) = EffectsDisplay.from_estimator(clf, TABLE, columns=["a"], target=2).effects
    expected = mean_log_odds(clf, TABLE, "a", effect.values[7], 2)
    assert effect.log_odds[7] == pytest.approx(expected, rel=1e-4)


def test_the_largest_effects_come_first():
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(2000, 60))
    label = (2 * wide[:, 41] + wide[:, 7] > rng.normal(size=2000)).astype(int)
    clf = ShallowNetClassifier(8, max_iter=10, random_state=0).fit(wide, label)
    display = EffectsDisplay.from_estimator(clf, wide, max_columns=2)
    assert [effect.name for effect in display.effects] == ["x41", "x7"]
    assert display.effects[0].size > 1.5 * display.effects[1].size
    again = EffectsDisplay.from_estimator(clf, wide, max_columns=2)  # the same sample of rows
    assert_array_equal(again.effects[0].log_odds, display.effects[0].log_odds)


def test_panels_show_the_effects():
    clf = NET.fit(TABLE, labels_of("binary", P))
    display = EffectsDisplay.from_estimator(clf, TABLE, columns=["a", "k"], max_columns=2)
    numbers, categories = display.axes_
    assert (numbers.get_title(), categories.get_title()) == ("a", "k")
    curve, missing = numbers.get_lines()
    assert_array_equal(curve.get_ydata(), display.effects[0].log_odds)
    assert missing.get_ydata()[0] == display.effects[0].missing
    assert [text.get_text() for text in numbers.texts] == ["missing"]
    (points,) = categories.get_lines()
    assert_array_equal(points.get_ydata(), display.effects[1].log_odds)
    shown = [label.get_text() for label in categories.get_xticklabels()]
    assert shown == list(display.effects[1].values)
    heights = np.array([bar.get_height() for bar in categories.patches])
    assert_allclose(heights / heights[0], display.effects[1].data / display.effects[1].data[0])
    assert display.figure_.get_supylabel() == "Log-odds of 1"
    figure = pyplot.figure()
    assert display.plot(figure).figure_ is figure


def test_rare_and_unknown_categories_are_none_of_these():
    table = pd.DataFrame({"color": ["red", "blue"] * 30})
    clf = NET.fit(table, np.arange(60) % 2)
    rows = pd.DataFrame({"color": ["red"] * 3 + ["green", "pink", None]})
    (effect,) = EffectsDisplay.from_estimator(clf, rows).effects
    assert effect.values.tolist() == ["red", "none of these", "missing"]
    assert_allclose(effect.data, [1 / 2, 1 / 3, 1 / 6])


def test_pipeline_takes_its_own_input():
    pipeline = make_pipeline(StandardScaler(), ShallowNetClassifier(4, max_iter=5, random_state=0))
    pipeline.fit(CANCER.data, y)
    display = EffectsDisplay.from_estimator(pipeline, CANCER.data, max_columns=3)
    assert {effect.name for effect in display.effects} < set(CANCER.data.columns)
    assert abs(display.effects[0].data.mean()) < 1e-6


def test_bad_input():
    clf = ShallowNetClassifier(4, max_iter=5, random_state=0).fit(X, y)
    digits = ShallowNetClassifier(4, max_iter=2, random_state=0).fit(DIGITS, DIGIT)
    show = EffectsDisplay.from_estimator
    with pytest.raises(ValueError, match="'x99', which is no column"):
        show(clf, X, columns=["x99"])
    with pytest.raises(ValueError, match="30, which is no column"):
        show(clf, X, columns=[30])
    with pytest.raises(ValueError, match="has no 7: pass as target"):
        show(clf, X, target=7)
    with pytest.raises(ValueError, match=r"more than two classes.*pass as target"):
        show(digits, DIGITS)
    with pytest.raises(ValueError, match="31 features"):
        show(clf, np.hstack([X, X[:, :1]]))
    with pytest.raises(TypeError, match=r"use X.toarray\(\)"):
        show(clf, sparse.csr_array(X))
    with pytest.raises(ValueError, match="effects of LogisticRegression cannot be shown"):
        show(LogisticRegression().fit(X[:, :2], y), X)
    with pytest.raises(ValueError, match="max_columns"):
        show(clf, X, max_columns=0)
