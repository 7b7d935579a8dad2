"""Trials of a search as records: with stages, a conditional hyperparameter and failures, and plain ones."""

import dataclasses

import numpy as np

from dlkeras.tuning import TrialRecord


def ask(kind, name, conditions=(), **config):
    """A hyperparameter as a trial notes it."""
    return {"kind": kind, "name": name, "conditions": list(conditions), **config}


IF_SGD = {"class_name": "Parent", "config": {"name": "way", "values": ["sgd"]}}
SPACE = (
    ask("Float", "rate", min_value=1e-4, max_value=1.0, sampling="log"),
    ask("Int", "units", min_value=4, max_value=64, sampling="linear"),
    ask("Choice", "way", values=["sgd", "adam"], ordered=False),
    ask("Float", "momentum", [IF_SGD], min_value=0.0, max_value=0.9, sampling="linear"),
    ask("Fixed", "width", value=3),
)


def trial(number, score, values, **others):
    """A trial; without a score it failed."""
    failed = {"status": "FAILED", "reason": "no luck"} if score is None else {"status": "COMPLETED"}
    scores = () if score is None else (score,)
    fields = {"objective": "val_accuracy", "direction": "max", "space": SPACE, "scores": scores, **failed}
    return TrialRecord(f"{number:04d}", number, values=values, score=score, **{**fields, **others})


def plain(num_trials=20, seed=0, direction="max"):
    """Trials as another tuner leaves them: no stages, boxes, times or epochs. A high rate is good."""
    rng, trials = np.random.default_rng(seed), []
    for number in range(num_trials):
        place = rng.random()
        values = {"rate": 10 ** (4 * place - 4), "units": int(rng.integers(4, 65)), "width": 3}
        values["way"] = str(rng.choice(["sgd", "adam"]))
        if values["way"] == "sgd":
            values["momentum"] = float(rng.uniform(0, 0.9))
        score = 0.5 + 0.4 * place if direction == "max" else 1.1 - place
        objective = "val_accuracy" if direction == "max" else "val_loss"
        trials.append(trial(number, score, values, direction=direction, objective=objective))
    return trials


def staged(num_trials=20, **kwargs):
    """The same with stages, boxes, times, two workers and two executions; trial 3 failed, the last runs."""
    trials = []
    for record in plain(num_trials, **kwargs):
        number, stage = record.number, "coarse"
        if number >= 6:
            stage = f"fine {1 + (number - 6) // 5}"
        box = {} if stage == "coarse" else {"rate": [0.01 * number, 0.02 * number], "way": ["sgd", "adam"]}
        worker = f"worker{number % 2}"
        times = {"started": 1e9 + 10.0 * number, "ended": 1e9 + 10.0 * number + 15.0}
        curves = ({record.objective: [0.2, 0.4, 0.6]}, {record.objective: [0.4, 0.6]})
        more = {"stage": stage, "box": box, "worker": worker, "epochs": curves, **times}
        if number == 3:
            more |= {"score": None, "scores": (), "status": "FAILED", "reason": "no luck", "epochs": ()}
        if number == num_trials - 1:
            more |= {"score": None, "scores": (), "status": "RUNNING", "ended": None, "epochs": ()}
        trials.append(dataclasses.replace(record, **more))
    return trials
