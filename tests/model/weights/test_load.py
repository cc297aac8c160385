"""Weights: what is good is loaded to the bit, what is not leaves the net as it was and is told in a sentence."""

import io
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.models import resnet18

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.weights.checkpoints import MAX_BYTES, shown_name
from resnet_viz.model.weights.load import load_weights
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.weights.bad_weights import SWELLING, Odd, Touch, bad_files, evil_beside, evil_files, pth
from tests.nets import THIN

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")

SPEC = ResNetSpec("basic", (1, 1, 1, 1), num_classes=10, widths=THIN)


class Small(nn.Module):
    """Keys as a ResNet has them, in files small enough that a damaged byte often falls into their structure."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.conv1 = nn.Conv2d(3, 64, 7, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.layer1 = nn.Sequential(nn.ModuleDict({"conv1": nn.Conv2d(64, 4, 1), "bn1": nn.BatchNorm2d(4)}))
            self.fc = nn.Linear(512, 10)
        self.eval()


MODEL = Small(seed=0)
OTHER = Small(seed=1)
for buffer_name, buffer in OTHER.named_buffers():
    buffer.copy_(torch.full_like(buffer, 7) if "num" in buffer_name else torch.rand_like(buffer))
STATE: dict[str, Tensor] = {key: value.clone() for key, value in OTHER.state_dict().items()}
BEFORE = {key: value.clone() for key, value in MODEL.state_dict().items()}
COUNTERS = tuple(key for key in STATE if key.endswith("num_batches_tracked"))
FORMS: dict[str, Callable[[Any], bytes]] = {
    "pth": pth,
    "legacy pth": lambda content: pth(content, is_legacy=True),
    "safetensors": lambda content: safetensors.torch.save({key: value.contiguous() for key, value in content.items()}),
}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """To the bit, NaN included."""
    return one.keys() == other.keys() and all(
        one[key].dtype == other[key].dtype
        and one[key].shape == other[key].shape
        and one[key].numpy().tobytes() == other[key].numpy().tobytes()
        for key in one
    )


@pytest.fixture
def model() -> nn.Module:
    """Another net of the same kind, free to be written to."""
    return Small(seed=0)


def refused(source: Any, model: nn.Module = MODEL) -> WeightsError:
    """The error for a source; and the net is the same after as before."""
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with pytest.raises(WeightsError) as caught:
        load_weights(model, source)
    assert same(before, dict(model.state_dict()))
    text = str(caught.value)
    assert text.endswith(".")
    assert len(text) < 2_000
    text.encode()
    return caught.value


# What is good


@pytest.mark.parametrize("form", FORMS)
def test_every_format_is_loaded_to_the_bit(form: str, model: nn.Module) -> None:
    report = load_weights(model, FORMS[form](STATE))
    assert same(dict(model.state_dict()), STATE)
    assert (report.format, report.title, report.nest, report.prefix) == (form, form, "", "")
    assert report.n_tensors == len(STATE)
    assert report.n_values == sum(value.numel() for value in STATE.values())
    assert (report.converted, report.filled, report.ignored) == (None, (), ())


@pytest.mark.parametrize("form", FORMS)
def test_the_content_tells_the_format_and_the_name_does_not(form: str, model: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / ("weights.pth" if form == "safetensors" else "weights.safetensors")
    path.write_bytes(FORMS[form](STATE))
    report = load_weights(model, path)
    assert same(dict(model.state_dict()), STATE)
    assert (report.format, report.title) == (form, path.name)


def test_the_net_is_changed_in_place_and_keeps_its_mode(model: nn.Module) -> None:
    places = [tensor.data_ptr() for tensor in model.state_dict().values()]
    load_weights(model, pth(STATE))
    assert [tensor.data_ptr() for tensor in model.state_dict().values()] == places
    assert not any(module.training for module in model.modules())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("norm", ["batch", "group", "frozen", "none"])
def test_a_net_of_ours_goes_through_a_file(form: str, norm: str) -> None:
    saved, net = (build_model(replace(SPEC, norm=norm), seed=seed) for seed in (1, 0))
    load_weights(net, FORMS[form](saved.state_dict()))
    assert same(dict(net.state_dict()), dict(saved.state_dict()))


def test_torchvisions_own_net_gives_the_same_output() -> None:
    torch.manual_seed(5)
    theirs = resnet18().eval()
    ours = build_model(PRESETS["resnet18"], seed=1)
    load_weights(ours, pth(theirs.state_dict()))
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(ours(picture), theirs(picture))


@pytest.mark.parametrize(
    ("wrap", "prefix"),
    [
        (nn.DataParallel, "module."),
        (lambda net: nn.ModuleDict({"backbone": net}), "backbone."),
        (lambda net: nn.DataParallel(nn.ModuleDict({"model": net})), "module.model."),
        (lambda net: nn.ModuleDict({"encoder": net}), "encoder."),
        (lambda net: torch.compile(net), "_orig_mod."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("form", FORMS)
def test_a_common_prefix_is_taken_off(wrap: Any, prefix: str, form: str, model: nn.Module) -> None:
    report = load_weights(model, FORMS[form](wrap(OTHER).state_dict()))
    assert same(dict(model.state_dict()), STATE)
    assert report.prefix == prefix


@pytest.mark.parametrize(
    ("content", "nest"),
    [
        ({"state_dict": STATE, "epoch": 3, "loss": torch.tensor(0.5)}, "state_dict"),
        ({"model": STATE, "optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}}, "lr": [0.1]}, "model"),
        ({"model_state_dict": OrderedDict(STATE)}, "model_state_dict"),
        ({"net": STATE, "acc": 91.2, "epoch": 7}, "net"),
        ({"ema": STATE}, "ema"),
        ({"ema": BEFORE, "model": STATE}, "model"),
        ({"state_dict": {}, "model": STATE}, "model"),
        ({"model": {"state_dict": STATE}}, "model.state_dict"),
    ],
)
@pytest.mark.parametrize("form", ["pth", "legacy pth"])
def test_a_nest_is_found(content: Any, nest: str, form: str, model: nn.Module) -> None:
    report = load_weights(model, FORMS[form](content))
    assert same(dict(model.state_dict()), STATE)
    assert report.nest == nest


def test_nest_and_prefix_together(model: nn.Module) -> None:
    report = load_weights(model, pth({"state_dict": {f"module.{key}": value for key, value in STATE.items()}}))
    assert same(dict(model.state_dict()), STATE)
    assert (report.nest, report.prefix) == ("state_dict", "module.")


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2]
)
@pytest.mark.parametrize("form", FORMS)
def test_other_floats_become_the_nets(dtype: torch.dtype, form: str, model: nn.Module) -> None:
    halves = {key: value.to(dtype) if value.is_floating_point() else value for key, value in STATE.items()}
    report = load_weights(model, FORMS[form](halves))
    expected = {key: value.float() if value.is_floating_point() else value for key, value in halves.items()}
    assert same(dict(model.state_dict()), expected)
    assert report.converted == str(dtype).removeprefix("torch.")


def test_a_net_of_halves_is_filled_with_halves(model: nn.Module) -> None:
    report = load_weights(model.bfloat16(), pth(STATE))
    assert all(torch.equal(value, STATE[key].to(value.dtype)) for key, value in model.state_dict().items())
    assert model.state_dict()["fc.weight"].dtype == torch.bfloat16
    assert report.converted == "float32"


@pytest.mark.parametrize("lacking", [COUNTERS, COUNTERS[:1]])
def test_only_batch_counters_may_be_missing(lacking: tuple[str, ...], model: nn.Module) -> None:
    model.load_state_dict(STATE)
    old = {key: value for key, value in STATE.items() if key not in lacking}
    report = load_weights(model, pth(old, is_legacy=True))
    expected = STATE | {key: torch.tensor(0) for key in lacking}
    assert same(dict(model.state_dict()), expected)
    assert report.filled == lacking
    assert report.n_tensors == len(STATE) - len(lacking)


def test_a_frozen_net_takes_a_file_with_batch_counters() -> None:
    saved = build_model(SPEC, seed=1).state_dict()
    frozen = build_model(replace(SPEC, norm="frozen"))
    report = load_weights(frozen, pth(saved))
    counters = tuple(key for key in saved if key.endswith("num_batches_tracked"))
    assert same(dict(frozen.state_dict()), {key: value for key, value in saved.items() if key not in counters})
    assert report.ignored == counters
    assert counters


def test_parameters_with_gradients_and_views_are_plain_tensors_here(model: nn.Module) -> None:
    content: dict[str, Any] = {key: nn.Parameter(value, value.is_floating_point()) for key, value in STATE.items()}
    content["fc.weight"] = STATE["fc.weight"].t().contiguous().t()
    content["bn1.weight"] = torch.tensor(2.0).expand(64)
    load_weights(model, pth(content))
    assert same(dict(model.state_dict()), STATE | {"bn1.weight": torch.full((64,), 2.0)})


def test_attributes_from_a_pickle_stand_before_no_method(model: nn.Module) -> None:
    weight = STATE["bn1.weight"].clone()
    weight.to = weight.detach = 3  # type: ignore[assignment, method-assign]
    load_weights(model, pth(Odd({"state_dict": Odd(STATE | {"bn1.weight": weight})})))  # type: ignore[dict-item]
    assert same(dict(model.state_dict()), STATE)


# What is not


def test_every_misfit_is_listed() -> None:
    state = dict(STATE)
    del state["bn1.weight"], state["layer1.0.conv1.weight"]
    state |= {"head.weight": torch.zeros(3), "bn1.bias": torch.zeros(65), "conv1.weight": torch.zeros(64, 1, 7, 7)}
    state["bn1.running_mean"] = torch.full((64,), float("nan"))
    error = refused(pth(state))
    assert error.missing == ("bn1.weight", "layer1.0.conv1.weight")
    assert error.unexpected == ("head.weight",)
    assert error.misshapen == ("conv1.weight", "bn1.bias")
    assert error.invalid == ("bn1.running_mean",)
    for word in ("bn1.weight", "head.weight", "(64, 1, 7, 7)", "(64, 3, 7, 7)", "bn1.running_mean", "NaN"):
        assert word in str(error)


FAMILIES = {"conv", "bn", "layer", "fc"}


@given(st.data())
@settings(max_examples=50)
def test_any_change_of_keys_and_shapes_is_told_exactly(data: st.DataObject) -> None:
    keys = sorted(set(STATE) - set(COUNTERS))
    missing = data.draw(st.sets(st.sampled_from(keys), max_size=4))
    misshapen = data.draw(st.sets(st.sampled_from(keys), max_size=4)) - missing
    names = st.text(min_size=1, max_size=300) | st.from_regex(
        r"(layer|fc|bn|head)[0-9]{0,2}\.[a-z]{1,9}", fullmatch=True
    )
    unexpected = data.draw(st.sets(names, max_size=8)) - set(STATE)
    state = {key: torch.zeros(3, 3, 3) if key in misshapen else value for key, value in STATE.items()}
    state = {key: value for key, value in state.items() if key not in missing}
    state |= {key: torch.zeros(1) for key in sorted(unexpected)}
    if not missing | misshapen | unexpected:
        return
    # Where the net is there as a whole, only what could be a part of it is unexpected.
    foreign = {key for key in unexpected if missing or key.partition(".")[0].rstrip("0123456789") in FAMILIES}
    if not missing | misshapen | foreign:
        assert set(load_weights(Small(seed=0), pth(state)).left_out) == unexpected
        return
    error = refused(pth(state))
    assert (set(error.missing), set(error.misshapen), set(error.unexpected)) == (missing, misshapen, foreign)


def test_a_long_list_is_cut_in_the_sentence_and_whole_on_the_error() -> None:
    error = refused(pth(STATE | {f"layer9.{n}.weight": torch.zeros(1) for n in range(1_000)}))
    assert len(error.unexpected) == 1_000
    assert "1000 keys are unexpected: layer9.0.weight" in str(error)
    assert "and 995 more" in str(error)


def test_only_the_classes_differ() -> None:
    saved = build_model(replace(SPEC, num_classes=37)).state_dict()
    error = refused(pth({f"module.{key}": value for key, value in saved.items()}), build_model(SPEC))
    assert error.misshapen == ("fc.weight", "fc.bias")
    assert "for 37 classes and this net has 10: set the number of classes to 37" in str(error)


def test_another_width_before_the_classes_is_no_question_of_classes() -> None:
    error = refused(pth(STATE | {"fc.weight": torch.zeros(37, 2048), "fc.bias": torch.zeros(37)}))
    assert "set the number of classes" not in str(error)


WEIGHT = STATE["bn1.weight"]


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("bn1.weight", "text", "str"),
        ("bn1.weight", None, "NoneType"),
        ("bn1.weight", [1.0] * 64, "list"),
        ("bn1.weight", WEIGHT.to(torch.complex64), "complex64"),
        ("bn1.weight", WEIGHT.to(torch.int32), "int32"),
        ("bn1.weight", WEIGHT > 0, "bool"),
        ("bn1.weight", WEIGHT.to_sparse(), "sparse"),
        ("bn1.weight", WEIGHT.to("meta"), "without values"),
        ("bn1.weight", torch.where(torch.arange(64) == 63, torch.nan, WEIGHT), "NaN"),
        ("bn1.weight", torch.where(torch.arange(64) == 0, -torch.inf, WEIGHT), "infinite"),
        ("bn1.weight", WEIGHT.double() * 1e300, "infinite"),
        ("bn1.running_var", torch.where(torch.arange(64) == 5, -1.0, STATE["bn1.running_var"]), "below zero"),
        ("bn1.num_batches_tracked", torch.tensor(1.5), "float32"),
        ("bn1.num_batches_tracked", torch.tensor(True), "bool"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("form", ["pth", "legacy pth"])
def test_a_wrong_kind_or_value_is_refused(key: str, value: Any, word: str, form: str) -> None:
    try:
        data = FORMS[form]({**STATE, key: value})
    except (NotImplementedError, RuntimeError):  # torch itself does not write some kinds in the old form
        assert form == "legacy pth"
        return
    error = refused(data)
    if error.invalid:
        assert error.invalid == (key,)
        assert (error.missing, error.unexpected, error.misshapen) == ((), (), ())
        assert word in str(error)
    else:  # torch reads no such kind from this form at all
        assert word in ("sparse", "without values")


def test_a_plan_has_no_place_for_weights() -> None:
    with pytest.raises(WeightsError, match="plan without memory"):
        load_weights(build_plan(SPEC), pth(STATE))


@pytest.mark.parametrize("is_legacy", [False, True])
@pytest.mark.parametrize("wrap", [lambda net: net, lambda net: {"epoch": 3, "model": net}], ids=["alone", "in a dict"])
def test_a_whole_net_is_told_as_one_by_its_class(wrap: Any, is_legacy: bool) -> None:
    told = str(refused(pth(wrap(Small(0)), is_legacy)))
    assert f"a whole net ({__name__}.Small), saved with its code" in told
    assert "state_dict()" in told


BAD = bad_files(STATE)


@pytest.mark.parametrize("name", [*BAD, *SWELLING])
def test_a_bad_file_is_refused(name: str) -> None:
    refused(SWELLING[name](STATE) if name in SWELLING else BAD[name])


@pytest.mark.parametrize("name", [name for name in BAD if "TorchScript" in name])
def test_a_program_is_told_and_never_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.load hands to torch.jit.load what its own reader takes for a program."""
    monkeypatch.setattr(torch.jit, "load", pytest.fail)
    assert "TorchScript program" in str(refused(BAD[name]))


