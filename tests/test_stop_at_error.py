"""StopAtError: stops at the first epoch below the threshold, says why training ended, and starts afresh."""

import keras
import numpy as np
import pytest
from refusals import refused, refuses

from dlkeras.callbacks.stop_at_error import StopAtError

X = np.linspace(-1, 1, 16, dtype=np.float32).reshape(-1, 1)


def line():
    """One weight w, target 2: w <- w - rate * 2 mean(x²) (w - 2) halves the distance in each step."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.layers[0].kernel.assign([[0.0]])
    rate = 1 / (4 * np.mean(X.astype(np.float64) ** 2))
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    return model


def fit(model, *callbacks, epochs=20, **options):
    return model.fit(X, 2 * X, batch_size=16, epochs=epochs, verbose=0, callbacks=list(callbacks), **options)


def expected_losses(num_epochs):
    # the loss in the logs is the one before the epoch's only step: mean(x²) (2 / 2^k)²
    return np.mean(X.astype(np.float64) ** 2) * (2 * 0.5 ** np.arange(num_epochs)) ** 2


def test_stops_after_the_first_epoch_below():
    losses = expected_losses(20)
    first = int(np.argmax(losses < 0.01)) + 1
    stop = StopAtError(0.01)
    history = fit(line(), stop)
    assert stop.stopped_epoch == first == len(history.epoch)
    np.testing.assert_allclose(stop.stopped_value, losses[first - 1], rtol=1e-4)  # float32 over a few steps
    assert stop.reason == f"loss {stop.stopped_value:.4g} fell below 0.01 after epoch {first}"


def test_equal_is_not_below():
    value = fit(line(), epochs=3).history["loss"][2]
    stop = StopAtError(value)
    fit(line(), stop, epochs=3)
    assert stop.stopped_epoch is None


def test_says_that_the_epochs_were_used_up():
    stop = StopAtError(1e-9)
    loss = fit(line(), stop, epochs=3).history["loss"][-1]
    assert (stop.stopped_epoch, stop.stopped_value) == (None, None)
    assert stop.reason == f"loss {loss:.4g} is not below 1e-09, and all 3 epochs were used up"


def test_says_that_something_else_ended_training():
    class Ends(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    stop = StopAtError(1e-9)
    loss = fit(line(), stop, Ends()).history["loss"][-1]
    expected = f"loss {loss:.4g} is not below 1e-09, and something else ended training after epoch 2"
    assert stop.reason == expected


@pytest.mark.parametrize(("weight", "epochs"), [(0.0, 0), (np.nan, 2)])
def test_a_loss_that_is_not_a_number_does_not_stop(weight, epochs):
    model = line()
    model.layers[0].kernel.assign([[weight]])
    stop = StopAtError(0.01)
    fit(model, stop, epochs=epochs)
    assert stop.reason == f"loss nan is not below 0.01, and all {epochs} epochs were used up"


def test_second_fit_starts_afresh():
    stop = StopAtError(0.01)
    fit(line(), stop)
    assert stop.stopped_epoch > 1
    fit(line(), stop, epochs=2)
    assert (stop.stopped_epoch, stop.stopped_value) == (None, None)
    assert stop.reason.endswith("all 2 epochs were used up")


def test_counts_epochs_as_the_progress_bar_does():
    stop = StopAtError(1e9)
    fit(line(), stop, initial_epoch=4)
    assert stop.stopped_epoch == 5


def test_watches_another_error():
    stop = StopAtError(0.01, monitor="val_loss")
    history = fit(line(), stop, validation_data=(X, 2 * X))
    assert stop.stopped_value == history.history["val_loss"][-1] < 0.01
    assert min(history.history["val_loss"][:-1]) >= 0.01


@pytest.mark.parametrize(("verbose", "printed"), [(0, ""), (1, "loss 1.511 fell below 2 after epoch 1\n")])
def test_prints_only_when_asked(verbose, printed, capsys):
    fit(line(), StopAtError(2, verbose=verbose))
    assert capsys.readouterr().out == printed


def test_missing_monitor_names_what_there_is():
    with refuses(
        "`monitor` must be in the logs of every epoch, and epoch 1 has: loss. Received: monitor='val_loss'"
    ):
        fit(line(), StopAtError(0.01, monitor="val_loss"))


WRONG_VALUES = {
    "`threshold` must be finite. Received: threshold=nan": {"threshold": np.nan},
    "`threshold` must be finite. Received: threshold=-inf": {"threshold": -np.inf},
}
WRONG_TYPES = {
    "`threshold` must be a number. Received: threshold='0.1'": {"threshold": "0.1"},
    "`threshold` must be a number. Received: threshold=True": {"threshold": True},
    "`threshold` must be a number. Received: threshold=None": {"threshold": None},
    "`monitor` must be a string. Received: monitor=3": {"threshold": 0.1, "monitor": 3},
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_bad_arguments(given, message, kind):
    with refuses(message, kind):
        StopAtError(**given)
