"""Sources of rows: fit(blocks). Here all rows fit into the buffer."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris

from skshallow import ShallowNetClassifier, TabularNetClassifier
from tests.helpers import assert_same_state, ignore_convergence, parameters_of, state_of

pytestmark = ignore_convergence

X, y = load_iris(return_X_y=True)
WEIGHT = np.random.default_rng(0).exponential(size=150) * (np.arange(150) % 7 > 0)
NAMES = np.array(["setosa", "versicolor", "virginica"])


def in_blocks(*arrays, size=40):
    """A source of the rows of arrays, in the order of their sizes."""
    return lambda: (
        tuple(array[start : start + size] for array in arrays)
        for start in range(0, len(arrays[0]), size)
    )


def new_classifier(**settings):
    return ShallowNetClassifier(4, max_iter=5, random_state=0, **settings)


@pytest.mark.parametrize(
    "arrays",
    [
        (X, y),
        (X.astype(np.float32), y, WEIGHT),
        (X.astype(int), y, np.ones(150) / 150),
        (X, NAMES[y]),
        (X, NAMES.astype(object)[y]),
        (X, y.astype(float)),
        (X[:100], y[:100] == 1),
        (X, np.column_stack([y > 0, y > 1, y == 1]).astype(int)),
    ],
    ids=["int", "weights", "shares", "text", "objects", "float", "bool", "multilabel"],
)
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_blocks_are_as_good_as_their_arrays(arrays, class_weight):
    expected = new_classifier(class_weight=class_weight).fit(*arrays)
    clf = new_classifier(class_weight=class_weight).fit(in_blocks(*arrays))
    assert_array_equal(parameters_of(clf), parameters_of(expected))
    assert_array_equal(clf.classes_, expected.classes_)
    assert clf.classes_.dtype == expected.classes_.dtype


def iterables():
    yield "function", in_blocks(X, y)
    yield "generator", in_blocks(X, y)()
    yield "iterator of a list", iter(list(in_blocks(X, y)()))
    yield "function of a list", lambda: [(X[:70], y[:70]), (X[70:], y[70:])]
    yield "lists", lambda: [(X[:70].tolist(), y[:70].tolist()), (X[70:], y[70:])]
    yield "empty blocks", lambda: [(X[:0], y[:0]), (X, y), ([], [])]
    yield "a weight for all", lambda: [(X[:70], y[:70], 1), (X[70:], y[70:])]
    yield "narrower dtype", lambda: [(X[:1], y[:1]), (np.float32(X[1:]), y[1:])]


@pytest.mark.parametrize("blocks", [pytest.param(b, id=name) for name, b in iterables()])
def test_what_yields_blocks(blocks):
    assert new_classifier().fit(blocks).score(X, y) > 0.5


def test_data_frames_give_feature_names():
    frame = pd.DataFrame(X, columns=list("abcd"))
    clf = new_classifier().fit(in_blocks(frame, y))
    assert clf.feature_names_in_.tolist() == list("abcd")
    clf.predict(frame)
    with pytest.raises(ValueError, match=r"block 1.*feature names"):
        clf.fit(lambda: [(frame, y), (frame[list("dcba")], y)])


def test_parquet(tmp_path):
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)  # not for the oldest NumPy
    from pyarrow import dataset, parquet

    table = pa.table(dict(zip("abcd", X.T, strict=True)) | {"label": y})
    parquet.write_table(table, tmp_path / "iris.parquet")
    files = dataset.dataset(tmp_path)

    def blocks():
        for batch in files.to_batches(batch_size=40):
            frame = batch.to_pandas()
            yield frame.drop(columns="label"), frame["label"]

    clf = new_classifier().fit(blocks)
    expected = new_classifier().fit(pd.DataFrame(X, columns=list("abcd")), y)
    assert_array_equal(parameters_of(clf), parameters_of(expected))


NAN = np.where(np.arange(150)[:, np.newaxis] == 90, np.nan, X)

BAD_SOURCES = {
    "no blocks": (lambda: [], ValueError, "no row"),
    "empty blocks": (lambda: [(X[:0], y[:0])], ValueError, "no row"),
    "no iterable": (lambda: None, TypeError, "returned NoneType: return an iterable"),
    "arrays alone": (lambda: [X], TypeError, "block 0 .*a tuple"),
    "four items": (lambda: [(X, y, y, y)], TypeError, "block 0 .*a tuple of 4"),
    "no y": (lambda: [(X, None)], ValueError, "block 0 .*y"),
    "NaN": (in_blocks(NAN, y), ValueError, "block 2 .*NaN"),
    "columns": (lambda: [(X, y), (X[:, :3], y)], ValueError, "block 1 .*3 features"),
    "lengths": (lambda: [(X, y), (X, y[1:])], ValueError, "block 1 .*inconsistent"),
    "missing label": (lambda: [(X, y), (X, [None] * 150)], ValueError, "block 1 .*missing label"),
    "continuous": (lambda: [(X, y), (X, X[:, 0])], ValueError, "block 1 .*continuous"),
    "dtype": (lambda: [(np.float32(X), y), (X, y)], ValueError, "block 1 .*one dtype"),
    "text and numbers": (lambda: [(X, y), (X, NAMES[y])], ValueError, "block 1 .*all strings"),
    "label columns": (lambda: [(X, y), (X, np.eye(3)[y])], ValueError, "block 1 .*one column"),
    "one class": (lambda: [(X, y * 0), (X, y * 0)], ValueError, "only one class"),
    "weights": (lambda: [(X, y), (X, y, y - 1)], ValueError, "block 1 .*[Nn]egative"),
    "zero weights": (lambda: [(X, y, y * 0)], ValueError, "sample_weight are zero"),
    "sparse": (lambda: [(sparse.csr_array(X), y)], TypeError, "block 0 .*toarray"),
}


@pytest.mark.parametrize(("source", "error", "match"), BAD_SOURCES.values(), ids=BAD_SOURCES.keys())
@pytest.mark.parametrize("is_fitted", [False, True])
def test_bad_sources_are_refused_and_nothing_is_lost(source, error, match, is_fitted):
    clf = new_classifier()
    if is_fitted:
        clf.fit(X, y)
    before = state_of(clf)
    with pytest.raises(error, match=match):
        clf.fit(source)
    assert_same_state(before, vars(clf))


@pytest.mark.parametrize("error", [ValueError("of the user"), OSError("disk"), KeyboardInterrupt()])
def test_errors_of_the_source_pass_through(error):
    def blocks():
        yield X, y
        raise error

    clf = new_classifier().fit(X, y)
    before = state_of(clf)
    with pytest.raises(type(error)) as raised:
        clf.fit(blocks)
    assert raised.value is error
    assert_same_state(before, vars(clf))


def test_labels_and_weights_belong_into_the_blocks():
    for arguments in ({"y": y}, {"sample_weight": WEIGHT}):
        with pytest.raises(ValueError, match="leave y and sample_weight out"):
            new_classifier().fit(in_blocks(X, y), **arguments)
    with pytest.raises(ValueError, match="requires y"):
        new_classifier().fit(X)


def test_a_generator_works_once():
    blocks = in_blocks(X, y)()
    new_classifier().fit(blocks)
    with pytest.raises(ValueError, match=r"no row: .*generator"):
        new_classifier().fit(blocks)


def test_validation_rows():
    validation = {"X_val": X[100:], "y_val": y[100:], "sample_weight_val": WEIGHT[100:]}
    expected = new_classifier().fit(X, y, **validation)
    clf = new_classifier().fit(in_blocks(X, y), **validation)
    assert_array_equal(clf.validation_loss_curve_, expected.validation_loss_curve_)


def test_wrong_validation_rows_are_refused_before_the_second_block():
    def blocks():
        yield X, y
        pytest.fail("X_val is wrong")

    with pytest.raises(ValueError, match="X_val has 150 rows"):
        new_classifier().fit(blocks, X_val=X, y_val=y[1:])


def test_tables_are_no_sources():
    with pytest.raises(TypeError, match="TabularNetClassifier does not accept a source of rows"):
        TabularNetClassifier().fit(in_blocks(X, y), None)


def test_source_where_none_is_accepted():
    blocks, clf = in_blocks(X, y), new_classifier().fit(X, y)
    for call in (
        lambda: clf.predict(blocks),
        lambda: clf.predict_proba(iter([X])),
        lambda: clf.score(blocks, y),
        lambda: clf.partial_fit(blocks, None),
    ):
        with pytest.raises(TypeError, match="Only fit takes a source of rows"):
            call()
    with pytest.raises(TypeError, match="In X_val: Only fit takes"):
        clf.fit(X, y, X_val=blocks, y_val=y)
    with pytest.raises(ValueError, match="pass a function that returns it"):
        clf.fit([(X[:70], y[:70]), (X[70:], y[70:])])


@pytest.mark.parametrize(
    ("block", "kind"),
    [((X[:0], y), ValueError), ((np.array(1.0), y), TypeError), ((None, y), TypeError)],
)
def test_wrong_second_block(block, kind):
    with pytest.raises(kind, match="In block 1 of the source"):
        new_classifier().fit(lambda: [(X, y), block])
