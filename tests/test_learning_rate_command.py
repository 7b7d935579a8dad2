"""`dlkeras learning-rate`: a sentence and a figure, or a sentence on what is wrong."""

import re

import numpy as np

from dlkeras.search import learning_rate

MODEL = """
import keras


def build(seed):
    start = keras.initializers.RandomNormal(seed=seed)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer=start)])
    model.compile("sgd", "mse")
    return model
"""


def test_it_says_the_rate_and_where_the_figure_is(tmp_path, capsys):
    (tmp_path / "model_for_a_rate.py").write_text(MODEL)
    x = np.random.default_rng(0).normal(size=(80, 2)).astype("float32")
    np.savez(tmp_path / "small.npz", x_train=x, y_train=x.sum(axis=1, keepdims=True))
    words = [f"{tmp_path / 'model_for_a_rate.py'}:build", str(tmp_path / "small.npz"), "--out", str(tmp_path)]
    assert learning_rate.main([*words, "--optimizer", "sgd", "--steps", "20"]) == 0
    said, figure = capsys.readouterr().out.splitlines()
    rate = float(re.match(r"Learning rate (\S+): the lowest loss", said)[1])
    assert 0.05 < rate < 1.5  # curvatures are near 2, so that 0.5 is the quickest and 1 the limit
    assert figure == f"Figure: {tmp_path / 'learning-rate-small.png'}"
    assert (tmp_path / "learning-rate-small.png").stat().st_size > 5000


def test_what_is_wrong_is_a_sentence(tmp_path, capsys):
    assert learning_rate.main(["nowhere.py:build", "digits"]) == 1
    told = capsys.readouterr().err
    assert told == "error: MODEL must name a Python file that is there. Received: nowhere.py:build\n"
