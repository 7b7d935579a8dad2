"""The same start for every test, without what only tests of Keras need: there are hundreds here, in NumPy."""

import keras
import pytest


@pytest.fixture(autouse=True)
def _same_start():
    keras.utils.set_random_seed(0)
