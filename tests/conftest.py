"""A quiet TensorFlow, and the same start for every test."""

import gc
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import pytest

# `clear_session` collects garbage after each test; what the imports made is not worth looking through again.
gc.collect()
gc.freeze()


@pytest.fixture(autouse=True)
def _same_start():
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")
    keras.utils.clear_session()
