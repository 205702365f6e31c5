"""
How to predict without Python? ONNX
===================================

An ONNX file can be used in C++, in a browser or on a phone, without Python and scikit-learn. This
example trains a pipeline, exports it to ONNX, runs it with onnxruntime, and asks whether the
predictions are the same. ``pip install '.[onnx]'`` in a checkout installs the converter.
"""

import tempfile
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

import skshallow.onnx  # from here on, skl2onnx knows the classifier
from skshallow import ShallowNetClassifier

# %%
# The data are 569 tumours with their diagnosis in words. One value in twenty is replaced by NaN, so
# that the imputer of the pipeline has a task.
#
# The cast to float32 is necessary here. The classifier itself can be exported in float64, but some
# transformers cannot: with a ``SimpleImputer`` the file would not load, and with a
# ``PowerTransformer`` it could not even be written. A network trained on float32 has weights of
# float32.

data = load_breast_cancer()
X, y = data.data.astype(np.float32), data.target_names[data.target]
X[np.random.default_rng(0).random(X.shape) < 0.05] = np.nan
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

model = make_pipeline(SimpleImputer(), ShallowNetClassifier(random_state=0))
model.fit(X_train, y_train)
print(f"accuracy {model.score(X_test, y_test):.3f}")

# %%
# One call converts the whole pipeline. The first rows only define the type of the input: float32
# stays float32. ``zipmap=False`` gives probabilities as an array instead of a list of dictionaries.

onnx_model = to_onnx(model, X_train[:1], options={"zipmap": False})
folder = Path(tempfile.mkdtemp())
path = folder / "tumours.onnx"
path.write_bytes(onnx_model.SerializeToString())
joblib.dump(model, folder / "tumours.joblib")
for file in sorted(folder.iterdir()):
    print(f"{file.name:15} {file.stat().st_size / 1024:.0f} KiB")

# %%
# The network is two matrix products with an activation after each: ``Gemm``, ``Relu``, ``Gemm``,
# ``Sigmoid``. Before them are the imputer of the pipeline and a ``Cast`` to the type of the
# weights. The other nodes compute the outputs from the single logit z. ``Neg`` and ``Concat`` make
# two logits of it, -z and z, one for each class. The sigmoids of the two are the probabilities.
# ``ArgMax`` finds the larger of the two, and ``Gather`` takes its label from a list. The two
# ``Cast`` at the end give the outputs their types:

for node in onnx_model.graph.node:
    print(f"{node.op_type:15} {', '.join(node.input)}  ->  {', '.join(node.output)}")

# %%
# onnxruntime loads the file. It predicts the same labels, and the probabilities agree up to the
# precision of float32.

session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
labels, probabilities = session.run(None, {"X": X_test})
difference = np.abs(probabilities - model.predict_proba(X_test))
print("equal labels:", np.array_equal(labels, model.predict(X_test)))
print(f"largest difference of a probability: {difference.max():.0e}")
assert difference.max() < 1e-5
print(labels[:3], probabilities[:3, 0].round(3))

# %%

fig, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.axline((0, 0), slope=1, color="black", linewidth=0.8)
ax.plot(model.predict_proba(X_test)[:, 1], probabilities[:, 1], ".", alpha=0.6)
ax.set(
    xlabel="predict_proba", ylabel="onnxruntime", title=f"P({model.classes_[1]})", aspect="equal"
)
plt.show()

# %%
# The answer
# ----------
# One call of ``to_onnx`` exports the pipeline. All labels are the same, and the probabilities agree
# up to the rounding of float32.
