"""Rules alone, on evidence that is written down: each finds its fault, and is silent a step away from it."""

from dataclasses import replace

import numpy as np
import pytest

from dlkeras.diagnosis.evidence import Evidence, LayerFacts, Look, OutputFacts
from dlkeras.diagnosis.judging import problems_of
from dlkeras.diagnosis.rules import suspects
from dlkeras.diagnosis.watching.data_facts import array_facts, target_facts
from dlkeras.diagnosis.words import CAUSES, SYMPTOMS

rng = np.random.default_rng(0)
LABELS = np.tile(np.arange(3), 100)
NUMBERS = rng.normal(size=(300, 1))


def layer(name="hidden", activation="relu", units=16, **options):
    made = {"kind": "Dense", "fan_in": 16, "has_weights": True, "kernel_std": 0.3, "kernel_mean": 0.0}
    return LayerFacts(name=name, activation=activation, units=units, **{**made, **options})


def look(epoch, skill, loss, path=0.5, layers=2, penalty=0.0, held_out=None, **options):
    table = np.tile([0.0, 1.0, 1.0, 2.0, np.nan, 0.0], (layers, 1))
    made = {"accuracy": np.nan, "same_rate": 0.4, "spread": 0.3, "held_out_loss": loss}
    made |= {"prediction_low": 0.0, "prediction_high": 1.0}
    held_out = skill if held_out is None else held_out
    moved = {"hidden/kernel": path, "last/kernel": path} if epoch else {}
    return Look(
        epoch,
        loss,
        penalty,
        skill,
        held_out_skill=held_out,
        layers=table,
        weight_norms={},
        moved=moved,
        **{**made, **options},
    )


def evidence(
    y=LABELS, units=3, last="softmax", loss="sparse_categorical_crossentropy", skills=(0.0, 0.9), **parts
):
    """A sound training, but for what is given."""
    activations = [] if last is None else [last]
    output = OutputFacts("output", "last", activations, (None, units), loss, False, False)
    size = len(parts.get("layers", "ab"))
    losses = np.linspace(1.1, 0.3, len(skills))
    made = {
        "layers": [layer(), layer("last", last or "linear", units)],
        "outputs": [output],
        "optimizer": {"name": "Adam", "rate": 0.003},
        "fit": {"num_samples": 300, "batch_size": 32, "epochs": 1, "steps": 10, "shuffle": True},
        "x": [array_facts(rng.normal(size=(300, 16)))],
        "y": [target_facts(np.asarray(y), loss, units)],
        "first_input": array_facts(rng.normal(size=(256, 16))),
        "ignorance": 1.1,
        "reference": 0.9,
        "looks": [look(k, skill, losses[k], layers=size) for k, skill in enumerate(skills)],
        "steps": np.arange(300),
        "gradients": np.ones((300, 2)),
        "applied": np.ones((300, 2)),
        "updates": [(0, {"hidden/kernel": 0.01, "last/kernel": 0.01})],
    }
    given = Evidence(**{**made, **parts})
    for k, each in enumerate(given.layers):  # one behind the other
        each.inputs = [k - 1] if k else []
    return given


POOR = (0.0, 0.05)


def poor(**parts):
    return evidence(skills=POOR, **parts)


def own_loss(as_given):
    """With a loss of the user's own, tried out on targets (n,) and predictions (n, 1)."""
    tried = {"as_given": as_given, "exact": 0.0, "truth": 0.0, "ignorance": 1.0, "doubled": 1.0}
    output = OutputFacts("output", "last", [], (None, 1), "own", True, False, tried)
    return evidence(y=NUMBERS[:, 0], units=1, outputs=[output], skills=POOR)


def causes(given):
    return [problem.causes[0] for problem in problems_of(given)]


def test_a_sound_training():
    assert problems_of(evidence()) == []


def dead_look(epoch):
    table = np.tile([0.0, 1.0, 1.0, 2.0, np.nan, 1.0], (2, 1))
    return replace(look(epoch, 0.0, 1.1, path=0.0), layers=table)


POOLED = LayerFacts("pool", "MaxPooling2D", None, units=1, size=1)

