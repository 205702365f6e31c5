"""
2. All samples at once, or one after the other
==============================================

The notes compute the outputs of m samples in two ways: in a loop over i = 1 … m, and as matrix
products. The results are the same, but the times differ.
"""

# %%
# The loop computes the outputs sample by sample and neuron by neuron:

import math
import timeit

import matplotlib.pyplot as plt
import numpy as np


def loop(X, W1_by_neuron, b1, W2, b2):
    A2 = []
    for x in X:
        z2 = b2
        for w, b, w2 in zip(W1_by_neuron, b1, W2, strict=True):
            z1 = b + sum(wi * xi for wi, xi in zip(w, x, strict=True))
            z2 += w2 * math.tanh(z1)
        A2.append(1 / (1 + math.exp(-z2)))
    return A2


# %%
# In vectorised code, two matrix products replace the three loops:


def vectorised(X, W1, b1, W2, b2):
    A1 = np.tanh(X @ W1 + b1)
    Z2 = A1 @ W2 + b2
    return 1 / (1 + np.exp(-Z2))


# %%
# With many samples, ``A1`` does not fit into the processor's cache. The third way processes the
# samples in blocks that fit:


def in_blocks(X, *parameters):
    blocks = range(0, len(X), 500)
    return np.concatenate([vectorised(X[i : i + 500], *parameters) for i in blocks])


# %%
# The times of all three, with 30 features, 40 hidden units and an increasing number of samples. The
# loop gets lists of Python numbers, because it is fastest with them. The columns of ``W1``, one for
# each neuron, are the rows of a list.

rng = np.random.default_rng(0)
parameters = rng.normal(size=(30, 40)) / 5, rng.normal(size=40), rng.normal(size=40) / 5, 0.1
as_lists = [np.transpose(part).tolist() for part in parameters]
sizes = [1, 10, 100, 1000, 10000]
seconds = {loop: [], vectorised: [], in_blocks: []}

for m in sizes:
    X = rng.normal(size=(m, 30))
    expected = loop(X.tolist(), *as_lists)
    for way, times in seconds.items():
        arguments = (X.tolist(), *as_lists) if way is loop else (X, *parameters)
        np.testing.assert_allclose(way(*arguments), expected, rtol=1e-10)
        number = max(1, 100 // m)
        timer = timeit.Timer(lambda way=way, arguments=arguments: way(*arguments))
        times.append(min(timer.repeat(3, number)) / number)

print("samples   loop, ms   vectorised, ms   in blocks, ms   loop / in blocks")
for m, *times in zip(sizes, *seconds.values(), strict=True):
    slow, fast, faster = (1e3 * time for time in times)
    print(f"{m:7}{slow:11.3f}{fast:17.3f}{faster:16.3f}{slow / faster:19.0f}")

# %%
# The loop takes the same time per sample for any number of samples. The products take less time per
# sample if there are more samples: the processor works on several numbers at a time, as long as
# they are in its cache.

_, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
names = ["loop", "vectorised", "vectorised, in blocks of 500"]
for name, times in zip(names, seconds.values(), strict=True):
    ax.loglog(sizes, np.divide(times, sizes) * 1e6, "o-", label=name)
ax.set(xlabel="samples", ylabel="microseconds per sample", title="Measured by this program")
ax.spines[["top", "right"]].set_visible(False)
ax.legend()

# %%
# skshallow processes such blocks, forward and backward. Cost and gradient are sums over samples, so
# they can be summed block by block.
#
# .. literalinclude:: /../skshallow/_network/network.py
#    :caption: skshallow/_network/network.py
#    :start-at: # The work arrays of a block
#    :end-before: class _Work
