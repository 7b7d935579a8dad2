"""Why does this network not learn?

Varies the fault: eleven small trainings with one fault each, and the same without it. Fixed: embedded data,
a few epochs. Say first what is wrong with each function of `trainings.py`; then look at what a tool that
watches a training says of them, and at what repairing them gains.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits", "breast_cancer"),
    dataset="digits",  # of the trainings that are not bound to a table of their own
    faults=(
        *("many_sigmoids", "rate_too_high", "rate_too_low", "no_softmax", "equal_weights"),
        *("labels_shuffled", "raw_columns", "no_activation", "missing_value", "relu_at_the_end", "own_loss"),
    ),
    tried=5,  # seeds from which a change that the tool proposes is trained
    arrived=300,  # epochs of the network whose gradient is small because it has learned
    epochs=4,
    seeds=range(20),
    quick={"faults": ("no_activation",), "tried": 1, "arrived": 20, "epochs": 2, "seeds": range(1)},
)

# %% Two trainings in plain Keras: one loss stands still, one falls; what is wrong with them?
import keras
from keras.layers import Dense

from dlkeras.diagnosis import Diagnosis

digits, spirals = data.load("digits"), data.load("spirals")
keras.utils.set_random_seed(0)

hidden = [Dense(32, "relu", kernel_initializer="zeros") for _ in range(2)]
model = keras.Sequential([keras.Input((64,)), *hidden, Dense(10, "softmax")])
model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
losses = model.fit(digits.x_train, digits.y_train, epochs=4, verbose=0).history["loss"]
print("first: loss of an epoch", *[f"{loss:.3f}" for loss in losses])

model = keras.Sequential([keras.Input((2,)), Dense(32), Dense(32), Dense(3, "softmax")])
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
diagnosis = Diagnosis()  # a callback: it watches, and changes nothing
told = {"epochs": 4, "verbose": 0, "callbacks": [diagnosis]}
losses = model.fit(spirals.x_train, spirals.y_train, **told).history["loss"]
print("second: loss of an epoch", *[f"{loss:.3f}" for loss in losses])
print(diagnosis.report())

# %% Each fault and its repair from many seeds, watched; then what the tool proposes is trained
import itertools
import operator

import numpy as np
import trainings
from gradients import ARRIVED, STILL, follow
from proofs import try_first_changes


def fit(model, samples, held_out, diagnosis):
    """Trains a while, watched. The samples have an order of the seed, so they are not shuffled again."""
    told = {"validation_data": held_out, "validation_freq": 1000}  # the diagnosis looks at them by itself
    told |= {"batch_size": 32, "shuffle": False, "verbose": 0, "callbacks": [diagnosis]}
    model.fit(*samples, epochs=settings.epochs, **told)


def watch(fault, broken):
    """Trains from all seeds, and notes what was learned and what was said.

    One model serves all seeds, with weights and optimizer that begin anew: it is compiled once.
    """
    make, causes = getattr(trainings, fault), trainings.FAULTS[fault].causes
    model, *_ = make(settings.seeds[0], broken, settings.dataset)
    model.optimizer.build(model.trainable_variables)
    start = [variable.numpy() for variable in model.optimizer.variables]
    diagnosis = Diagnosis()
    for seed in settings.seeds:
        fresh, samples, held_out = make(seed, broken, settings.dataset)
        model.set_weights(fresh.get_weights())
        for variable, value in zip(model.optimizer.variables, start, strict=True):
            variable.assign(value)
        fit(model, samples, held_out, diagnosis)
        looks = diagnosis.evidence.looks
        skill = looks[-1].held_out_skill
        yield {
            **{"part": "watched", "fault": fault, "broken": broken, "seed": seed},
            "skill": max(skill, 0.0) if np.isfinite(skill) else 0.0,  # no better than a constant
            "is_told": bool(diagnosis.problems),
            "is_right": bool(causes & set(diagnosis.causes[:2])),
            "said": " ".join(diagnosis.causes),
            "losses": np.array([look.loss for look in looks]) / diagnosis.evidence.ignorance,
        }


cases = [(try_first_changes, fit, settings)]  # a single case, since it seeds the global generators
cases += [(follow, kind, settings) for kind in (STILL, ARRIVED)]
cases += itertools.product((watch,), settings.faults, (True, False))
runs = lab.train_all(operator.call, cases)

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
