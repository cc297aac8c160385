"""What all tests of pages share: nets whose random weights are drawn once."""

from collections.abc import Iterator

import pytest
from torch import nn


@pytest.fixture(autouse=True, scope="package")
def _weights_are_drawn_once() -> Iterator[None]:
    """torch draws the weights of each convolution, and the constructor of every net of ours draws them again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.Conv2d, "reset_parameters", _draw_no_weights)
        yield


def _draw_no_weights(conv: nn.Conv2d) -> None:
    if conv.bias is not None:  # as in squeeze-and-excitation: no constructor draws it again
        nn.init.zeros_(conv.bias)
