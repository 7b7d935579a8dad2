"""Columns that a formula or an optimizer stumbles over: image bytes, a wrong number, a constant."""

import warnings

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, RobustScaler, StandardScaler

from dlkeras import data

WRONG = 1000.0  # times too large: grams for kilograms
LIMIT = 3.0  # of clipped columns, in spreads
NUM_IMAGES = 200


def images():
    """Handwritten digits as bytes, from 0 to 1, and normalized, and their labels."""
    digits = data.load("digits", normalize=False)
    pixels = digits.x_train[:NUM_IMAGES] / digits.x_train.max()
    spread = pixels.std(axis=0)
    normalized = (pixels - pixels.mean(axis=0)) / np.where(spread > 0, spread, 1)  # corners are constant
    forms = {"bytes": np.round(255 * pixels), "over 255": pixels, "normalized": normalized}
    return {form: own.astype("float32") for form, own in forms.items()}, digits.y_train[:NUM_IMAGES]


def wrong_numbers(settings):
    """Trains on columns in which a single number is wrong; a seed draws the sample and the column.

    The regression is scikit-learn's, which finds the least cost itself. Columns are normalized by mean and
    spread, or by median and quartiles and then clipped.

    Yields:
        The test accuracy that is lost by the wrong number, in points, for both.
    """
    table = data.load(settings.dataset, normalize=False)
    x, y = np.float64(table.x_train), table.y_train
    for seed in settings.seeds:
        rng = np.random.default_rng(seed)
        wrong = x.copy()
        wrong[rng.integers(len(x)), rng.integers(x.shape[1])] *= WRONG
        found = {"part": "wrong number", "seed": seed}
        for name, scaler in {"spread": StandardScaler(), "quartiles": RobustScaler()}.items():
            limit = LIMIT if name == "quartiles" else np.inf
            right = []
            for seen in x, wrong:
                scale = make_pipeline(
                    scaler, FunctionTransformer(np.clip, kw_args={"a_min": -limit, "a_max": limit})
                )
                model = make_pipeline(scale, LogisticRegression(max_iter=5000)).fit(seen, y)
                right.append(model.score(table.x_test, table.y_test))
            found[name] = 100 * (right[0] - right[1])
        yield found


def constants(settings):
    """Normalizes columns of which one is constant: by the formula, and by Keras' layer.

    Yields:
        The share of this column that is not a number by the formula, and the largest size that Keras gives.
    """
    x = data.load(settings.dataset, normalize=False).x_train
    for seed in settings.seeds:
        rng = np.random.default_rng(seed)
        own = x.astype("float32")
        own[:, column := rng.integers(x.shape[1])] = rng.integers(1, 100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # 0 / 0
            formula = (own - own.mean(axis=0, dtype="float64")) / own.std(axis=0, dtype="float64")
        layer = keras.layers.Normalization()
        layer.adapt(own)
        keras_own = np.abs(layer(own).numpy()[:, column]).max()
        lost = np.isnan(formula[:, column]).mean()
        yield {"part": "constant", "seed": seed, "formula": float(lost), "keras": float(keras_own)}