def test_a_real_program_is_told() -> None:
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(nn.Conv2d(3, 4, 1), torch.zeros(1, 3, 2, 2)), file)
    assert "TorchScript program" in str(refused(file.getvalue()))


@pytest.mark.parametrize("name", evil_files(STATE, Path("x")))
def test_a_pickle_never_runs(name: str, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    data = evil_files(STATE, touched)[name]
    refused(data)
    file = tmp_path / "evil.safetensors"
    file.write_bytes(data)
    refused(file)
    assert not touched.exists()


@pytest.mark.parametrize("form", ["pth", "legacy pth"])
def test_a_pickle_beside_the_weights_never_runs(form: str, tmp_path: Path, model: nn.Module) -> None:
    touched = tmp_path / "touched"
    report = load_weights(model, evil_beside(STATE, touched)[form])
    assert same(dict(model.state_dict()), STATE)
    assert any("Path" in name for name in report.set_aside)
    assert not touched.exists()


def test_the_evil_pickle_is_evil(tmp_path: Path) -> None:
    """Else the test before would prove nothing."""
    touched = tmp_path / "touched"
    pickle.loads(pickle.dumps(Touch(touched), protocol=2))
    assert touched.exists()
    touched.unlink()
    torch.load(io.BytesIO(evil_files(STATE, touched)["evil zip"]), weights_only=False)
    assert touched.exists()


SMALL = {form: write(STATE) for form, write in FORMS.items()}


@pytest.mark.parametrize("form", FORMS)
@given(st.data())
@settings(max_examples=100)
@example(None)
def test_damaged_bytes_end_in_a_full_load_or_in_an_error(form: str, data: st.DataObject | None) -> None:
    """Most flips fall into the first and last bytes, where the structure is."""
    good = SMALL[form]
    if data is None:
        flips = [(len(good) - 1, 255)]
    else:
        near = st.integers(0, 2_000) | st.integers(len(good) - 2_000, len(good) - 1) | st.integers(0, len(good) - 1)
        flips = data.draw(st.lists(st.tuples(near, st.integers(1, 255)), min_size=1, max_size=4))
    damaged = bytearray(good)
    for place, bits in flips:
        damaged[place] ^= bits
    net = Small(seed=0)
    try:
        report = load_weights(net, bytes(damaged))
    except WeightsError:
        assert same(dict(net.state_dict()), BEFORE)
    else:
        assert report.n_tensors + len(report.filled) == len(STATE)
        assert all(bool(torch.isfinite(value).all()) for value in net.state_dict().values())
        assert not same(dict(net.state_dict()), BEFORE)


@given(
    st.binary(max_size=400)
    | st.binary(max_size=400).map(lambda tail: b"PK\x03\x04" + tail)
    | st.binary(max_size=400).map(lambda tail: b"\x80\x02" + tail)
)
@settings(max_examples=100)
def test_any_bytes_end_in_an_error(data: bytes) -> None:
    with pytest.raises(WeightsError):
        load_weights(MODEL, data)


# What is no file


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pth"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "absent.pth", pipe, Path("a\0b"), Path("x" * 5_000)):
        refused(path)
    assert str(tmp_path) not in str(refused(tmp_path / "absent.pth"))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.pth"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "at most 1.00 GiB" in str(refused(path))


@pytest.mark.parametrize("source", [None, 3, {"conv1.weight": torch.zeros(1)}, [3]])
def test_another_kind_of_source(source: Any) -> None:
    assert "Pass the bytes of a file" in str(refused(source))


def test_names_are_shown_short_and_on_one_line() -> None:
    assert shown_name("a\nb\tc") == "a b c"
    assert len(shown_name("x" * 10_000)) == 81
    assert shown_name("\ud800") == "?"
    assert shown_name((1, 2)) == "tuple"
