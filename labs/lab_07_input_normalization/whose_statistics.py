"""What it costs to normalize a test by other numbers than the training."""

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from dlkeras import data
from dlkeras.population import Population

DRAWS = 50  # tests of each size, for each seed
OTHER_UNITS = 1000.0  # grams for kilograms, in one column


def normalized_by(build, loss, settings):
    """Trains on normalized columns and tests by the training's statistics, by the test's own, in other units.

    A seed draws the first weights and, in every test, the samples.
    """
    table = data.load(settings.dataset)
    population = Population(build, settings.seeds)
    population.compile(keras.optimizers.Adam(0.1), loss)
    population.fit(table.x_train, table.y_train, len(table.x_train), 100, shuffle=False, verbose=0)
    kernels, biases = population.get_weights()
    x, y = table.x_test, table.y_test
    for seed, kernel, bias in zip(settings.seeds, kernels, biases, strict=True):
        rng = np.random.default_rng(seed)
        for count in settings.counts:
            draws = [rng.choice(len(x), count, replace=False) for _ in range(DRAWS)]
            lost = [_points_lost(x[rows], y[rows], kernel, bias) for rows in draws]
            yield {"part": "own statistics", "seed": seed, "count": count, "lost": float(np.mean(lost))}
        other = x.copy()
        column = rng.integers(other.shape[1])
        measured = other[:, column] * table.std[column] + table.mean[column]
        other[:, column] = (measured * OTHER_UNITS - table.mean[column]) / table.std[column]
        lost = 100 * (_right(x, y, kernel, bias) - _right(other, y, kernel, bias))
        yield {"part": "other units", "seed": seed, "lost": float(lost)}


def _points_lost(x, y, kernel, bias):
    """Accuracy lost by normalizing these samples by their own mean and spread, in points."""
    spread = x.std(axis=0)
    own = (x - x.mean(axis=0)) / np.where(
        spread > 0, spread, 1
    )  # of a single sample all columns are constant
    return 100 * (_right(x, y, kernel, bias) - _right(own, y, kernel, bias))


def _right(x, y, kernel, bias):
    """The share of samples whose class is found."""
    return np.mean((x @ kernel + bias).argmax(axis=1) == y)


def leak(settings):
    """Compares a training by its own statistics with one whose statistics include the test's.

    A seed draws the split. The regression is scikit-learn's, which finds the least cost itself, so that no
    learning rate has a part in it.
    """
    table = data.load(settings.dataset, normalize=False)
    x, y = np.concatenate([table.x_train, table.x_test]), np.concatenate([table.y_train, table.y_test])
    for size in settings.sizes:
        for seed in settings.seeds:
            x_train, x_test, y_train, y_test = train_test_split(
                x, y, train_size=size, random_state=seed, stratify=y
            )
            right = {}
            for name, seen in {"clean": x_train, "leaked": x}.items():
                scaler = StandardScaler().fit(seen)
                model = LogisticRegression(max_iter=1000).fit(scaler.transform(x_train), y_train)
                right[name] = 100 * model.score(scaler.transform(x_test), y_test)
            yield {"part": "leak", "seed": seed, "size": size, **right}
