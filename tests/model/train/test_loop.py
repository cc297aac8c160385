"""Training, against a loop written out with torch alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

from resnet_viz.errors import DeviceError, SpecError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.net.devices import list_devices
from resnet_viz.model.train.loop import Training, build_start, train
from resnet_viz.training.plan import Plan, Recipe
from resnet_viz.training.run import Run, Step
from tests.training.runs import SMALL

N_STEPS, RECIPE = 12, Recipe(batch=32, lr=0.1, weight_decay=1e-3)


@pytest.fixture(scope="module")
def run() -> Run:
    return train(SMALL, steps=N_STEPS, seed=3, recipe=RECIPE)


def test_it_does_what_a_loop_of_torch_does(run: Run) -> None:
    """The order of the pictures is ours, all else is torch's."""
    digits = load_digits()
    images = torch.tensor(digits.images[:1500, None] / 16, dtype=torch.float32)
    labels = torch.tensor(digits.target[:1500])
    model = build_model(SMALL, seed=3).train()
    optimiser = torch.optim.SGD(model.parameters(), 0.1, 0.9, weight_decay=1e-3)
    order = torch.randperm(1500, generator=torch.Generator().manual_seed(3 * 1_000_003))
    for number in range(N_STEPS):
        chosen = order[number * 32 : (number + 1) * 32]
        optimiser.zero_grad()
        scores = model(images[chosen])
        loss = F.cross_entropy(scores, labels[chosen])
        loss.backward()
        own = [value.grad for name, value in model.named_parameters() if name.startswith("layer2.0.")]
        norm = torch.cat([gradient.flatten() for gradient in own if gradient is not None]).norm()
        assert run.losses[number] == pytest.approx(loss.item(), rel=1e-3)
        assert run.errors[number] == pytest.approx((scores.argmax(1) != labels[chosen]).float().mean().item(), abs=0.04)
        assert run.gradient_norms[number][run.places.index("layer2.0")] == pytest.approx(norm.item(), rel=1e-2)
        optimiser.step()
    assert run.places == ("conv1", "layer1.0", "layer2.0", "layer3.0", "fc")
    assert list(run.held_steps) == [10, 12]
    model.load_state_dict({name: torch.tensor(value) for name, value in run.moments[-1].weights.items()})
    model.eval()
    wrong = model(torch.tensor(digits.images[1500:, None] / 16, dtype=torch.float32)).argmax(1).numpy()
    assert run.held_error == pytest.approx((wrong != digits.target[1500:]).mean())


def test_equal_plans_have_equal_bits_and_other_seeds_have_not(run: Run) -> None:
    again, other = train(SMALL, steps=N_STEPS, seed=3, recipe=RECIPE), train(SMALL, steps=2, seed=4, recipe=RECIPE)
    assert np.array_equal(again.losses, run.losses)
    assert np.array_equal(again.gradient_norms, run.gradient_norms)
    last, before = again.moments[-1].weights, run.moments[-1].weights
    assert all(np.array_equal(last[name], before[name]) for name in before)
    assert other.losses[0] != run.losses[0]


def test_it_goes_on_from_a_moment_as_if_it_had_not_paused(run: Run) -> None:
    plan = Plan(SMALL, "digits", N_STEPS, 3, RECIPE)
    first = [step for step, _n in zip(Training(plan).run(), range(8), strict=False)]
    moment = first[-1].moment
    assert moment is not None
    rest = list(Training(plan, start=moment).run())
    assert [step.number for step in rest] == [8, 9, 10, 11]
    assert [step.loss for step in rest] == [float(loss) for loss in run.losses[8:]]


def test_start_and_kept_moments(run: Run) -> None:
    assert [moment.step for moment in run.moments] == [0, 1, 2, 4, 8, 10, 12]
    assert [moment.step for moment in run.moments if moment.velocity] == [12]
    start = build_model(SMALL, seed=3).state_dict()
    assert all(np.array_equal(run.moment_at(0).weights[name], value.numpy()) for name, value in start.items())
    # Of torch's own class it would be a reason for the process that serves pages to import torch.
    assert type(run.versions["torch"]) is str


def test_the_layers_own_start() -> None:
    spec = replace(SMALL, zero_init_residual=True)
    torch.manual_seed(5)
    conv = torch.nn.Conv2d(1, 4, 3, bias=False)
    conv.reset_parameters()
    found = build_start(spec, 5, "torch")
    bound = 1 / 3  # 1 / sqrt(fan in) with a = sqrt(5)
    assert float(found.get_parameter("conv1.weight").detach().abs().max()) <= bound
    assert not found.get_parameter("layer1.0.bn2.weight").any()
    assert bool((found.get_parameter("bn1.weight") == 1).all())
    assert float(build_start(spec, 5, "he").get_parameter("conv1.weight").detach().abs().max()) > bound


def test_a_run_ends_where_its_loss_is_no_number() -> None:
    run = train(SMALL, steps=N_STEPS, recipe=Recipe(lr=100, batch=32, momentum=0.99, start="torch", weight_decay=1))
    assert run.n_steps < N_STEPS
    assert run.has_diverged
    assert not np.isfinite(run.losses[-1])
    assert np.isfinite(run.losses[:-1]).all()


def test_what_on_step_raises_ends_it() -> None:
    seen: list[Step] = []

    def stop(step: Step) -> None:
        seen.append(step)
        if step.number == 1:
            raise KeyError

    with pytest.raises(KeyError):
        train(SMALL, steps=N_STEPS, on_step=stop)
    assert len(seen) == 2
    assert torch.get_num_threads() > 0


def test_what_no_run_has_is_refused() -> None:
    with pytest.raises(SpecError, match="10 classes or more"):
        train(replace(SMALL, num_classes=9))
    with pytest.raises(DeviceError, match="cpu"):
        train(SMALL, device="tpu")


def test_any_size_and_number_of_channels_is_fed() -> None:
    spec = replace(SMALL, input_size=(12, 16), in_channels=3)
    run = train(spec, steps=1, recipe=Recipe(batch=8))
    assert np.isfinite(run.losses).all()


@pytest.mark.gpu
def test_on_a_gpu_the_first_steps_are_those_of_the_cpu(run: Run) -> None:
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        there = train(SMALL, steps=3, seed=3, device=list_devices()[-1].key, recipe=RECIPE)
    np.testing.assert_allclose(there.losses, run.losses[:3], rtol=1e-2)
    assert there.device != "cpu"
    assert all(isinstance(value, np.ndarray) for value in there.moments[-1].weights.values())
