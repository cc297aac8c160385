"""Links: one restores its spec, and whatever else is sent ends in a spec or in a short refusal."""

import dataclasses
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.spec.checks import MAX_BLOCKS, MAX_COUNT, MAX_INPUT_SIZE, NORMS
from resnet_viz.spec.query import QUERY_KEYS
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

LONGEST_ERROR = 700


def link_refusal(query: str) -> str:
    with pytest.raises(SpecError) as caught:
        ResNetSpec.from_query(query)
    return str(caught.value)


def spec_of(block: str, norm: str, zero_init_residual: bool, **settings: Any) -> ResNetSpec:
    """A spec; a net without norms has none that could begin at zero."""
    starts_at_zero = zero_init_residual and norm != "none"
    return ResNetSpec(block, norm=norm, zero_init_residual=starts_at_zero, **settings)


counts = st.integers(1, MAX_COUNT)
sides = st.integers(1, MAX_INPUT_SIZE)
common = {
    "layers": st.tuples(*[st.integers(1, MAX_BLOCKS // 4)] * 4),
    "num_classes": counts,
    "in_channels": counts,
    "input_size": st.tuples(sides, sides),
    "zero_init_residual": st.booleans(),
}
dilations = st.none() | st.tuples(*[st.booleans()] * 3)
wide = {"groups": counts, "width_per_group": counts, "replace_stride_with_dilation": dilations}
basic_specs = st.builds(spec_of, st.just("basic"), norm=st.sampled_from(NORMS), **common)
# Of any widths, which a group norm does not take.
ANY_WIDTH = [norm for norm in NORMS if norm != "group"]
bottleneck_specs = st.builds(spec_of, st.just("bottleneck"), norm=st.sampled_from(ANY_WIDTH), **common, **wide)


@given(st.sampled_from(list(PRESETS.values())) | basic_specs | bottleneck_specs)
def test_a_link_restores_its_spec(spec: ResNetSpec) -> None:
    query = spec.to_query()
    assert ResNetSpec.from_query(query) == spec
    assert ResNetSpec.from_query(f"?{query}") == spec
    assert ResNetSpec.from_query(dict(pair.split("=") for pair in query.split("&"))) == spec


def test_a_link_is_as_short_as_it_can_be() -> None:
    assert PRESETS["resnet152"].to_query() == "net=resnet152"
    assert ResNetSpec("basic", (2, 3, 5, 2)).to_query() == "block=basic&layers=2,3,5,2"
    other = dataclasses.replace(PRESETS["wide_resnet50_2"], input_size=(320, 96), num_classes=10)
    assert other.to_query() == "net=wide_resnet50_2&num_classes=10&input_size=320x96"


def test_links_of_nonsense_are_refused_in_a_sentence() -> None:
    for query in ("", "net", "net=resnet50&net=resnet18", "net=resnet50&colour=red", "block=basic", "a" * 10**6):
        assert "This link does not describe a ResNet" in link_refusal(query)
        assert len(link_refusal(query)) < LONGEST_ERROR
    for setting in ("groups=٣", "groups=1_0", "zero_init_residual=yes", "input_size=a", "norm=", "layers=0"):
        assert setting.split("=")[1] in link_refusal(f"net=resnet50&{setting}")


words = st.text(max_size=40) | st.sampled_from(["resnet50", "basic", "1,1,1,1", "0", "1", "-1", "64x64", "9" * 5000])
pairs = st.tuples(st.sampled_from(QUERY_KEYS) | st.text(max_size=8), words)
strings = st.text() | st.lists(pairs, max_size=6).map(lambda found: "&".join(f"{key}={text}" for key, text in found))


@given(strings | st.lists(pairs, max_size=6).map(dict))
@example("block=basic&layers=" + "9" * 1900 + ",1,1,1")
@example({"block": "basic", "layers": "9" * 4200 + ",1,1,1"})
def test_any_link_ends_in_a_spec_or_a_short_refusal(query: str | dict[str, str]) -> None:
    error = None
    try:
        ResNetSpec.from_query(query)
    except SpecError as refused:
        error = str(refused)
    assert error is None or len(error) < LONGEST_ERROR
