"""The callback on real trainings: what it finds, what it leaves alone, and where it cannot see."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras import data
from dlkeras.diagnosis import Diagnosis


def dense(*activations, units=32, out=10, last="softmax"):
    hidden = [keras.layers.Dense(units, each) for each in activations]
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(out, last)])


def diagnosed(model, x, y, loss="sparse_categorical_crossentropy", rate=0.003, **fit):
    model.compile(keras.optimizers.Adam(rate), loss)
    diagnosis = Diagnosis()
    model.fit(x, y, callbacks=[diagnosis], verbose=0, **{"epochs": 5, "validation_split": 0.2, **fit})
    return diagnosis


@pytest.fixture(scope="module")
def digits():
    keras.utils.set_random_seed(0)
    return data.load("digits")


def test_a_sound_training_has_no_problem(digits):
    diagnosis = diagnosed(dense("relu"), digits.x_train, digits.y_train)
    last = diagnosis.evidence.looks[-1]
    assert diagnosis.problems == []
    assert diagnosis.causes == []
    assert diagnosis.report() == (
        f"No problem found. The model predicts samples of the training with a skill of {last.skill:.2f} and "
        f"held-out ones with {last.held_out_skill:.2f}, where 0 is a constant prediction and 1 a perfect one."
    )


def test_a_deep_stack_of_sigmoids_is_blamed_on_them(digits):
    diagnosis = diagnosed(dense(*["sigmoid"] * 10), digits.x_train, digits.y_train)
    first = diagnosis.problems[0]
    assert first.causes[0] == "hidden_activation"
    assert first.name in ("vanishing_gradient", "not_learning", "constant_output")
    assert first.change.settings == {"hidden_activation": "relu", "initializer": "he_normal"}
    assert first.lab == 3
    text = diagnosis.report()
    assert text.startswith("A problem was found, the most certain first.\n\n1. ")
    assert "10 layers with sigmoid follow each other" in " ".join(text.split())


def test_labels_out_of_range_are_told_of_though_the_training_stops(digits):
    model = dense("relu")
    model.compile("adam", "sparse_categorical_crossentropy")
    diagnosis = Diagnosis()
    with pytest.raises(tf.errors.InvalidArgumentError):  # by TensorFlow, on a CPU
        model.fit(digits.x_train, digits.y_train + 5, callbacks=[diagnosis], verbose=0)
    (first, *_) = diagnosis.problems
    assert first.causes[0] == "labels"
    assert first.layer.startswith("dense")
    assert "The labels go from 5 to 14, and the last layer has 10 units" in first.evidence


@pytest.mark.filterwarnings("ignore:.*You are using a softmax over axis -1")
def test_a_softmax_over_one_unit_is_told_of_though_its_loss_falls(digits):
    y = (digits.y_train > 4).astype("float32")
    diagnosis = diagnosed(dense("relu", out=1), digits.x_train, y, "binary_crossentropy", epochs=3)
    assert diagnosis.evidence.logs[-1]["loss"] < 0.8 * diagnosis.evidence.logs[0]["loss"]
    assert diagnosis.problems[0].causes[0] == "output_activation"
    assert diagnosis.problems[0].name == "constant_output"
    assert diagnosis.evidence.looks[-1].skill == 0


class SquaredError(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean((y_true - y_pred) ** 2)


@pytest.mark.parametrize("is_column", [False, True])
def test_an_own_loss_that_stretches_shapes(is_column):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 4)).astype("float32")
    y = x.sum(axis=1, keepdims=is_column)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    diagnosis = diagnosed(model, x, y, SquaredError(), rate=0.05, epochs=8)
    assert diagnosis.causes[:1] == ([] if is_column else ["shape"]), diagnosis.report()


def test_a_model_that_is_frozen_whole(digits):
    model = dense("relu")
    model.trainable = False
    with pytest.warns(UserWarning, match="does not have any trainable weights"):
        diagnosis = diagnosed(model, digits.x_train, digits.y_train, epochs=1)
    assert diagnosis.causes == ["frozen"]


def test_a_second_training_starts_anew(digits):
    model = dense("relu")
    diagnosis = diagnosed(model, digits.x_train[:64], digits.y_train[:64], epochs=1, rate=0.0)
    assert diagnosis.causes[0] == "learning_rate_low"
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    model.fit(digits.x_train, digits.y_train, epochs=4, callbacks=[diagnosis], verbose=0)
    assert diagnosis.problems == []
    assert len(diagnosis.evidence.looks) == 5


def test_the_same_model_again_is_compiled_once_and_seen_anew(digits):
    model = dense("relu")
    x = digits.x_train.copy()
    x[5, 3] = np.nan
    diagnosis = diagnosed(model, x, digits.y_train, epochs=1)
    assert (diagnosis.causes[0], diagnosis.failed_batch is None) == ("data_nan", False)
    tap = diagnosis._tap
    model.set_weights(dense("relu").get_weights())
    for variable in model.optimizer.variables[2:]:  # behind the count of steps and the rate
        variable.assign(np.zeros(variable.shape))
    model.fit(digits.x_train, digits.y_train, epochs=4, callbacks=[diagnosis], verbose=0)
    assert diagnosis._tap is tap
    assert (diagnosis.problems, diagnosis.failed_batch) == ([], None)
    assert len(diagnosis.evidence.steps) == len(diagnosis.evidence.gradients) == 4 * 43
    np.testing.assert_array_equal(diagnosis.evidence.steps, range(4 * 43))


def nets():
    yield [keras.layers.Dense(16, "tanh"), keras.layers.Dropout(0.3), keras.layers.Dense(10, "softmax")]
    yield [
        keras.layers.Reshape((8, 8, 1)), keras.layers.Conv2D(8, 3), keras.layers.BatchNormalization(),
        keras.layers.ReLU(), keras.layers.GaussianNoise(0.1), keras.layers.Flatten(),
        keras.layers.Dense(10, "softmax"),
    ]  # fmt: skip
    yield [keras.layers.Reshape((8, 8)), keras.layers.LSTM(8, dropout=0.2), keras.layers.Dense(10, "softmax")]


@pytest.mark.parametrize("which", [0, 1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("jit", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_weights_end_bit_for_bit_as_without_it(digits, which, jit):
    if jit and which == 2:
        pytest.skip("XLA on a CPU has no LSTM with dropout of a length it does not know")

    def weights(callbacks):
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((64,)), *list(nets())[which]])
        options = {"jit_compile": jit}
        model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "sparse_categorical_crossentropy", **options)
        x, y = digits.x_train[:200], digits.y_train[:200]
        model.fit(x, y, epochs=2, batch_size=48, validation_split=0.2, callbacks=callbacks, verbose=0)
        return model.get_weights()

    for plain, watched in zip(weights([]), weights([Diagnosis()]), strict=True):
        np.testing.assert_array_equal(plain, watched)


class OwnStep(keras.Model):
    """Subclassed, with a training step of its own."""

    def __init__(self):
        super().__init__()
        self.inner = dense("relu")

    def call(self, x, training=False):
        return self.inner(x, training=training)

    def train_step(self, batch):
        x, y = batch
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss}


def test_a_step_of_the_users_own(digits):
    diagnosis = diagnosed(OwnStep(), digits.x_train, digits.y_train)
    assert diagnosis.problems == []
    assert diagnosis.evidence.unseen == []
    assert diagnosis.evidence.gradients.shape[1] == 2
    assert [layer.name.split("/")[0] for layer in diagnosis.evidence.layers] == ["sequential"] * 2 or len(
        diagnosis.evidence.layers
    ) == 2


def test_a_data_set_is_seen_by_its_first_batch(digits):
    model = dense("relu")
    model.compile("adam", "sparse_categorical_crossentropy")
    batches = tf.data.Dataset.from_tensor_slices((digits.x_train, digits.y_train)).batch(64)
    diagnosis = Diagnosis()
    model.fit(batches, shuffle=False, epochs=2, callbacks=[diagnosis], verbose=0)
    assert diagnosis.evidence.unseen == ["the samples are not in arrays, so the first batch stands for them"]
    assert diagnosis.evidence.x[0].shape == (64, 64)
    assert "Not seen: the samples are not in arrays" in diagnosis.report()


def test_a_sorted_data_set_is_not_blamed_on_its_labels(digits):
    order = np.argsort(digits.y_train, kind="stable")
    model = dense("relu")
    model.compile("adam", "sparse_categorical_crossentropy")
    batches = tf.data.Dataset.from_tensor_slices((digits.x_train[order], digits.y_train[order])).batch(64)
    diagnosis = Diagnosis()
    model.fit(batches, shuffle=False, epochs=1, callbacks=[diagnosis], verbose=0)
    assert diagnosis.causes == ["split"]


def test_figures_and_page(digits, tmp_path):
    diagnosis = diagnosed(dense("relu"), digits.x_train, digits.y_train, epochs=2)
    assert list(diagnosis.figures()) == ["skill", "gradients"]
    html = diagnosis.write_page(tmp_path).read_text()
    assert diagnosis.report().split(".")[0] in html
    assert html.count("<img") == 2


def nested_and_shared(digits):
    inputs = keras.Input((64,))
    block = keras.Sequential([keras.Input((32,)), keras.layers.Dense(32, "relu", name="twice")], name="block")
    h = block(block(keras.layers.Dense(32, "relu")(inputs)))
    return keras.Model(inputs, keras.layers.Dense(10, "softmax", dtype="float32")(h))


@pytest.mark.parametrize("policy", ["float32", pytest.param("mixed_float16", marks=pytest.mark.slow)])
def test_a_functional_model_with_a_layer_that_is_shared_and_nested(digits, policy):
    keras.config.set_dtype_policy(policy)
    diagnosis = diagnosed(nested_and_shared(digits), digits.x_train, digits.y_train, epochs=6)
    assert diagnosis.problems == []
    assert diagnosis.evidence.unseen == []
    assert [layer.name for layer in diagnosis.evidence.layers].count("block/twice") == 2
    assert len(diagnosis.evidence.gradient_layers) == 3
