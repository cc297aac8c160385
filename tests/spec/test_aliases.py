"""Names from elsewhere: the nets that they mean, against timm's nets of these names and the papers' figures."""

from math import prod

import pytest
import timm
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.naming.layouts import tensors_of
from resnet_viz.spec.aliases import bare_name, settings_named
from resnet_viz.spec.proportions import TABLE_1
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec, specs_named

# One or more of each kind of name.
TIMM = (
    "resnet26", "resnet26d", "resnet18d", "resnet34", "resnet50c", "resnet50d", "resnet50_gn", "resnet200d",
    "seresnet18", "seresnet50", "seresnet269d", "resnext50d_32x4d", "resnext101_32x16d", "seresnext26d_32x4d",
    "resnetv2_34d", "resnetv2_50", "wide_resnet101_2",
)  # fmt: skip


def own(spec: ResNetSpec) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor under timm's names."""
    return {key: shape for _key, key, shape in tensors_of(spec, "timm")}


def theirs(name: str) -> torch.nn.Module:
    with torch.device("meta"):
        net: torch.nn.Module = timm.create_model(name)
    return net.eval()


@pytest.mark.parametrize("name", TIMM)
def test_a_name_of_timm_s_means_timm_s_tensors(name: str) -> None:
    spec = specs_named(name)[0]
    assert own(spec) == {key: tuple(value.shape) for key, value in theirs(name).state_dict().items()}
    assert ResNetSpec.from_query(spec.to_query()) == spec


@pytest.mark.parametrize("name", ["resnet26", "resnet50d", "seresnext26d_32x4d", "resnetv2_50"])
def test_and_its_arithmetic(name: str) -> None:
    ours, other = trace_spec(specs_named(name)[0]), trace_model(theirs(name), (1, 3, 224, 224))
    assert (ours.n_macs, ours.n_params) == (other.n_macs, other.n_params)
    assert [stage.out_shape for stage in ours.stages] == [stage.out_shape for stage in other.stages]


@pytest.mark.parametrize(
    ("name", "millions"),
    # He et al. 2016, Tables 4 and 5: parameters for CIFAR; He et al. 2015, Table 6.
    [("preresnet164", 1.7), ("resnet164_v2", 1.7), ("preresnet1001", 10.2), ("resnet20", 0.27), ("resnet110", 1.7)],
)
def test_a_name_of_the_papers_has_their_parameters(name: str, millions: float) -> None:
    (spec,) = specs_named(name)
    shapes = [shape for key, _own, shape in tensors_of(spec, "torchvision") if key.endswith(("weight", "bias"))]
    assert spec.num_classes == 10
    assert sum(map(prod, shapes)) / 1e6 == pytest.approx(millions, rel=0.03)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("resnet20", "cifar20"),
        ("resnet56", "cifar56"),
        ("resnext50", "resnext50_32x4d"),
        ("resnext101", "resnext101_64x4d"),
        ("resnet26", '"block=bottleneck&layers=2,2,2,2"'),
        ("resnet200", '"block=bottleneck&layers=3,24,36,3"'),
        ("ResNet-50-D", '"net=resnet50&stem=deep&average_shortcut=1"'),
        ("resnetv1d50", '"net=resnet50&stem=deep&average_shortcut=1"'),
        ("resnet50_v1", '"net=resnet50&stride_in=1x1"'),
        ("seresnet50", '"net=resnet50&squeeze_excitation=1"'),
        ("wide_resnet50", "wide_resnet50_2"),
        ("resnet38", '"block=bottleneck&layers=3,3,3,3"'),
    ],
)
def test_the_refusal_says_what_builds_it(name: str, query: str) -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec.preset(name)
    hint = str(caught.value).partition("Did you mean ")[2].partition("?")[0]
    assert query in hint
    link = query.strip('"') if "=" in query else f"net={query}"
    assert ResNetSpec.from_query(link) in specs_named(name)


@pytest.mark.parametrize("name", ["ResNet50", "ResNet-50", "resnet_50", "RESNET 50"])
def test_a_preset_may_be_written_otherwise(name: str) -> None:
    assert ResNetSpec.preset(name) is PRESETS["resnet50"]
    assert ResNetSpec.preset("Wide ResNet-50-2") is PRESETS["wide_resnet50_2"]


def test_no_two_presets_are_written_alike() -> None:
    assert len({bare_name(name) for name in PRESETS}) == len(PRESETS)
    assert all(ResNetSpec.preset(spec.name.replace("(CIFAR)", "")).layers for spec in TORCHVISION.values())


@pytest.mark.parametrize(
    "name", ["", "resnet", "resnet0", "resnet153", "resnet50_2", "wide_resnet34", "resnext18", "vgg16"]
)
def test_a_name_without_meaning_has_no_net(name: str) -> None:
    assert specs_named(name) == ()


def test_table_1_is_torchvision_s() -> None:
    assert set(TABLE_1) == {(spec.block, spec.layers) for spec in TORCHVISION.values()}


@given(
    st.text(max_size=60)
    | st.from_regex(r"(se)?(wide_)?resne(x)?t(v2_)?[0-9]{1,4}[cd]?(_[0-9]+x[0-9]+d)?", fullmatch=True)
)
def test_whatever_is_named_is_a_net_that_its_link_restores(name: str) -> None:
    assert all(ResNetSpec.from_query(spec.to_query()) == spec for spec in specs_named(name))
    assert len([*settings_named(name)]) <= 3
