"""Skill and what simple methods reach, against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.neighbors import KNeighborsClassifier

from dlkeras.diagnosis.watching.reference import RIDGE, reference_skill
from dlkeras.diagnosis.watching.samples import Samples
from dlkeras.diagnosis.watching.skill import skill_of

rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 60)
P = rng.random((60, 3))


def balanced(truth, guess):
    return balanced_accuracy_score(truth, guess, adjusted=True)


@pytest.mark.parametrize(
    ("kind", "y", "p", "is_logit", "expected"),
    [
        ("classes", Y, P, False, balanced(Y, P.argmax(1))),
        ("one_hot", np.eye(3)[Y], P, False, balanced(Y, P.argmax(1))),
        ("binary", (Y > 1), P[:, :1], False, balanced(Y > 1, P[:, 0] > 0.5)),
        ("binary", (Y > 1)[:, None], P[:, :1] - 0.5, True, balanced(Y > 1, P[:, 0] > 0.5)),
        ("signs", np.where(Y > 1, 1, -1), P[:, :1] - 0.3, False, balanced(Y > 1, P[:, 0] > 0.3)),
        ("real", P, P[::-1], False, r2_score(P, P[::-1], multioutput="variance_weighted")),
        ("real", Y.astype(float), np.full((60, 1), Y.mean()), False, 0.0),
    ],
)
def test_skill(kind, y, p, is_logit, expected):
    assert skill_of(y, p, kind, is_logit) == pytest.approx(expected, abs=1e-12)


def test_skill_of_several_labels_is_their_mean():
    y = np.stack([Y > 0, Y > 1], axis=1)
    expected = np.mean([balanced(y[:, k], P[:, k] > 0.5) for k in (0, 1)])
    assert skill_of(y, P[:, :2], "multilabel", False) == pytest.approx(expected)


def test_a_constant_has_none_and_nan_is_no_number():
    assert skill_of(Y, np.tile([0.1, 0.8, 0.1], (60, 1)), "classes", False) == 0
    assert np.isnan(skill_of(Y, P * np.nan, "classes", False))


def others(k, n=60):
    return np.delete(np.arange(n), k)


def test_reference_rates_each_sample_by_the_others():
    x = rng.normal(size=(60, 4)) + Y[:, None]
    z = (x - x.mean(0)) / x.std(0)
    near = [
        KNeighborsClassifier(5).fit(z[others(k)], Y[others(k)]).predict_proba(z[k : k + 1])[0]
        for k in range(60)
    ]
    expected = balanced(Y, np.argmax(near, axis=1))
    targets = np.eye(3)[Y]
    lines = []
    for k in range(60):
        mean = targets.mean(0)  # of all, as is the centre of the columns
        ridge = Ridge(alpha=RIDGE * 60, fit_intercept=False).fit(z[others(k)], (targets - mean)[others(k)])
        lines.append(mean + ridge.predict(z[k : k + 1])[0])
    expected = max(expected, balanced(Y, np.argmax(lines, axis=1)))
    assert reference_skill(Samples(x, [Y]), "classes") == pytest.approx(expected)


def test_reference_of_what_has_none():
    x = rng.normal(size=(60, 4))
    assert abs(reference_skill(Samples(x, [rng.normal(size=(60, 1))]), "real")) < 0.5
    assert np.isnan(reference_skill(Samples(x, [x.copy()]), "real"))  # to be reproduced
    assert np.isnan(reference_skill(Samples(x * np.nan, [Y]), "classes"))
    assert np.isnan(reference_skill(Samples(x[:10], [Y[:10]]), "classes"))  # too few to have neighbours