FOUND = {
    "labels of one-hot for the sparse loss": (evidence(y=np.eye(3)[LABELS], skills=POOR), "labels"),
    "labels out of range": (evidence(y=LABELS + 1, skills=POOR), "labels"),
    "labels with fractions": (evidence(y=LABELS / 255, skills=POOR), "labels"),
    "one class alone": (evidence(y=0 * LABELS, skills=POOR), "labels"),
    "one softmax unit": (
        evidence(y=(LABELS > 0).astype(float), units=1, loss="binary_crossentropy", skills=POOR),
        "output_activation",
    ),
    "sparse loss of one unit": (
        evidence(y=(LABELS > 0) * 1, units=1, last="sigmoid", skills=POOR),
        "loss_choice",
    ),
    "no probabilities": (poor(last=None), "output_activation"),
    "ReLU for targets below 0": (
        evidence(y=NUMBERS, units=1, last="relu", loss="mean_squared_error", skills=(0.0, 0.3)),
        "output_activation",
    ),
    "cross-entropy of numbers": (
        evidence(y=10 * NUMBERS, units=1, last="sigmoid", loss="binary_crossentropy", skills=POOR),
        "loss_choice",
    ),
    "several labels with softmax": (
        evidence(y=rng.integers(0, 2, (300, 3)), loss="binary_crossentropy", skills=(0.0, 0.3)),
        "output_activation",
    ),
    "targets and predictions of different shapes": (
        evidence(y=NUMBERS, units=3, last=None, loss="mean_squared_error", skills=POOR),
        "shape",
    ),
    "an own loss that stretches shapes": (own_loss(as_given=2.0), "shape"),
    "loud inputs": (poor(first_input=array_facts(1000 * rng.normal(size=(256, 16)))), "input_scale"),
    "faint inputs": (poor(first_input=array_facts(0.001 * rng.normal(size=(256, 16)))), "input_scale"),
    "equal weights": (poor(layers=[layer(kernel_std=0.0), layer("last", "softmax", 3)]), "weight_init"),
    "wide weights": (poor(layers=[layer(kernel_std=3.0), layer("last", "softmax", 3)]), "weight_init"),
    "softmax inside": (
        poor(layers=[layer(activation="softmax"), layer("last", "softmax", 3)]),
        "hidden_activation",
    ),
    "no activation": (
        poor(layers=[layer(activation="linear"), layer("last", "softmax", 3)]),
        "hidden_activation",
    ),
    "ReLU in a loop": (poor(layers=[layer(kind="LSTM"), layer("last", "softmax", 3)]), "hidden_activation"),
    "deep sigmoids": (
        poor(layers=[*[layer(f"h{k}", "sigmoid") for k in range(9)], layer("last", "softmax", 3)]),
        "hidden_activation",
    ),
    "deep and plain": (
        poor(layers=[*[layer(f"h{k}") for k in range(20)], layer("last", "softmax", 3)]),
        "architecture",
    ),
    "all pooled away": (
        poor(layers=[POOLED, layer(), layer("last", "softmax", 3)]),
        "architecture",
    ),
    "frozen": (
        poor(layers=[layer(is_trainable=False), layer("last", "softmax", 3, is_trainable=False)]),
        "frozen",
    ),
    "a rate below 0": (poor(optimizer={"name": "SGD", "rate": -0.1}), "learning_rate_high"),
    "giant steps": (poor(updates=[(0, {"hidden/kernel": 2.0, "last/kernel": 2.0})]), "learning_rate_high"),
    "tiny steps": (
        poor(
            looks=[look(0, 0.0, 1.1), look(1, 0.05, 1.09, path=0.001)],
            updates=[(0, {"hidden/kernel": 1e-5, "last/kernel": 1e-5})],
        ),
        "learning_rate_low",
    ),
    "clipped away": (
        poor(applied=np.full((300, 2), 1e-3), optimizer={"name": "SGD", "rate": 0.1, "clipnorm": 1e-3}),
        "optimizer",
    ),
    "a penalty that rules": (
        poor(looks=[look(0, 0, 1.1, penalty=9.0), look(1, 0.05, 1.0, penalty=5.0)]),
        "regularisation",
    ),
    "one batch": (
        poor(fit={"num_samples": 300, "batch_size": 300, "epochs": 5, "steps": 1, "shuffle": True}),
        "batch_size",
    ),
    "batches of one": (
        poor(fit={"num_samples": 300, "batch_size": 1, "epochs": 5, "steps": 300, "shuffle": True}),
        "batch_size",
    ),
    "learned by heart": (
        evidence(looks=[look(0, 0, 1.1), look(1, 1.0, 0.1, held_out=0.3)]),
        "regularisation",
    ),
    "logits that are never below 0": (
        evidence(
            last="relu",
            skills=(0.0, 0.6),
            outputs=[
                OutputFacts("o", "last", ["relu"], (None, 3), "sparse_categorical_crossentropy", False, True)
            ],
        ),
        "output_activation",
    ),
    "a single unit that is dead": (
        poor(
            layers=[layer(units=1), layer("last", "softmax", 3)],
            looks=[dead_look(0), dead_look(1)],
            gradients=np.zeros((300, 2)),
            applied=np.zeros((300, 2)),
        ),
        "architecture",
    ),
    "a first batch of one class": (
        evidence(y=0 * LABELS[:32], is_first_batch=True, skills=(np.nan, np.nan)),
        "split",
    ),
    "sorted and not shuffled": (
        evidence(
            y=np.sort(LABELS),
            skills=POOR,
            fit={"num_samples": 300, "batch_size": 32, "epochs": 1, "steps": 10, "shuffle": False},
        ),
        "split",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_rule_finds_its_fault(name):
    given, cause = FOUND[name]
    assert causes(given)[0] == cause
    for problem in problems_of(given):
        assert problem.name in SYMPTOMS
        assert set(problem.causes) <= set(CAUSES)
        assert problem.evidence.endswith((".", "?"))
        assert problem.change.words
        assert problem.change.code


SOUND = {  # what would be suspect, in trainings that go well
    "loud inputs": {"first_input": array_facts(30 * rng.normal(size=(256, 16)))},
    "tiny steps at the end": {"looks": [look(0, 0.0, 1.1), look(1, 0.9, 0.3, path=0.01)]},
    "gradients that fall": {"gradients": np.tile([1e-6, 1.0], (300, 1))},
    "mean squared error of classes": {"loss": "mean_squared_error", "y": np.eye(3)[LABELS]},
    "many frozen layers": {
        "layers": [*[layer(f"f{k}", is_trainable=False) for k in range(9)], layer("last", "softmax", 3)]
    },
    "noise that nobody explains": {"looks": [look(0, 0.0, 1.1), look(1, 0.3, 0.8)], "reference": 0.3},
}


@pytest.mark.parametrize("name", SOUND)
def test_what_goes_well_is_left_alone(name):
    assert problems_of(evidence(**SOUND[name])) == []


def test_an_own_loss_that_takes_both_shapes_is_not_blamed():
    assert "shape" not in causes(own_loss(as_given=0.0))


def test_a_first_batch_of_the_frequent_class_says_nothing():
    zeros = {"y": np.zeros((32, 1)), "units": 1, "last": "sigmoid", "loss": "binary_crossentropy"}
    assert problems_of(evidence(is_first_batch=True, skills=(np.nan, np.nan), **zeros)) == []


def test_suspects_without_any_evidence():
    assert list(suspects(Evidence())) == []
    assert problems_of(Evidence()) == []


def test_what_was_seen_is_told_once():
    few = poor(updates=[(0, {"hidden/kernel": 1e-5, "last/kernel": 1e-5})], looks=[*map(short_look, (0, 1))])
    problems = problems_of(few)
    assert [problem.causes[:2] for problem in problems] == [("learning_rate_low", "epochs")]
    assert len({problem.evidence for problem in problems}) == len(problems)


def short_look(epoch):
    return look(epoch, 0.05 * epoch, 1.1, path=0.01)


def test_pooling_that_leaves_enough_is_no_problem():
    enough = LayerFacts("pool", "GlobalAveragePooling2D", None, units=16, size=16)
    assert "architecture" not in {
        s.cause for s in suspects(poor(layers=[enough, layer(), layer("last", "softmax", 3)]))
    }
