"""The private names of Keras: all in one file, and all still there."""

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
from keras.src.random import seed_generator
from keras.src.trainers import compile_utils
from keras.src.trainers.data_adapters import array_slicing
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

import dlkeras
from dlkeras.base import keras_private
from dlkeras.base.keras_names import NAMES

FILE = Path(keras_private.__file__)
FILES = [path for path in Path(dlkeras.__file__).parent.rglob("*.py") if "import keras\n" in path.read_text()]


@pytest.fixture(scope="module")
def owners():
    """What has the names."""
    words = keras.layers.Embedding(3, 2, mask_zero=True)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD()
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, "mse")
    model.evaluate(np.ones((1, 2)), np.ones(1), verbose=0)
    found = {"Layer": model.layers[0], "Model": model}
    found |= {"CompileLoss": model._compile_loss, "Loss": keras.losses.MeanSquaredError()}
    found |= {"Metric": keras.metrics.MeanSquaredError(), "Tensor": words(np.array([[0, 1]]))}
    found |= {"Probabilities": keras.activations.softmax(np.zeros((1, 2), np.float32))}
    found |= {"ArrayDataAdapter": ArrayDataAdapter(np.ones((1, 2))), "array_slicing": array_slicing}
    found |= {"seed_generator": seed_generator}
    return found | {"Variable": model.weights[0], "Optimizer": optimizer, "compile_utils": compile_utils}


def lost(found):
    """Says what a version of Keras has lost."""
    return [
        f"Keras {keras.__version__} has no {owner}.{name}, which {use}: change {FILE.name}"
        for owner, names in NAMES.items()
        for name, use in names.items()
        if not hasattr(found[owner], name)
    ]


def private_names(source):
    """Private names that are read, called or overridden, also by their text, but for what objects keep."""
    found, kept = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
                kept.add(node.attr)
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    return {name for name in found - kept if name.startswith("_") and not name.startswith("__")}


def test_no_name_is_lost(owners):
    assert lost(owners) == []


def test_a_lost_name_is_told(owners):
    (told,) = lost({**owners, "Tensor": object()})
    assert told == (
        f"Keras {keras.__version__} has no Tensor._keras_mask, which holds the mask that a layer gave to its "
        "output: change keras_private.py"
    )


def test_every_private_name_has_its_use():
    listed = {name for names in NAMES.values() for name in names if name.startswith("_")}
    assert private_names(FILE.read_text()) == listed


def test_private_names_stand_in_one_file(owners):
    theirs = {name for owner in owners.values() for name in dir(owner)}
    for path in FILES:
        if path != FILE:
            assert private_names(path.read_text()) & theirs == set(), path
            assert "keras.src" not in path.read_text(), path
    assert private_names("model._flatten_layers()") <= theirs
