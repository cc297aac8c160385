"""The digits, against scikit-learn's own reader."""

import numpy as np
import pytest
from sklearn.datasets import load_digits as load_theirs

from resnet_viz.datasets import digits
from resnet_viz.errors import ResnetVizError


def test_they_are_those_of_scikit_learn() -> None:
    ours, theirs = digits.load_digits(), load_theirs()
    assert ours.images.shape == (1797, 1, 8, 8)
    assert ours.images.dtype == np.float32
    assert np.array_equal(ours.images[:, 0], (theirs.images / 16).astype(np.float32))
    assert np.array_equal(ours.labels, theirs.target)
    assert ours.n_train == 1500
    assert len(ours.labels) - ours.n_train == digits.N_HELD_OUT


def test_nobody_can_change_them() -> None:
    for array in (digits.load_digits().images, digits.load_digits().labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    digits.load_digits.cache_clear()
    with pytest.raises(ResnetVizError, match="pip install scikit-learn"):
        digits.load_digits()
    digits.load_digits.cache_clear()
