"""GradientNorms on a Population: one norm per step, layer and replica, as recorded on each member alone."""

import keras
import numpy as np
import pytest

from dlkeras.callbacks import GradientNorms, recording
from dlkeras.population import Population

X = np.random.default_rng(0).normal(size=(22, 6)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, size=22)
SEEDS = (3, 5, 8)
FLOAT32 = {"rtol": 1e-4, "atol": 1e-6}  # three epochs in which rounding of 1e-7 grows


class Scale(keras.layers.Layer):
    """A single number times the input."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


def build(seed):
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(5, "tanh", name="hidden")
    logits = keras.layers.Dense(3, name="logits")
    return keras.Sequential([keras.Input((6,)), hidden, Scale(name="scale"), logits])


def recorded(model, optimizer, norms, fits=1, jit_compile="auto"):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, jit_compile=jit_compile)
    for _ in range(fits):
        model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, callbacks=[norms])
    return norms


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("options", [{}, {"every": 4}, {"updates": True}, {"when": "before"}], ids=str)
def test_norms_are_those_of_the_members(options, jit_compile):
    def optimizer():
        return keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=0.2)

    together = recorded(Population(build, SEEDS), optimizer(), GradientNorms(**options), 2, jit_compile)
    alone = [recorded(build(seed), optimizer(), GradientNorms(**options), fits=2) for seed in SEEDS]
    assert together.layer_names == ["hidden", "scale", "logits"]
    np.testing.assert_array_equal(together.steps, alone[0].steps)
    assert together.norms.shape == (len(together.steps), 3, 3)
    names = ["norms", "variable_norms", *(["weight_norms", "update_ratios"] if together.updates else [])]
    for name in names:
        expected = np.stack([getattr(norms, name) for norms in alone], axis=-1)
        np.testing.assert_allclose(getattr(together, name), expected, **FLOAT32, err_msg=name)


def test_recording_leaves_the_weights_as_they_are():
    plain, watched = Population(build, SEEDS), Population(build, SEEDS)
    recorded(watched, "adam", GradientNorms())
    recorded(plain, "adam", keras.callbacks.Callback())
    for ours, theirs in zip(watched.weights, plain.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_the_table_has_a_row_for_each_replica(tmp_path):
    norms = recorded(Population(build, SEEDS), "sgd", GradientNorms())
    norms.to_csv(tmp_path / "norms.csv")
    head, first, second = (tmp_path / "norms.csv").read_text().splitlines()[:3]
    assert head == "step,layer,replica,gradient_norm,total_norm"
    assert first.startswith("0,hidden,0,")
    assert second.startswith("0,hidden,1,")


def test_a_nan_shows_in_its_replica_alone():
    population = Population(build, SEEDS)
    kernel = population.stacked_layers[2].stacked[0]
    kernel.assign(kernel.value * np.array([1, 1, np.nan])[:, None, None])
    norms = recorded(population, "sgd", GradientNorms())
    assert norms.first_nonfinite[:2] == (0, "logits")
    assert np.isnan(norms.norms[:, :, 2]).all()
    assert np.isfinite(norms.norms[:, :, :2]).all()


def test_a_population_that_is_compiled_again_is_recorded_beyond_the_room_on_the_device(monkeypatch):
    monkeypatch.setattr(recording, "CAPACITY", 8)  # rows; an epoch has six steps
    population = Population(build, SEEDS)
    first, second = (recorded(population, keras.optimizers.SGD(rate), GradientNorms()) for rate in (0.1, 0.2))
    assert first.norms.shape == second.norms.shape == (18, 3, 3)
    np.testing.assert_array_equal(second.steps, range(18))
