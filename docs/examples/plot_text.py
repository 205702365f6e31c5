"""
Which part of SciPy does a text describe? Sparse input
======================================================

Text becomes a sparse matrix with one column for each word, and almost all its values are zeros. The
classifier takes this matrix as it is and never makes it dense. Is it better than a linear model?

The texts are the documentation of SciPy's functions and classes, which is already on your disk. The
task is to predict the part of SciPy from the description.
"""

import importlib
import inspect
import re

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skshallow import ShallowNetClassifier

PARTS = ["interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "special", "stats"]

# %%
# A document is the text before the list of parameters. The names of the parts are removed, because
# they would reveal the answer.

documents = {}
for part in PARTS:
    module = importlib.import_module(f"scipy.{part}")
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) or callable(value):
            text = (inspect.getdoc(value) or "").split("Parameters\n---")[0]
            text = re.sub("|".join(PARTS), "", text)
            if len(text.split()) >= 10:
                documents[text] = part
texts, y = list(documents), np.array(list(documents.values()))
print(f"{len(texts)} documents, such as:\n\n{texts[0]}")

# %%
# The pipeline goes from text to labels.

text_train, text_test, y_train, y_test = train_test_split(texts, y, stratify=y, random_state=0)
model = make_pipeline(
    TfidfVectorizer(sublinear_tf=True, min_df=2),
    ShallowNetClassifier(random_state=0),
).fit(text_train, y_train)
X = model[0].transform(text_train)
print(f"{X.shape[0]} x {X.shape[1]}, {X.nnz / np.prod(X.shape):.1%} of it not zero")

# %%
# Two models for comparison: the same network with raw inputs, and a linear model. Both get a weaker
# penalty, because the rows of tf-idf have norm 1, which is small, and need large weights.

others = {
    "standardize=False": ShallowNetClassifier(alpha=0.01, standardize=False, random_state=0),
    "LogisticRegression": LogisticRegression(C=100),
}
models = {"defaults": model} | {
    name: make_pipeline(model[0], clf).fit(text_train, y_train) for name, clf in others.items()
}
for name, other in models.items():
    loss = log_loss(y_test, other.predict_proba(text_test))
    print(f"{name:18}  accuracy {other.score(text_test, y_test):.3f}  log-loss {loss:.3f}")

# %%
# The confusion matrix shows the errors of the network. No two parts are often confused. The
# misclassified texts say little about their part, or describe a task of another part. Their first
# lines follow:

fig, ax = plt.subplots(figsize=(6.5, 5.5), layout="constrained")
ConfusionMatrixDisplay.from_estimator(
    model, text_test, y_test, xticks_rotation=45, colorbar=False, cmap="Blues", ax=ax
)
plt.show()
for text, truth, answer in zip(text_test, y_test, model.predict(text_test), strict=True):
    if answer != truth:
        print(f"{truth:11} taken for {answer:11} {text.splitlines()[0][:60]}")

# %%
# The pipeline can also classify new sentences. The output lists the words that the pipeline knows:
# those that occur in at least two training documents. The last sentence is about images, like the
# first one, but its only known word usually occurs with splines. The prediction is wrong and has a
# high probability.

for sentence in ["blur an image", "the root of an equation", "smooth a noisy picture"]:
    probability = model.predict_proba([sentence])[0]
    best = probability.argmax()
    known = model[0].inverse_transform(model[0].transform([sentence]))[0]
    print(f"{sentence:24} {model.classes_[best]:12} {probability[best]:.2f}  {', '.join(known)}")

# %%
# The answer
# ----------
# Hardly: its log-loss is a little lower, but it makes a few more errors. With more columns than
# rows it is hard to be better than a linear model, so try that first. The network needs no other
# settings for text than for tables, and no dense matrix.
