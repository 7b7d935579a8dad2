"""GradientNorms against the tape, in every mode of training: compilation, data, clipping, precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import (
    BFLOAT16,
    FLOAT16,
    FLOAT64,
    STEPS,
    X,
    Y,
    assert_recorded,
    batches,
    compiled,
    dense_net,
    fit,
    owners_of,
    replay,
)

from dlkeras.callbacks import GradientNorms, recording

MODES = {
    "graph": {},
    "auto": {"jit_compile": "auto"},
    "xla": {"jit_compile": True},
    "eager": {"run_eagerly": True},
    "graph, 4 steps": {"steps_per_execution": 4},
    "graph, more than an epoch": {"steps_per_execution": 99},
    "xla, 4 steps": {"jit_compile": True, "steps_per_execution": 4},
    "xla, more than an epoch": {"jit_compile": True, "steps_per_execution": 99},
    "eager, 4 steps": {"run_eagerly": True, "steps_per_execution": 4},
}


def check(make_optimizer, mode, net=dense_net, tolerance=None, epochs=2, **arguments):
    options = {"jit_compile": False} | MODES[mode]
    norms = GradientNorms(**arguments)
    model = fit(compiled(net(), make_optimizer(), **options), norms, epochs=epochs)
    expected = replay(compiled(net(), make_optimizer()), batches(epochs=epochs), norms.when)
    assert_recorded(
        norms, model, expected, owners_of(model), **({"tolerance": tolerance} if tolerance else {})
    )
    return norms, expected


@pytest.mark.parametrize("mode", MODES)
def test_all_ways_to_compile(mode):
    norms, _ = check(lambda: keras.optimizers.Adam(0.01), mode, updates=True)
    assert norms.norms.shape == (2 * STEPS, 2)


@pytest.mark.parametrize(
    ("mode", "when"), [("graph", "before"), ("graph", "after"), ("xla", "after"), ("eager", "before")]
)
@pytest.mark.parametrize("clip", [{"clipnorm": 0.2}, {"global_clipnorm": 0.3}, {"clipvalue": 0.05}], ids=str)
def test_clipping(clip, mode, when):
    norms, _ = check(lambda: keras.optimizers.SGD(0.1, **clip), mode, epochs=1, when=when)
    other = replay(compiled(dense_net(), keras.optimizers.SGD(0.1, **clip)), batches())
    assert np.allclose(norms.variable_norms, other.gradients, rtol=1e-3) == (when == "after")


@pytest.mark.parametrize(
    ("mode", "when"), [("graph", "before"), ("xla", "after"), ("eager", "after"), ("graph, 4 steps", "after")]
)
def test_gradient_accumulation(mode, when):
    def optimizer():
        return keras.optimizers.SGD(0.1, gradient_accumulation_steps=5, clipnorm=0.1)

    norms, _ = check(optimizer, mode, when=when, updates=True)
    np.testing.assert_array_equal(norms.steps, [4, 9])


@pytest.mark.parametrize("eager", [False, True])
def test_a_fit_that_starts_in_mid_accumulation(eager):
    def optimizer():
        return keras.optimizers.SGD(0.1, gradient_accumulation_steps=4)

    norms, model = GradientNorms(), compiled(dense_net(), optimizer(), run_eagerly=eager)
    fit(model, norms)
    np.testing.assert_array_equal(norms.steps, [3])  # batches 0 to 5
    fit(model, norms)
    np.testing.assert_array_equal(norms.steps, [1, 5])  # 7 and 11 from the start
    expected = replay(compiled(dense_net(), optimizer()), batches(epochs=2))
    np.testing.assert_allclose(norms.variable_norms, expected.gradients[1:], rtol=3e-5)


@pytest.mark.parametrize(
    ("every", "mode"), [(2, "graph"), (3, "graph"), (99, "graph"), (3, "eager"), (3, "xla, 4 steps")]
)
@pytest.mark.parametrize("capacity", [2, 1024])
def test_every(every, mode, capacity, monkeypatch):
    monkeypatch.setattr(recording, "CAPACITY", capacity)
    norms = GradientNorms(every=every, updates=True)
    fit(compiled(dense_net(), **{"jit_compile": False} | MODES[mode]), norms, epochs=2)
    expected = replay(compiled(dense_net()), batches(epochs=2))
    np.testing.assert_array_equal(norms.steps, expected.steps[::every])
    np.testing.assert_allclose(norms.variable_norms, expected.gradients[::every], rtol=3e-5)
    np.testing.assert_allclose(norms.weight_norms**2, squares(expected.weights[::every]), rtol=3e-5)


def squares(values):
    return np.stack([(values[:, :2] ** 2).sum(1), (values[:, 2:] ** 2).sum(1)], axis=1)


@pytest.mark.parametrize("mode", ["graph", "graph, 4 steps", "xla, more than an epoch"])
def test_more_steps_than_rows_on_the_device(mode, monkeypatch):
    monkeypatch.setattr(recording, "CAPACITY", 5)
    norms, _ = check(lambda: None, mode, epochs=3, updates=True)
    assert len(norms.steps) == 3 * STEPS


@pytest.mark.parametrize("overwrite", [None, 3])
def test_moving_average_of_the_weights(overwrite):
    def optimizer():
        return keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=overwrite)

    check(optimizer, "graph", updates=True)


@pytest.mark.parametrize("mode", ["graph", "xla", "eager"])
def test_mixed_float16_with_skipped_steps(mode):
    def optimizer():
        return keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.1, clipnorm=0.2), initial_scale=2.0**20
        )

    def net():
        return dense_net(dtype="mixed_float16")

    norms, expected = check(optimizer, mode, net, FLOAT16)
    assert 0 < len(norms.steps) < 2 * STEPS
    assert expected.steps[0] > 0
    assert norms.first_nonfinite is None


def test_mixed_float16_whose_first_epoch_is_skipped():
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**40)
    norms = GradientNorms(log_dir=None)
    fit(compiled(dense_net(dtype="mixed_float16"), optimizer, run_eagerly=True), norms)
    assert norms.norms.shape == (0, 2)
    assert norms.first_nonfinite is None


@pytest.mark.parametrize(
    ("dtype", "tolerance", "mode"),
    [
        ("mixed_bfloat16", BFLOAT16, "graph"),
        ("mixed_bfloat16", BFLOAT16, "xla"),
        ("float64", FLOAT64, "graph"),
        ("float64", FLOAT64, "xla"),
        ("float16", FLOAT16, "graph"),
    ],
)
def test_other_types(dtype, tolerance, mode):
    check(lambda: None, mode, lambda: dense_net(dtype=dtype), tolerance, updates=dtype == "float64")


def test_a_fixed_loss_scale():
    check(lambda: keras.optimizers.SGD(0.1, loss_scale_factor=64.0), "graph")


@pytest.mark.parametrize("decay", [0.01, None])
def test_weight_decay_regularizers_and_constraints(decay):
    def net():
        model = dense_net()
        model.layers[0].kernel_regularizer = keras.regularizers.L2(0.1)
        model.layers[1].kernel.constraint = keras.constraints.MaxNorm(0.5)
        return model

    check(lambda: keras.optimizers.Adam(0.01, weight_decay=decay), "graph", net, updates=True)


@pytest.mark.parametrize("kind", ["class_weight", "sample_weight"])
def test_weighted_samples(kind):
    by_class = np.array([1.0, 3.0, 0.5], np.float32)
    norms, model = GradientNorms(), compiled(dense_net())
    value = dict(enumerate(by_class.tolist())) if kind == "class_weight" else by_class[Y]
    fit(model, norms, **{kind: value})
    expected = replay(compiled(dense_net()), batches(X, Y, by_class[Y]))
    assert_recorded(norms, model, expected, owners_of(model))


@pytest.mark.parametrize("steps_per_execution", [1, 4])
def test_tf_data(steps_per_execution):
    norms = GradientNorms()
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    model = compiled(dense_net(), steps_per_execution=steps_per_execution)
    fit(model, norms, x=data, epochs=2)
    expected = replay(compiled(dense_net()), batches(epochs=2))
    assert_recorded(norms, model, expected, owners_of(model))


def test_two_recorders_at_once():
    def optimizer():
        return keras.optimizers.SGD(0.1, clipnorm=0.2)

    before, after = GradientNorms(every=2, when="before"), GradientNorms(updates=True)
    model = compiled(dense_net(), optimizer())
    fit(model, before)
    fit(model, before, after)
    raw, cut = (replay(compiled(dense_net(), optimizer()), batches(epochs=2), w) for w in ("before", "after"))
    np.testing.assert_allclose(before.variable_norms, raw.gradients[STEPS::2], rtol=3e-5)
    np.testing.assert_allclose(after.variable_norms, cut.gradients[STEPS:], rtol=3e-5)


def test_the_check_rejects_a_recorder_that_looks_before_clipping(monkeypatch):
    init = GradientNorms.__init__
    monkeypatch.setattr(
        GradientNorms, "__init__", lambda self: (init(self), setattr(self, "when", "before"))[0]
    )
    norms, model = GradientNorms(), compiled(dense_net(), keras.optimizers.SGD(0.1, clipnorm=0.2))
    fit(model, norms)
    expected = replay(compiled(dense_net(), keras.optimizers.SGD(0.1, clipnorm=0.2)), batches())
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_recorded(norms, model, expected, owners_of(model))


def test_the_check_rejects_the_gradient_of_another_step():
    norms, model = GradientNorms(), compiled(dense_net())
    fit(model, norms)
    expected = replay(compiled(dense_net()), batches())
    late = expected._replace(gradients=np.roll(expected.gradients, 1, axis=0))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_recorded(norms, model, late, owners_of(model))
