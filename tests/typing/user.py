"""What a user's type checker knows of the public API: ``mypy --strict`` accepts this file."""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay, LossCurveDisplay


class Subclass(ShallowNetClassifier):
    """fit returns the type that it is called on."""


def use_the_api() -> None:
    """Is checked and not called."""
    X: NDArray[np.float64] = np.zeros((4, 2))
    y = np.array([0, 1, 0, 1])

    clf = ShallowNetClassifier(np.int64(3), alpha=np.float32(1), max_iter=np.uint8(9))
    clf = ShallowNetClassifier(
        8, "tanh", alpha=0.1, batch_size="auto", class_weight={0: 1.0, 1: 2.0}
    )
    assert_type(clf.fit(X, y), ShallowNetClassifier)
    assert_type(clf.fit(X, y, None, X_val=X, y_val=y), ShallowNetClassifier)
    assert_type(clf.partial_fit(X, y, classes=[0, 1]), ShallowNetClassifier)
    assert_type(clf.predict(X), NDArray[Any])
    assert_type(clf.predict_proba(X), NDArray[Any])
    assert_type(clf.predict_log_proba(X), NDArray[Any])
    assert_type(clf.decision_function(X), NDArray[Any])
    assert_type(clf.coefs_, list[NDArray[Any]])
    assert_type(clf.intercepts_, list[NDArray[Any]])
    assert_type(clf.classes_, NDArray[Any])
    assert_type(clf.loss_, float)
    assert_type(clf.loss_curve_, NDArray[Any])
    assert_type(clf.validation_loss_curve_, NDArray[Any] | None)
    assert_type(clf.n_iter_, int)
    assert_type(clf.n_outputs_, int)
    assert_type(clf.n_features_in_, int)
    assert_type(clf.out_activation_, str)
    assert_type(LossCurveDisplay.from_estimator(clf), LossCurveDisplay)
    assert_type(HiddenUnitsDisplay.from_estimator(clf, X), HiddenUnitsDisplay)

    assert_type(Subclass().fit(X, y), Subclass)
    assert_type(clf.fit(lambda: [(X, y)]), ShallowNetClassifier)

    # Each of these is an error.
    ShallowNetClassifier(activation="logistic")  # type: ignore[arg-type]
    ShallowNetClassifier(hidden_size="64")  # type: ignore[arg-type]
    ShallowNetClassifier(8, "tanh", 3)  # type: ignore[call-arg]
    clf.fit(X, y, X_test=X)  # type: ignore[call-arg]
