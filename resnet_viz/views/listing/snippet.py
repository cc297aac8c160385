"""Python code that builds a network, using only torchvision if it has the network."""

from __future__ import annotations

from dataclasses import fields

from resnet_viz.spec.checks import NORM_GROUPS
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

_WIDTH = 88
_NORM_LAYERS = {"group": "norm_layer", "frozen": "FrozenBatchNorm2d", "none": "torch.nn.Identity"}
_BLOCKS = {"basic": "BasicBlock", "bottleneck": "Bottleneck"}


def write_snippet(spec: ResNetSpec, weights: str = "") -> str:
    """Returns runnable code that builds the network as `model`, in eval mode, and runs it.

    weights: of a net that comes trained, the name of its weights, which are then loaded.
    """
    shape = ", ".join(map(str, spec.input_shape))
    run = f"scores = model(torch.randn({shape}))  # (1, {spec.num_classes})"
    return "\n".join([write_building(spec, weights), run])


def write_building(spec: ResNetSpec, weights: str = "") -> str:
    """Returns the same code without the run; its imports, torch among them, end with the first empty line."""
    if not spec.is_torchvision:
        return _variant_building(spec, weights)
    function = spec.preset_name
    arguments = _arguments(spec, is_preset=function is not None)
    imports = ["import torch"]
    if function:
        imports.append(f"from torchvision.models import {function}")
        call = f"{function}({', '.join(arguments)})"
    else:
        block = _BLOCKS[spec.block]
        imports.append(f"from torchvision.models.resnet import {block}, ResNet")
        call = f"ResNet({', '.join([block, str(list(spec.layers)), *arguments])})"
    return "\n".join([*imports, *_norm_imports(spec), "", f"model = {call}", *_first_layer(spec), "model.eval()"])


def write_named_snippet(net: NamedNet) -> str:
    """Returns runnable code that builds a net of a library with random weights, in eval mode."""
    if net.library == "timm":
        return f'import timm\n\nmodel = timm.create_model("{net.name}", pretrained=False).eval()'
    imports = "from resnet_viz import NamedNet, build_named_model"
    return f'{imports}\n\nmodel = build_named_model(NamedNet.parse("{net.word}"))  # in eval mode'


def _variant_building(spec: ResNetSpec, weights: str) -> str:
    """Code that uses resnet_viz, since torchvision lacks such blocks."""
    names = ["ResNetSpec", "build_model", *(["load_weights"] if weights else [])]
    lines = ["import torch", f"from resnet_viz import {', '.join(names)}", "", f"spec = {_spec_call(spec)}"]
    lines.append("model = build_model(spec)  # in eval mode")
    if weights:
        lines.append(f'load_weights(model, "{weights}")')
    return "\n".join(lines)


def _spec_call(spec: ResNetSpec) -> str:
    """The preset, or else a call with the arguments that differ from the defaults, wrapped at 88 characters."""
    name = spec.preset_name
    if name and PRESETS[name] == spec:
        return f'ResNetSpec.preset("{name}")'
    usual = ResNetSpec(spec.block, spec.layers)
    named = (field.name for field in fields(spec) if getattr(spec, field.name) != getattr(usual, field.name))
    settings = [f"{name}={getattr(spec, name)!r}".replace("'", '"') for name in named]
    arguments = [f'"{spec.block}"', repr(spec.layers), *settings]
    line = f"ResNetSpec({', '.join(arguments)})"
    return (
        line
        if len(line) <= _WIDTH
        else "\n".join(["ResNetSpec(", *(f"    {argument}," for argument in arguments), ")"])
    )


def _arguments(spec: ResNetSpec, is_preset: bool) -> list[str]:
    """Keyword arguments that differ from the call's defaults."""
    arguments = []
    if spec.num_classes != 1000:
        arguments.append(f"num_classes={spec.num_classes}")
    if not is_preset and spec.groups != 1:
        arguments.append(f"groups={spec.groups}")
    if not is_preset and spec.width_per_group != 64:
        arguments.append(f"width_per_group={spec.width_per_group}")
    if spec.zero_init_residual:
        arguments.append("zero_init_residual=True")
    if spec.replace_stride_with_dilation:
        arguments.append(f"replace_stride_with_dilation={list(spec.replace_stride_with_dilation)}")
    if spec.norm != "batch":
        arguments.append(f"norm_layer={_NORM_LAYERS[spec.norm]}")
    return arguments


def _norm_imports(spec: ResNetSpec) -> list[str]:
    if spec.norm == "frozen":
        return ["from torchvision.ops.misc import FrozenBatchNorm2d"]
    if spec.norm == "group":
        return [
            "",
            "",
            "def norm_layer(channels):",
            f"    return torch.nn.GroupNorm({NORM_GROUPS}, channels)",
            "",
        ]
    return []


def _first_layer(spec: ResNetSpec) -> list[str]:
    if spec.in_channels == 3:
        return []
    return [
        f"model.conv1 = torch.nn.Conv2d({spec.in_channels}, 64, kernel_size=7, stride=2, padding=3, bias=False)",
        'torch.nn.init.kaiming_normal_(model.conv1.weight, mode="fan_out", nonlinearity="relu")',
    ]
