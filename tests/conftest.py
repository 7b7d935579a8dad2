"""A quiet TensorFlow, and the same start for every test."""

import gc
import itertools
import sys

import pytest

from dlkeras import lab

lab.start_tensorflow()  # pytest would keep its greetings, and print them after the closing line
import keras  # noqa: E402

# `clear_session` collects garbage after each test; what was alive before is looked through only now and then.
gc.collect()
gc.freeze()
LOOK_AGAIN = 50  # tests after which all of it is
_tests = itertools.count(1)


@pytest.fixture(autouse=True)
def _same_start():
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")
    if "dlkeras.population" in sys.modules:  # a quick run of a lab in this process has set it
        sys.modules["dlkeras.population"].Population.jit_by_default = True
    if next(_tests) % LOOK_AGAIN == 0:
        gc.unfreeze()
    keras.utils.clear_session()
    gc.freeze()
