"""Data sets, and functions that read what a figure shows."""

from itertools import combinations

from matplotlib.patches import Rectangle
from sklearn.datasets import load_breast_cancer, load_digits

CANCER = load_breast_cancer(as_frame=True)
X, y = CANCER.data.to_numpy(), CANCER.target.to_numpy()
DIGITS, DIGIT = load_digits(return_X_y=True)


def marked(line):
    """The points of a line that carry a marker."""
    assert line.get_marker() not in ("None", "")
    return line.get_xydata()[line.get_markevery()]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def hatched(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_hatch()]


def captions(display):
    return display.ax_.texts or display.ax_.get_xticklabels()


def drawn_texts(figure):
    for ax in figure.axes:
        yield from (ax.title, *ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ()))
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            yield axis.label
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)


def assert_legible(figure):
    """Check that no text leaves the figure or overlaps another text."""
    figure.canvas.draw()
    texts = [text for text in drawn_texts(figure) if text.get_text() and text.get_visible()]
    boxes = [(text.get_window_extent(), text) for text in texts]
    assert len(boxes) > 3
    for box, text in boxes:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for (box, text), (other_box, other) in combinations(boxes, 2):
        assert not box.overlaps(other_box), (text, other)
