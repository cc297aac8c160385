"""Which net a file of weights brings to the page: its own, with the rest as in the net that is shown."""

from dataclasses import replace

import pytest

from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.cache.weight_files import net_of

R50 = PRESETS["resnet50"]
SHOWN = replace(R50, stride_in="1x1", input_size=(320, 320), zero_init_residual=True)


def taken(file: ResNetSpec, shown: ResNetSpec) -> ResNetSpec | None:
    """The net for a file of another's tensors."""
    return net_of(recognise_shapes(shapes_of(file)), shown)


def test_what_a_file_cannot_tell_stays_as_it_is_shown() -> None:
    assert taken(replace(R50, num_classes=7), SHOWN) == replace(SHOWN, num_classes=7)
    assert taken(R50, replace(SHOWN, norm="frozen")) == replace(SHOWN, norm="frozen")
    bare = replace(R50, norm="none")
    assert taken(bare, replace(bare, pre_activation=True)) == replace(bare, pre_activation=True)


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
@pytest.mark.parametrize("before", ["batch", "group", "frozen", "none"])
def test_norms_that_a_file_tells_are_its_own(norm: str, before: str) -> None:
    shown = replace(SHOWN, norm=before, zero_init_residual=False)
    kept = "frozen" if (norm, before) == ("batch", "frozen") else norm
    assert taken(replace(R50, norm=norm), shown) == replace(shown, norm=kept)


def test_what_cannot_stay_goes() -> None:
    assert taken(replace(R50, norm="none"), SHOWN) == replace(SHOWN, norm="none", zero_init_residual=False)
    small, group = PRESETS["cifar20"], replace(R50, norm="group")
    assert taken(group, small) == replace(group, input_size=small.input_size)
