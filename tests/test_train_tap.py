"""TrainTap: who is asked, when the optimizer is wrapped, and what stands in its place afterwards."""

import contextlib

import keras
import pytest
from gradient_oracle import compiled, dense_net, fit

from dlkeras.callbacks.train_tap import TrainTap, innermost, wrapped


class Spy(keras.callbacks.Callback):
    """A watcher that notes what happens."""

    def __init__(self):
        super().__init__()
        self.tap, self.executions, self.applied = None, 0, 0

    def on_train_begin(self, logs=None):
        self.tap = TrainTap.install(self.model, self, self.tap)

    def on_train_end(self, logs=None):
        self.tap.leave(self)

    def before_execution(self):
        self.executions += 1

    @contextlib.contextmanager
    def watching(self):
        def wrap(apply):
            def noted(*arguments):
                self.applied += 1
                return apply(*arguments)

            return noted

        with wrapped(self.model.optimizer, "apply", wrap):
            yield


def test_a_compiled_step_asks_each_time_and_wraps_only_while_it_is_traced():
    spy, model = Spy(), compiled(dense_net())
    model.make_train_function()
    plain = model.train_function
    fit(model, spy, epochs=3)
    assert spy.executions == 18
    assert 1 <= spy.applied < 18
    assert model.train_function is plain
    tap, traced = spy.tap, spy.applied
    fit(model, spy)
    assert spy.tap is tap
    assert spy.applied == traced


def test_an_eager_step_is_wrapped_each_time():
    spy = Spy()
    fit(compiled(dense_net(), run_eagerly=True), spy)
    assert spy.applied == spy.executions == 6


def test_watchers_that_change_make_a_new_trace():
    first, second, model = Spy(), Spy(), compiled(dense_net())
    fit(model, first, second)
    assert first.tap is second.tap
    traced = first.applied
    fit(model, second)
    assert first.applied == traced
    assert second.applied > traced
    fit(model, first)
    assert (first.executions, second.executions) == (12, 12)


def test_recompiling_makes_a_new_tap():
    spy, model = Spy(), compiled(dense_net())
    fit(model, spy)
    tap = spy.tap
    fit(compiled(model, steps_per_execution=3), spy)
    assert spy.tap is not tap
    assert spy.executions == 6 + 2


@pytest.mark.parametrize("own", [False, True])
def test_wrapped_restores_what_was_there(own):
    class Thing:
        def name(self):
            return "class"

    thing = Thing()
    if own:
        thing.name = lambda: "object"
    before, attributes = thing.name(), dict(vars(thing))

    def fail():
        with wrapped(thing, "name", lambda method: lambda: f"wrapped {method()}"):
            assert thing.name() == f"wrapped {before}"
            assert Thing().name() == "class"
            raise KeyError("planted")

    with pytest.raises(KeyError, match="planted"):
        fail()
    assert vars(thing) == attributes


def test_innermost():
    inner = keras.optimizers.SGD()
    assert innermost(inner) is inner
    assert innermost(keras.optimizers.LossScaleOptimizer(inner)) is inner
