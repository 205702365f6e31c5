"""
What have the hidden units learned?
===================================

Each hidden unit of a network on handwritten digits has one weight for each of the 8 x 8 pixels, so
its weights are an image, too. What do these images show, and which units learn nothing? In red
pixels, ink increases the input of the unit; in blue pixels, it decreases the input.
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
# The units with the largest outgoing weights come first. They respond to strokes and gaps at
# certain places, not to whole digits. The output layer combines them.

clf = ShallowNetClassifier(random_state=0).fit(X_train, y_train)
HiddenUnitsDisplay.from_estimator(clf, X_train, image_shape=(8, 8))
plt.show()
print(f"accuracy {clf.score(X_test, y_test):.3f}")

# %%
# The next network is a single one of 20 units with a strong penalty. Units that it does not need
# have small weights and come last.

small = ShallowNetClassifier(20, n_estimators=1, alpha=10, random_state=0).fit(X_train, y_train)
HiddenUnitsDisplay.from_estimator(small, X_train, image_shape=(8, 8))
plt.show()
print(f"accuracy {small.score(X_test, y_test):.3f}")

# %%
# Units that learn nothing
# ------------------------
#
# If the input of a ReLU unit is negative for every row, its output and its gradient are 0, so its
# weights no longer change: the unit is dead. Pixels are never negative. Without standardisation, a
# step can therefore move all weights of a unit in the same direction, and a few large steps make it
# dead. The display hatches such units.


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
# With standardised inputs, the same steps give no dead units:

large_steps(standardize=True)

# %%
# The answer
# ----------
# The units respond to strokes and gaps at certain places, not to whole digits. Units that are dead,
# or that a penalty has made small, add nothing. If there are dead units in spite of
# ``standardize=True``, lower ``learning_rate``, or use ``activation="leaky_relu"``, whose units
# always have a gradient.
