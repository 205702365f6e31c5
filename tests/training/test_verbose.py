"""What fit prints."""

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


def test_verbose_prints_one_line_per_epoch(cancer, capsys):
    X, y = cancer
    ShallowNetClassifier(4, max_iter=3, solver="adam", verbose=True).fit(X, y, X_val=X, y_val=y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("epoch 1: loss ")
    assert "validation loss" in lines[0]


def test_verbose_without_validation_rows(cancer, capsys):
    ShallowNetClassifier(4, max_iter=2, early_stopping=False, verbose=True).fit(*cancer)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 2"]
    assert "validation" not in lines[0]
