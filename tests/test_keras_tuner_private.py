"""The private names of keras-tuner: all in one file, and all still there."""

import ast
from pathlib import Path

import keras_tuner
from keras_tuner.src.engine import objective, tuner_utils

from dlkeras.tuning import keras_tuner_private
from dlkeras.tuning.keras_tuner_private import NAMES

FILE = Path(keras_tuner_private.__file__)


def owners():
    """What has the names; objects where a constructor makes them."""
    hp = keras_tuner.HyperParameters()
    hp.Float("x", 0.0, 1.0)
    oracle = keras_tuner.oracles.BayesianOptimizationOracle("val_loss", hyperparameters=hp)
    objects = {"Oracle": oracle, "BayesianOptimizationOracle": oracle, "HyperParameters": hp}
    return {**objects, "Tuner": keras_tuner.Tuner, "tuner_utils": tuner_utils, "objective": objective}


def lost(found):
    """Says what a version of keras-tuner has lost."""
    return [
        f"keras-tuner {keras_tuner.__version__} has no {owner}.{name}, which {use}: change {FILE.name}"
        for owner, names in NAMES.items()
        for name, use in names.items()
        if not hasattr(found[owner], name)
    ]


def private_names(source):
    """Private names that are read, set, called or overridden, and what comes from private modules."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("keras_tuner.src"):
            found |= {f"_{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("_") and not name.startswith("__")}


def test_no_name_is_lost():
    assert lost(owners()) == []


def test_a_lost_name_is_told():
    (told,) = lost({**owners(), "BayesianOptimizationOracle": object()})
    assert told == (
        f"keras-tuner {keras_tuner.__version__} has no BayesianOptimizationOracle._random_state, "
        "which draws the points to begin with at each suggestion: change keras_tuner_private.py"
    )


def test_every_private_name_has_its_use():
    listed = {name for names in NAMES.values() for name in names if name.startswith("_")}
    assert private_names(FILE.read_text()) == listed | {"_tuner_utils", "_objective"}


def test_private_names_stand_in_one_file():
    theirs = {name for owner in owners().values() for name in dir(owner)} | {"_tuner_utils", "_objective"}
    for path in FILE.parent.glob("*.py"):
        if path != FILE:
            assert private_names(path.read_text()) & theirs == set(), path
    assert private_names("hp._retrieve(1)\nfrom keras_tuner.src.engine import tuner_utils") <= theirs
