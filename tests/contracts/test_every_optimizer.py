"""What every optimizer must do, in every form; it finds minima, too."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from optimizer_distances import make_gradients, run
from optimizer_table import OPTIMIZERS

from dlkeras import schedules
from dlkeras.callbacks import GradientNorms
from dlkeras.optimizers import Adam, RMSprop

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(44, 6)).astype("float32"), RNG.integers(0, 3, 44)

# Rounding of a few steps; Keras' own Adam is 1e-5 of a step off, since it rounds 1 - 0.999ᵗ.
FLOAT32 = {"rtol": 2e-5, "atol": 2e-6}
# Another order of sums in the forward pass, made larger by roots of gradients near zero.
ACROSS_COMPILERS = {"rtol": 1e-3, "atol": 1e-4}
EXACT = {"rtol": 1e-9, "atol": 1e-12}  # float64: rounding of some hundred steps
# One rounding a step, at most half a unit in the last place of weights near 1: 2⁻¹¹ and 2⁻⁹ are half units.
HALVES = {"float16": 2.0**-11, "bfloat16": 2.0**-9}

BASE = {
    "weight_decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.2},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "use_ema": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 4},
    "loss_scale_factor": {"loss_scale_factor": 64.0},
    "gradient_accumulation_steps": {"gradient_accumulation_steps": 3},
    "schedule": {},
}
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
# Where a model is compiled and trained, which takes time: one of each class, with all that it can have.
some_optimizers = pytest.mark.parametrize(
    "name", ["gradient descent", "momentum, nesterov", "rmsprop, course, centered", "adam, amsgrad"]
)


def network():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, "tanh"), keras.layers.Dense(3)])


def fit(model, epochs=2, **options):
    model.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=0, **options)
    return model.get_weights()


def compiled(optimizer, jit_compile=False, **options):
    model = network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, jit_compile=jit_compile, **options)
    return model


def apply_to_two(optimizer, num_steps=9):
    """Returns two variables after steps with gradients that change."""
    rng = np.random.default_rng(1)
    variables = [keras.Variable(rng.normal(size=shape)) for shape in ((4, 3), (3,))]
    for _ in range(num_steps):
        optimizer.apply([tf.constant(rng.normal(size=v.shape), v.dtype) for v in variables], variables)
    optimizer.finalize_variable_values(variables)
    return [v.numpy() for v in variables]


@every_optimizer
def test_it_follows_the_recurrence(name):
    entry = OPTIMIZERS[name]
    w = np.random.default_rng(2).uniform(-1, 1, (4, 5))
    gradients = make_gradients(320, (4, 5), "float64")
    found = run(entry.make(2.0**-7), w, gradients)
    np.testing.assert_allclose(found, entry.way(w, gradients, 2.0**-7), **EXACT)


@every_optimizer
def test_the_config_is_complete(name):
    optimizer = OPTIMIZERS[name].make(0.25, weight_decay=0.1, clipnorm=2.0, name="mine")
    for saved in (keras.saving.serialize_keras_object(optimizer), keras.optimizers.serialize(optimizer)):
        for load in (keras.saving.deserialize_keras_object, keras.optimizers.deserialize):
            again = load(saved)
            assert type(again) is type(optimizer)
            assert again.get_config() == optimizer.get_config()
    assert optimizer.get_config().items() >= OPTIMIZERS[name].options.items()


# Keras hands its variables to `np.array`, whose new argument TensorFlow does not know.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@some_optimizers
def test_a_reloaded_model_goes_on_bit_by_bit(name, tmp_path):
    rate = schedules.exponential_decay(0.02, 0.9, steps_per_epoch=6)
    model = compiled(OPTIMIZERS[name].make(rate, weight_decay=0.01))
    fit(model, epochs=1)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again.optimizer) is type(model.optimizer)
    for ours, theirs in zip(fit(model), fit(again), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert int(again.optimizer.iterations) == 18


@some_optimizers
def test_compilers_and_steps_per_execution(name):
    first = fit(compiled(OPTIMIZERS[name].make(0.005), run_eagerly=True), epochs=1)
    for options in ({"steps_per_execution": 3}, {"jit_compile": "auto"}):
        found = fit(compiled(OPTIMIZERS[name].make(0.005), **options), epochs=1)
        for a, b in zip(found, first, strict=True):
            np.testing.assert_allclose(a, b, **ACROSS_COMPILERS)


@pytest.mark.parametrize("argument", BASE)
@pytest.mark.parametrize("name", ["gradient descent", "momentum, Keras", "rmsprop, momentum", "adam"])
def test_base_arguments_do_what_they_do_in_keras(name, argument):
    rate = keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.5) if argument == "schedule" else 0.02
    entry = OPTIMIZERS[name]
    ours, theirs = (apply_to_two(make(rate, **BASE[argument])) for make in (entry.make, entry.make_keras))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, **FLOAT32)


@every_optimizer
@pytest.mark.parametrize("base", [{}, {"clipnorm": 0.5}, {"clipvalue": 0.2}, {"global_clipnorm": 0.5}])
def test_a_sparse_gradient_is_keras_own_or_on_request_its_dense_one(name, base):
    entry = OPTIMIZERS[name]
    asked = trained_on_slices(entry.make(dense_gradients=True, **base))
    dense = trained_on_slices(entry.make(**base), as_dense=True)
    np.testing.assert_allclose(asked, dense, rtol=1e-6)
    by_default = trained_on_slices(entry.make(**base))
    if entry.own:
        np.testing.assert_allclose(by_default, trained_on_slices(entry.make_keras(**base)), **FLOAT32)
    if bool(base) != (entry.kind in (Adam, RMSprop)):
        apart = np.abs(by_default - dense)[4].max()
        # Keras' own is NaN where it is centered: squares apart may be less than the square of the mean.
        assert not apart <= 1e-4  # or the argument would change nothing
    np.testing.assert_allclose(by_default[2], dense[2])  # a row without a gradient


def trained_on_slices(optimizer, as_dense=False):
    rows, values = [4, 1, 4, 0], np.random.default_rng(0).normal(size=(4, 3)).astype("float32")  # row 4 twice
    variable = keras.Variable(np.ones((6, 3), "float32"))
    for step in range(6):
        # Its elements grow, or an optimizer that divides by their root mean square makes steps of one size.
        gradient = tf.IndexedSlices(tf.constant(values * (step + 1)), tf.constant(rows), tf.constant([6, 3]))
        optimizer.apply([tf.convert_to_tensor(gradient) if as_dense else gradient], [variable])
    return variable.numpy()


@some_optimizers
def test_an_embedding_trains(name):
    model = keras.Sequential(
        [keras.Input((4,), dtype="int32"), keras.layers.Embedding(7, 3), keras.layers.Flatten()]
    )
    model.compile(OPTIMIZERS[name].make(0.01), "mse", jit_compile=False)
    x = np.array([[0, 1, 1, 2], [1, 1, 1, 5]])
    before, _ = model.get_weights()[0], model.fit(x, np.ones((2, 12)), epochs=3, verbose=0)
    moved = np.any(model.get_weights()[0] != before, axis=1)
    assert moved.tolist() == [True, True, True, False, False, True, False]


@pytest.mark.parametrize("dtype", HALVES)
@every_optimizer
def test_half_precision_is_rounded_once_a_step(name, dtype):
    entry, num_steps = OPTIMIZERS[name], 25
    variable, optimizer = keras.Variable(np.full(5, 0.75), dtype=dtype), entry.make(0.01)
    gradients = [tf.cast(g, dtype) for g in np.random.default_rng(3).normal(1, 0.3, (num_steps, 5))]
    for g in gradients:
        optimizer.apply([g], [variable])
    exact = entry.way(np.full(5, 0.75), [tf.cast(g, "float64").numpy() for g in gradients], 0.01)[-1]
    assert variable.dtype == dtype
    assert np.abs(tf.cast(variable, "float64").numpy() - exact).max() <= num_steps * HALVES[dtype]
    assert np.all(tf.cast(variable, "float64").numpy() < 0.75)


@every_optimizer
def test_float64_is_kept(name):
    variable, optimizer = keras.Variable(np.ones(3), dtype="float64"), OPTIMIZERS[name].make(2.0**-7)
    optimizer.apply([tf.constant([1.0, 2.0, 3.0], "float64")], [variable])
    dtypes = {v.dtype for v in optimizer.variables if v.shape == (3,)}
    assert dtypes <= {"float64"}
    expected = OPTIMIZERS[name].way(np.ones(3), [np.array([1.0, 2.0, 3.0])], 2.0**-7)[0]
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_two_fits_in_a_row_go_on(name):
    at_once, in_two = (compiled(OPTIMIZERS[name].make()) for _ in range(2))
    fit(in_two, epochs=1)
    for a, b in zip(fit(at_once, epochs=2), fit(in_two, epochs=1), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_recorded_gradients_leave_it_alone(name):
    plain, recorded = (compiled(OPTIMIZERS[name].make()) for _ in range(2))
    norms = GradientNorms()
    for a, b in zip(fit(plain), fit(recorded, callbacks=[norms]), strict=True):
        np.testing.assert_array_equal(a, b)
    assert norms.norms.shape == (12, 2)


@every_optimizer
def test_a_step_is_traced_once(name):
    optimizer, variable = OPTIMIZERS[name].make(), keras.Variable([1.0, 2.0])
    optimizer.build([variable])
    step = tf.function(lambda g: optimizer.apply([g], [variable]), autograph=False)
    for rate in (0.1, 0.2, 0.3):
        optimizer.learning_rate = rate
        step(tf.constant([rate, 1.0]))
    assert step.experimental_get_tracing_count() == 1


@every_optimizer
def test_a_changed_rate_counts_from_the_next_step(name):
    entry, w = OPTIMIZERS[name], np.ones((2, 2))
    optimizer, variable = entry.make(0.5), keras.Variable(w, dtype="float64")
    gradients = make_gradients(6, (2, 2), "float64", seed=5)
    rates = [0.5, 0.5, 0.5, 0.125, 0.125, 0.125]
    for rate, g in zip(rates, gradients, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([tf.constant(g)], [variable])
    np.testing.assert_allclose(variable.numpy(), entry.way(w, gradients, rates)[-1], **EXACT)


def test_the_recurrence_can_be_missed():
    entry, wrong = OPTIMIZERS["adam"], OPTIMIZERS["adam, course"]
    gradients = make_gradients(20, (4, 5), "float64")
    found = run(entry.make(0.125), np.ones((4, 5)), gradients)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found, wrong.way(np.ones((4, 5)), gradients, 0.125), **EXACT)


def parabola(w):
    return w[0] ** 2 + 10 * w[1] ** 2


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


def minimized(cost, start, optimizer, num_steps):
    variable = keras.Variable(start, dtype="float64")
    optimizer.build([variable])

    @tf.function(jit_compile=True)
    def run():
        for _ in tf.range(num_steps):
            with tf.GradientTape() as tape:
                value = cost(variable.value)
            optimizer.apply([tape.gradient(value, variable.value)], [variable])

    run()
    return float(cost(variable.value))


# The rate falls, or those that divide by the size of the gradient stay a rate away from the minimum.
def rate(start, num_steps):
    return schedules.exponential_decay(start, 0.9, steps_per_epoch=num_steps // 100)


@every_optimizer
def test_parabola(name):
    start = 0.05 if "Keras" not in name else 0.02
    optimizer = OPTIMIZERS[name].make(rate(start, 2000))
    assert minimized(parabola, [1.0, -0.7], optimizer, 2000) < 1e-4


@every_optimizer
def test_rosenbrock(name):
    steep = name in ("gradient descent", "momentum", "momentum, nesterov")
    start = 2e-3 if steep else 1e-3 if "Keras" in name else 0.1
    optimizer = OPTIMIZERS[name].make(rate(start, 20000) if start == 0.1 else start)
    assert minimized(rosenbrock, [-1.0, 1.0], optimizer, 20000) < 1e-3


def test_a_rate_that_is_too_large_does_not_converge():
    assert not minimized(parabola, [1.0, -0.7], OPTIMIZERS["gradient descent"].make(0.2), 200) < 1e-4
