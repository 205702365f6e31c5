"""Export to ONNX: with this module imported, skl2onnx converts classifiers and encoder.

``ShallowNetClassifier`` can be alone and within Pipeline, GridSearchCV, CalibratedClassifierCV with
its default method, BaggingClassifier, StackingClassifier and OneVsRestClassifier. The options are
those of skl2onnx's own classifiers: ``zipmap``, ``nocl``, ``output_class_labels``, and
``raw_scores`` for logits in place of probabilities (for two classes -z and z).

The exported network computes as ``predict_proba`` does: in float32 if both the weights and the
input are float32, else in float64. Its probabilities are float64 for float64 input, else float32.
ONNX has no ZipMap of float64: for float64 input ``zipmap=True``, the default, gives an array, and
the outputs have the names that ``zipmap=False`` gives them. Within the last four of the above it
takes ``options={"zipmap": False}``, or onnxruntime refuses the model.

``TabularNetClassifier`` has the same options. It and ``PiecewiseLinearEncoder`` take either one
tensor of numbers, or an input of shape ``[None, 1]`` for each column of a data frame, in the order
of ``fit``: StringTensorType for text, a type of numbers or booleans for other columns, also for
numeric categories. A gap is NaN in numbers and ``""`` in text, unless ``""`` was a category in
``fit``. Fill gaps in text: onnxruntime reads None as the text "None". Encoded columns and
probabilities are float64 if any input is, else float32. The encoding is computed in float64, the
networks in the type of their weights. The encoder's output is dense. The opset has to be 11 or
later.

Within Pipeline and GridSearchCV a data frame works as well; the other estimators above have a
single input in skl2onnx, so they take numbers alone. ColumnTransformer joins the columns of each
transformer: text and numbers need an encoder each. An error is raised for inputs that do not fit
the columns of ``fit``, for float32 where a category is not a float32, and for categories of bytes.

skl2onnx has limits of its own, whatever the classifier. TunedThresholdClassifierCV is exported
without its threshold, and isotonic calibration is not exact. SimpleImputer and PowerTransformer
need float32 input: cast before, ``to_onnx(model, X[:1].astype(np.float32))``.

Examples
--------
>>> import numpy as np
>>> from onnxruntime import InferenceSession
>>> from skl2onnx import to_onnx
>>> from sklearn.datasets import load_iris
>>> import skshallow.onnx
>>> X, y = load_iris(return_X_y=True)
>>> clf = skshallow.ShallowNetClassifier(random_state=0).fit(X, y)
>>> model = to_onnx(clf, X[:1]).SerializeToString()
>>> session = InferenceSession(model, providers=["CPUExecutionProvider"])
>>> labels, probabilities = session.run(None, {"X": X})
>>> np.array_equal(labels, clf.predict(X))
True
>>> np.allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-12)
True
"""

try:
    import skl2onnx  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("skshallow.onnx needs skl2onnx: pip install 'skshallow[onnx]'") from error

from . import _shallow, _tabular  # noqa: F401
