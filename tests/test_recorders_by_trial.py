"""Recorders inside a search: keras-tuner copies them, and each trial's copy is found by its id."""

import copy
import pickle
import sys

import keras
import keras_tuner
import numpy as np
import pytest
from gradient_oracle import X, Y, compiled, fit
from refusals import refuses

from dlkeras.callbacks import ActivationStats, GradientNorms, StopAtError
from dlkeras.tuning import CoarseToFine


def build(hp):
    hidden = keras.layers.Dense(hp.Choice("units", [2, 3, 4]), "tanh", name="hidden")
    return compiled(keras.Sequential([keras.Input((6,)), hidden, keras.layers.Dense(3, name="logits")]))


class ByHand(keras_tuner.RandomSearch):
    """Trains as keras-tuner's guide shows."""

    def run_trial(self, one, *args, callbacks, **kwargs):
        model = self.hypermodel.build(one.hyperparameters)
        history = model.fit(*args, callbacks=copy.deepcopy(callbacks), **kwargs)
        return history.history["loss"][-1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of keras-tuner
@pytest.mark.parametrize("kind", [keras_tuner.RandomSearch, CoarseToFine, ByHand])
def test_each_trial_has_records(kind, tmp_path, monkeypatch):
    for name in ("tensorboard", "tensorboard.plugins", "tensorboard.plugins.hparams"):
        module = type(sys)(name)  # which keras-tuner imports in each trial, and we do without
        module.api = None
        monkeypatch.setitem(sys.modules, name, module)
    norms, stats = GradientNorms(log_dir=tmp_path / "log", histograms=4), ActivationStats(X)
    stop = StopAtError(0.001)
    objective = keras_tuner.Objective("loss", "min")
    twice = {} if kind is ByHand else {"executions_per_trial": 2}
    tuner = kind(build, objective=objective, max_trials=2, directory=tmp_path, project_name="s", **twice)
    tuner.search(X, Y, epochs=2, batch_size=11, verbose=0, callbacks=[norms, stats, stop])
    trials = sorted(tuner.oracle.trials)
    for recorder in (norms, stats, stop):
        assert sorted(recorder.by_trial) == trials
        assert {len(copies) for copies in recorder.by_trial.values()} == {
            twice.get("executions_per_trial", 1)
        }
    for trial in trials:
        for execution, own in enumerate(norms.by_trial[trial]):
            assert own.norms.shape == (4, 2)
            assert own.histogram_counts.shape[:2] == (1, 4)
            assert own.model is None
            assert len(list((tmp_path / "log" / trial / f"execution{execution}").iterdir())) == 1
        assert stats.by_trial[trial][0].mean.shape == (3, 2)
        assert stop.by_trial[trial][0].reason.endswith("all 2 epochs were used up")
    with refuses(
        "`GradientNorms` must be read by trial after a search, which trains with copies. Received: trials "
        f"{', '.join(norms.by_trial)}. Read `by_trial[trial_id][0]`."
    ):
        norms.norms  # noqa: B018
    with pytest.raises(ValueError, match="`ActivationStats` must be read by trial"):
        stats.mean  # noqa: B018


@pytest.mark.parametrize("make", [copy.deepcopy, lambda recorder: pickle.loads(pickle.dumps(recorder))])
def test_a_copy_has_the_settings_and_no_record(make):
    norms, stats = GradientNorms(every=3, when="before", updates=True), ActivationStats(X, unit="step")
    model = fit(
        compiled(keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.Dense(3)])), norms, stats
    )
    new, other = make(norms), make(stats)
    assert (new.every, new.when, new.updates, new.by_trial) == (3, "before", True, {})
    assert (other.unit, other.mean.shape) == ("step", (0, 0))
    np.testing.assert_array_equal(other.x_probe, X)
    with pytest.raises(ValueError, match="must have seen a training step"):
        new.norms  # noqa: B018
    fit(model, new, other)
    assert new.norms.shape == norms.norms.shape
    assert other.mean.shape == stats.mean.shape
