"""
Deployment with ONNX
====================

A pipeline is trained here and answers elsewhere: in C++, in a browser, on a phone, without Python
and scikit-learn. ONNX is the file format for that, and onnxruntime one of the programs that run
it. ``pip install '.[onnx]'`` in a checkout installs the converter.
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
# 569 tumours with their diagnosis in words. One measurement in twenty is made missing, so that the
# pipeline has something to do.
#
# The cast to float32 is needed here. The classifier itself can be exported in float64, but some
# transformers cannot: the file would not load with a ``SimpleImputer``, and not even be written
# with a ``PowerTransformer``. And a network trained on float32 has weights of float32.

data = load_breast_cancer()
X, y = data.data.astype(np.float32), data.target_names[data.target]
X[np.random.default_rng(0).random(X.shape) < 0.05] = np.nan
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

model = make_pipeline(SimpleImputer(), ShallowNetClassifier(random_state=0))
model.fit(X_train, y_train)
print(f"accuracy {model.score(X_test, y_test):.3f}")

# %%
# One call converts the whole pipeline. The first rows only tell the type of the input: float32
# stays float32. ``zipmap=False`` gives probabilities as an array, not as a list of dictionaries.

onnx_model = to_onnx(model, X_train[:1], options={"zipmap": False})
folder = Path(tempfile.mkdtemp())
path = folder / "tumours.onnx"
path.write_bytes(onnx_model.SerializeToString())
joblib.dump(model, folder / "tumours.joblib")
for file in sorted(folder.iterdir()):
    print(f"{file.name:15} {file.stat().st_size / 1024:.0f} KiB")

# %%
# The network is two matrix products with an activation after each: ``Gemm``, ``Relu``, ``Gemm``,
# ``Sigmoid``. Before them stand the pipeline's imputer and a ``Cast`` to the type of the weights.
# The others make the answers of the one output z: ``Neg`` and ``Concat`` put -z beside it, one for
# each class; the sigmoids of the two are the probabilities, ``ArgMax`` finds the larger one, and
# ``Gather`` takes its label from a list. The two ``Cast`` at the end give the outputs their types:

for node in onnx_model.graph.node:
    print(f"{node.op_type:15} {', '.join(node.input)}  ->  {', '.join(node.output)}")

# %%
# The other side. Labels are the words they were, and probabilities agree as far as float32 goes.

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
