"""The zoom on functions, without training: boxes, stages, the fit, duplicates, the same search again."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from dlkeras.tuning.smooth_fit import JITTER, SmoothFit, standardize
from dlkeras.tuning.space import Space, choice_axis, grid_axis, range_axis
from dlkeras.tuning.zoom import WIDTHS, Zoom


def cube(d):
    return Space([range_axis(f"x{i}", 0.0, 1.0, "linear") for i in range(d)])


def run(space, loss, trials=60, seed=0):
    """Returns the suggestions and the losses of a search with one worker."""
    zoom = Zoom(space, trials, seed)
    suggestions, losses = [], []
    for number in range(trials):
        suggestion = zoom.suggest(number)
        if suggestion is None:
            break
        suggestions.append(suggestion)
        losses.append(loss(space.values(suggestion.point)))
        zoom.observe(suggestion.point, losses[-1])
    return suggestions, np.array(losses)


def bowl(values):
    return (values["x0"] - 0.2) ** 2 + (values["x1"] - 0.9) ** 2 + 0.01 * values["x2"]


# The fit


def fitted(n=25, d=3, seed=0):
    rng = np.random.default_rng(seed)
    fit = SmoothFit(cube(d).columns)
    x = rng.random((n, d))
    targets = standardize(np.sin(5 * x[:, 0]) + x[:, 1] + 0.05 * rng.normal(size=n))
    fit.learn(x, targets, steps=8)
    return fit, x, targets


def peer(fit, x, targets):
    kernel = ConstantKernel(fit._variance) * Matern(fit.lengths, nu=2.5) + WhiteKernel(
        fit._variance * (fit.noise + JITTER)
    )
    return GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None).fit(x, targets)


def test_the_fit_is_that_of_scikit_learn():
    fit, x, targets = fitted()
    other = peer(fit, x, targets)
    points = np.random.default_rng(1).random((40, 3))
    mean, deviation = fit.predict(points)
    expected, covariance = other.predict(points, return_cov=True)
    np.testing.assert_allclose(mean, expected, rtol=1e-6, atol=1e-8)
    noise = fit._variance * (fit.noise + JITTER)
    np.testing.assert_allclose(deviation**2, np.diag(covariance) - noise, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(fit.smoothed(), fit.predict(x)[0], rtol=1e-6, atol=1e-8)


def test_the_slope_is_that_of_the_likelihood():
    fit, x, targets = fitted()
    logs = fit._logs.copy()

    def loss(logs):
        fit._logs = logs
        fit.learn(x, targets, steps=0)
        prior = 0.5 * np.sum(((logs - fit._prior) / fit._spread) ** 2)
        return prior - peer(fit, x, targets).log_marginal_likelihood_value_

    numeric = [(loss(logs + h) - loss(logs - h)) / 2e-5 for h in 1e-5 * np.eye(4)]
    fit._logs = logs
    fit.learn(x, targets, steps=1)
    np.testing.assert_allclose(fit._slope, numeric, rtol=1e-3, atol=1e-4)


def test_a_wrong_kernel_would_be_noticed():
    fit, x, targets = fitted()
    wrong = GaussianProcessRegressor(Matern(fit.lengths, nu=1.5), alpha=fit.noise, optimizer=None).fit(
        x, targets
    )
    points = np.random.default_rng(1).random((40, 3))
    assert np.abs(fit.predict(points)[0] - wrong.predict(points)).max() > 1e-3


def test_lengths_tell_what_matters():
    x = np.random.default_rng(0).random((40, 3))
    fit = SmoothFit(cube(3).columns)
    fit.learn(x, standardize(np.sin(6 * x[:, 1])), steps=40)
    assert fit.lengths[1] < 0.3 * min(fit.lengths[0], fit.lengths[2])


def test_losses_that_exploded_count_by_their_logarithm():
    targets = standardize(np.array([1.0, 2.0, 3.0, 4.0, 1e6, np.nan]))
    assert targets.mean() == pytest.approx(0)
    assert targets.std() == pytest.approx(1)
    assert targets[4] == targets[5]  # no loss: as the worst
    assert targets[1] - targets[0] > 0.02 * (targets[4] - targets[0])
    np.testing.assert_array_equal(standardize(np.array([2.0, 2.0, np.nan])), 0)


# Coarse to fine


def test_it_finds_the_bottom():
    _, losses = run(cube(3), bowl)
    assert losses.min() < 1e-4
    assert losses.min() < 0.02 * np.median(
        [bowl({f"x{i}": u for i, u in enumerate(p)}) for p in np.random.default_rng(0).random((200, 3))]
    )


def test_stages_follow_each_other_and_their_boxes_shrink():
    suggestions, _ = run(cube(3), bowl)
    stages = [suggestion.stage for suggestion in suggestions]
    assert stages[:9] == ["coarse"] * 9
    fine = [stage for stage in stages if stage != "coarse"]
    assert fine == sorted(fine)
    assert set(fine) == {f"fine {i + 1}" for i in range(len(WIDTHS))}
    assert 0 < stages[9:].count("coarse") < 15  # one in ten of 51
    for suggestion in suggestions:
        for i, (low, high) in enumerate(suggestion.box.values()):
            assert 0 <= low <= suggestion.point[i] <= high <= 1
            assert high - low <= 2 * 2.5 * WIDTHS[int(suggestion.stage[-1]) - 1] + 1e-12


def test_a_search_that_starts_again_goes_on_as_it_would_have():
    suggestions, losses = run(cube(3), bowl, 30)
    zoom = Zoom(cube(3), 30, 0)
    for suggestion, loss in zip(suggestions[:20], losses, strict=False):
        zoom.observe(suggestion.point, loss)
    np.testing.assert_array_equal(zoom.suggest(20).point, suggestions[20].point)


def test_workers_that_ask_at_once_get_different_points():
    zoom = Zoom(cube(2), 40, 0)
    running = []
    for number in range(12):
        running.append(zoom.suggest(number, running).point)
    assert len({tuple(point) for point in running}) == 12
    for point in running:
        zoom.observe(point, float(np.sum(point**2)))
    running = []
    for number in range(12, 20):
        running.append(zoom.suggest(number, running).point)
    assert len({tuple(point) for point in running}) == 8


def test_failures_do_not_lead_it():
    def fails(values):
        return np.nan if values["x0"] > 0.3 else bowl(values)

    _, losses = run(cube(3), fails)
    assert np.nanmin(losses) < 1e-3
    assert np.isnan(losses[30:]).mean() < 0.4
    nothing, _ = run(cube(2), lambda values: np.nan, 20)
    assert {suggestion.stage for suggestion in nothing} == {"coarse"}


def test_a_finite_space_is_searched_to_its_end_and_no_point_twice():
    space = Space([grid_axis("a", [1, 2, 3, 4]), choice_axis("b", ["x", "y", "z"])])
    suggestions, _ = run(space, lambda values: values["a"] + (values["b"] == "y"))
    found = [tuple(space.values(suggestion.point).values()) for suggestion in suggestions]
    assert sorted(found) == sorted({(a, b) for a in (1, 2, 3, 4) for b in "xyz"})


def test_a_space_of_nothing_is_tried_once():
    for space in (Space([]), Space([choice_axis("a", [1])])):
        suggestions, _ = run(space, lambda values: 0.0)
        assert len(suggestions) == 1


def test_conditional_and_discrete_axes():
    space = Space(
        [
            choice_axis("kind", ["a", "b", "c"]),
            range_axis("rate", 1e-4, 1.0, "log"),
            range_axis("momentum", 0.0, 1.0, "linear", None, (("kind", ("b",)),)),
            grid_axis("depth", range(1, 9)),
        ]
    )

    def loss(values):
        base = {"a": 0.3, "b": 0.0, "c": 0.5}[values["kind"]]
        extra = (values["momentum"] - 0.7) ** 2 if values["kind"] == "b" else 0
        return base + extra + (np.log10(values["rate"]) + 2) ** 2 / 4 + 0.1 * abs(values["depth"] - 6)

    suggestions, losses = run(space, loss)
    best = space.values(suggestions[int(losses.argmin())].point)
    assert best["kind"] == "b"
    assert best["depth"] == 6
    assert losses.min() < 0.01
    boxes = [suggestion.box for suggestion in suggestions if suggestion.box]
    assert boxes[-1]["kind"] == ["a", "b", "c"]
    assert boxes[-1]["depth"][0] <= 6 <= boxes[-1]["depth"][1]


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_it_beats_random_search(noise):
    rng = np.random.default_rng(0)
    bottom = np.array([0.1, 0.3, 0.5, 0.7, 0.9])

    def wide_bowl(values):
        return float(np.sum((np.array(list(values.values())) - bottom) ** 2))

    wins = []
    for seed in range(10):
        noises = noise * 0.8 * rng.normal(size=(2, 40))  # the median point of the cube is about 0.8 high
        given = iter(noises[0])
        suggestions, losses = run(cube(5), lambda values, n=given: wide_bowl(values) + next(n), 40, seed)
        found = wide_bowl(cube(5).values(suggestions[int(losses.argmin())].point))
        true = np.sum((rng.random((40, 5)) - bottom) ** 2, axis=1)
        wins.append(found < true[int(np.argmin(true + noises[1]))])
    assert np.mean(wins) >= (0.9 if noise == 0 else 0.7)


def test_many_trials_are_fitted_in_part():
    zoom = Zoom(cube(2), 300, 0)
    for number in range(150):
        point = zoom.suggest(number).point
        zoom.observe(point, float(np.sum((point - 0.4) ** 2)))
    np.testing.assert_allclose(zoom.centre, 0.4, atol=0.02)
