"""How far the optimizers are from Keras' own; forms of an equation converted; what they refuse."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from optimizer_distances import CASES, in_last_places, make_gradients, measure, run
from refusals import refuses

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop, adam

# The same operations in the same order.
IDENTICAL = [
    "GradientDescent",
    "Momentum, β 7/8, averaged=False",
    "Momentum, β 7/8, averaged=False, nesterov",
    "RMSprop",
    "RMSprop, centered, momentum",
]
BINARY = "Adam, β 7/8, 1 - 2⁻¹⁰"
# Keras takes 1 - 0.999ᵗ in float32, which is off by up to 1.3e-5: its steps by half of that, 108 times 2⁻²⁴.
# 400 steps that partly add up make 222 of it, and ours is nearer to the exact way.
ADAM_FLOAT32 = 300
# With betas that float32 holds, what Keras loses is the rounding of the power.
BINARY_FLOAT32 = 60


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", IDENTICAL)
def test_most_are_bit_by_bit_keras_own(name, dtype):
    assert measure(CASES[name], dtype).to_keras == 0


@pytest.fixture(params=["plain", "kernel"])
def _form(request, monkeypatch):
    monkeypatch.setattr(adam, "_KERNEL_ELEMENTS", 0 if request.param == "kernel" else 2**15)


@pytest.mark.usefixtures("_form")
def test_adam():
    far = measure(CASES["Adam"], "float32")
    assert far.to_keras <= ADAM_FLOAT32
    assert far.to_exact < 0.7 * far.keras_to_exact


@pytest.mark.usefixtures("_form")
@pytest.mark.parametrize("jit", [False, True])
def test_adam_is_keras_own_in_float64_where_its_betas_are_exact(jit):
    assert measure(CASES[BINARY], "float64", jit=jit).to_keras == 0


def test_adam_in_float32_where_the_betas_are_exact():
    far = measure(CASES[BINARY], "float32")
    assert far.to_keras <= BINARY_FLOAT32
    assert far.to_keras_first == 0


@pytest.mark.parametrize("placement", ["before_correction", "after_correction"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_kernel_is_the_same_arithmetic(dtype, placement, monkeypatch):
    w = np.random.default_rng(0).uniform(-1, 1, (7, 9)).astype(dtype)
    gradients = make_gradients(50, (7, 9), dtype)

    def way(least, jit=False):
        monkeypatch.setattr(adam, "_KERNEL_ELEMENTS", least)
        return run(Adam(0.01, epsilon=1e-12, epsilon_placement=placement), w, gradients, jit)

    plain = way(10**9)
    for kernel in (way(0), way(0, jit=True)):
        # A compiler may fuse a product and a sum into one rounding.
        assert in_last_places(kernel, plain, w, dtype).max() <= 4


def test_large_variables_use_the_kernel():
    def operations(shape, **options):
        variable, optimizer = keras.Variable(np.ones(shape, "float32")), Adam(**options)
        optimizer.build([variable])
        step = tf.function(lambda g: optimizer.apply([g], [variable]), autograph=False)
        graph = step.get_concrete_function(tf.TensorSpec(shape)).graph
        return {operation.type for operation in graph.get_operations()}

    assert "ResourceApplyAdam" in operations((182, 182))
    assert "ResourceApplyAdam" not in operations((16, 16))
    assert "ResourceApplyAdam" not in operations((182, 182), amsgrad=True)


@pytest.mark.parametrize("kinds", [(keras.optimizers.Adam, Adam), (keras.optimizers.RMSprop, RMSprop)])
def test_it_goes_on_from_the_state_of_keras_own(kinds):
    gradients = make_gradients(20, (6,), "float32")
    before, after = (kind(0.01) for kind in kinds)
    variables = [keras.Variable(np.ones(6, "float32")) for _ in range(2)]
    for g in gradients[:10]:
        before.apply([tf.constant(g)], variables[:1])
    variables[1].assign(variables[0])
    after.build(variables[1:])
    after.set_weights([v.numpy() for v in before.variables])
    for g in gradients[10:]:
        before.apply([tf.constant(g)], variables[:1])
        after.apply([tf.constant(g)], variables[1:])
    np.testing.assert_allclose(variables[1].numpy(), variables[0].numpy(), rtol=2e-5)


def test_the_distance_can_be_seen():
    one = np.ones((1, 2), "float32")
    assert in_last_places(np.nextafter(one, 2, dtype="float32"), one, one[0], "float32").tolist() == [[1, 1]]
    other = CASES["Adam"]._replace(theirs=lambda rate: keras.optimizers.Adam(rate * (1 + 1e-4)))
    assert measure(other, "float32", num_steps=20).to_keras > ADAM_FLOAT32


def test_keras_settings_are_left_as_they_were():
    measure(CASES["GradientDescent"], "float64", num_steps=2)
    assert keras.config.floatx() == "float32"


@pytest.mark.parametrize("kind", [Adam, GradientDescent, Momentum, RMSprop])
def test_learning_rate(kind):
    with refuses("`learning_rate` must be finite and at least 0. Received: learning_rate=-0.1"):
        kind(-0.1)
    message = (
        "`learning_rate` must be a number, a `LearningRateSchedule` or a function without arguments. "
        "Received: learning_rate='0.1'"
    )
    with refuses(message, TypeError):
        kind("0.1")
    assert float(kind(1).learning_rate) == 1
    assert float(kind(np.float32(0.5)).learning_rate) == 0.5
    assert float(kind(lambda: tf.constant(0.25)).learning_rate) == 0.25


@pytest.mark.parametrize(
    ("kind", "argument", "usual"),
    [
        (Adam, "beta_1", 0.9),
        (Adam, "beta_2", 0.999),
        (Momentum, "momentum", 0.9),
        (RMSprop, "rho", 0.9),
        (RMSprop, "momentum", 0.9),
    ],
)
def test_fractions(kind, argument, usual):
    for value in (1.0, -0.1, float("nan")):
        message = (
            f"`{argument}` must be at least 0 and below 1. Received: {argument}={value}. Usual is {usual}."
        )
        with refuses(message):
            kind(**{argument: value})
    with refuses(f"`{argument}` must be a number. Received: {argument}=None", TypeError):
        kind(**{argument: None})
    with refuses(f"`{argument}` must be a number. Received: {argument}=False", TypeError):
        kind(**{argument: False})


@pytest.mark.parametrize("kind", [Adam, RMSprop])
def test_epsilon(kind):
    with refuses("`epsilon` must be finite and at least 0. Received: epsilon=-1e-07"):
        kind(epsilon=-1e-7)
    with refuses("`epsilon` must be a number. Received: epsilon='small'", TypeError):
        kind(epsilon="small")


def test_choices_and_flags():
    words = '"before_correction" or "after_correction"'
    with refuses(f"`epsilon_placement` must be {words}. Received: epsilon_placement='inside'"):
        Adam(epsilon_placement="inside")
    words = '"inside_root" or "outside_root"'
    with refuses(f"`epsilon_placement` must be {words}. Received: epsilon_placement=None"):
        RMSprop(epsilon_placement=None)
    with refuses("`amsgrad` must be True or False. Received: amsgrad=1", TypeError):
        Adam(amsgrad=1)
    with refuses("`centered` must be True or False. Received: centered='yes'", TypeError):
        RMSprop(centered="yes")
    with refuses("`nesterov` must be True or False. Received: nesterov=None", TypeError):
        Momentum(nesterov=None)
    with refuses("`averaged` must be True or False. Received: averaged=0", TypeError):
        Momentum(averaged=0)


def test_unknown_arguments_are_refused_by_keras():
    with refuses("Argument(s) not recognized: {'momentum': 0.9}"):
        GradientDescent(momentum=0.9)


GRADIENTS = make_gradients(60, (9,), "float64")
ONES = np.ones(9)


def test_the_course_s_momentum_is_keras_with_a_tenth_of_the_rate():
    ours = run(Momentum(0.5, momentum=0.875), ONES, GRADIENTS)
    theirs = run(keras.optimizers.SGD(0.0625, momentum=0.875), ONES, GRADIENTS)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_epsilon_before_the_correction_converted_for_one_step():
    # Only the first step: the factor √(1 - β₂ᵗ) changes with t.
    before = run(Adam(0.5, epsilon=1e-4), ONES, GRADIENTS[:1])
    converted = 1e-4 / np.sqrt(1 - 0.999)
    after = run(Adam(0.5, epsilon=converted, epsilon_placement="after_correction"), ONES, GRADIENTS[:1])
    np.testing.assert_allclose(before, after, rtol=1e-12)
    other = run(Adam(0.5, epsilon=1e-4, epsilon_placement="after_correction"), ONES, GRADIENTS[:1])
    assert np.abs(before - other).max() > 1e-3


def test_epsilon_outside_the_root_is_its_square_inside_for_tiny_gradients():
    tiny = [g * 0 + 1e-12 for g in GRADIENTS]
    outside = run(RMSprop(1.0, epsilon=1e-4, epsilon_placement="outside_root"), ONES, tiny)
    inside = run(RMSprop(1.0, epsilon=1e-8), ONES, tiny)
    np.testing.assert_allclose(outside - 1, inside - 1, rtol=1e-6)
