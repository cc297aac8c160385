#!/usr/bin/env bash
# Keras 3.15.1: each of the 53 convolutions of keras.applications.ResNet50 has a bias, though a batch norm follows each, which
# takes it away again. So it has 26,560 parameters more than the paper's and torchvision's ResNet-50 (25,583,592 trainable
# ones instead of 25,557,032), and its weights are 267 tensors that fit a ResNet-50 and 53 that fit nothing. A bias can be
# moved into the running mean behind it, without a change of any output.
# Most people would expect a ResNet-50 of 1,000 classes to have as many parameters in each library.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 jax==0.9.0 numpy
cd "$folder"
KERAS_BACKEND=jax venv/bin/python - <<'PY'
import keras
import numpy as np

net = keras.applications.ResNet50(weights=None)
biases = [weight for weight in net.weights if weight.path.endswith("_conv/bias")]
trainable = sum(int(np.prod(weight.shape)) for weight in net.trainable_weights)
extra = sum(int(np.prod(weight.shape)) for weight in biases)
print(f"{len(net.weights)} tensors, {len(biases)} of them biases of convolutions: {extra:,} numbers; {trainable:,} trainable")
assert (len(net.weights), len(biases), extra, trainable) == (320, 53, 26_560, 25_583_592)

generator = np.random.default_rng(0)
image = generator.random((1, 64, 64, 3), dtype=np.float32)
net = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in net.layers:
    if layer.name.endswith("_conv"):
        layer.bias.assign(generator.standard_normal(layer.bias.shape))
before = np.asarray(net(image))
for layer in net.layers:
    if layer.name.endswith("_conv"):
        norm = net.get_layer(layer.name.removesuffix("_conv") + "_bn")
        norm.moving_mean.assign(norm.moving_mean - layer.bias)
        layer.bias.assign(np.zeros(layer.bias.shape))
after = np.asarray(net(image))
away = np.abs(after - before).max() / np.abs(before).max()
print(f"with the biases moved into the running means: {away:.1e} of the largest output away")
assert away < 1e-4
PY
