"""
What the hidden units look at
=============================

Each hidden unit of a network on handwritten digits has a weight for each of the 8 x 8 pixels, so
the weights of a unit are an image too: red where ink speaks for it, blue where it speaks against.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

fig, axes = plt.subplots(1, 8, figsize=(9, 1.6), layout="constrained")
for ax, image, label in zip(axes, X, y, strict=False):
    ax.imshow(image.reshape(8, 8), cmap="gray_r")
    ax.set_axis_off()
    ax.set_title(label)
plt.show()

# %%
# The units with the largest outgoing weights come first. They look for strokes and gaps at certain
# places, not for whole digits; the output layer puts those together.

clf = ShallowNetClassifier(random_state=0).fit(X_train, y_train)
HiddenUnitsDisplay.from_estimator(clf, X_train, image_shape=(8, 8))
plt.show()
print(f"accuracy {clf.score(X_test, y_test):.3f}")

# %%
# A single network of 20 units with a strong penalty. Units that it can do without fade; they come
# last.

small = ShallowNetClassifier(20, n_estimators=1, alpha=10, random_state=0).fit(X_train, y_train)
HiddenUnitsDisplay.from_estimator(small, X_train, image_shape=(8, 8))
plt.show()
print(f"accuracy {small.score(X_test, y_test):.3f}")

# %%
# Units that learn nothing
# ------------------------
#
# A ReLU unit whose input is negative at every row passes nothing on, has a gradient of 0, and stays
# as it is: it is dead. Pixels are never negative, so without standardisation a step can move all
# weights of a unit the same way, and a few large steps kill it. The display hatches such units.


def large_steps(standardize):
    clf = ShallowNetClassifier(
        20, n_estimators=1, standardize=standardize, learning_rate=0.02, random_state=0
    ).fit(X_train, y_train)
    display = HiddenUnitsDisplay.from_estimator(clf, X_train, image_shape=(8, 8))
    plt.show()
    print(f"{display.dead.sum()} of {len(display.dead)} units are dead")
    print(f"accuracy {clf.score(X_test, y_test):.3f}")


large_steps(standardize=False)

# %%
# With standardised inputs the same steps kill none:

large_steps(standardize=True)

# %%
# Where units die all the same, lower ``learning_rate``, or take ``activation="leaky_relu"``, whose
# units always pass a little on.
