"""What the displays share: matplotlib, and the classifier within pipelines and searches."""

from contextlib import suppress
from typing import Any

from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted


def import_pyplot() -> Any:
    """Return matplotlib.pyplot; raise ImportError with advice if it is not installed."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "The displays of skshallow.plot need matplotlib: pip install 'skshallow[plot]'"
        ) from error
    return pyplot


def split_estimator(estimator: Any) -> tuple[Pipeline | None, Any]:
    """Return the steps before a fitted classifier, if there are any, and the classifier."""
    check_is_fitted(estimator)
    steps_before: list[Any] = []
    while isinstance(estimator, Pipeline) or hasattr(estimator, "best_estimator_"):
        if isinstance(estimator, Pipeline):
            steps = [step for _, step in estimator.steps[:-1]]
            steps_before += [step for step in steps if step not in (None, "passthrough")]
            estimator = estimator.steps[-1][1]
        else:
            estimator = estimator.best_estimator_
    if getattr(estimator, "refit", True) is False:
        raise ValueError(
            f"{type(estimator).__name__} with refit=False has no fitted classifier: set refit=True."
        )
    if estimator in (None, "passthrough"):
        raise ValueError(
            f"The pipeline ends in {estimator!r}, not in a classifier: pass one that ends in a "
            "classifier of skshallow."
        )
    return make_pipeline(*steps_before) if steps_before else None, estimator


def names_of_features(classifier: Any, steps_before: Any) -> Any:
    """Return the names of the features that the classifier was fitted to."""
    if getattr(classifier, "feature_names_in_", None) is not None:
        return classifier.feature_names_in_
    if steps_before is not None:
        with suppress(AttributeError):  # a step without names
            return steps_before.get_feature_names_out()
    return [f"x{j}" for j in range(classifier.n_features_in_)]
