"""Each recorder's plot, in one line; the face of the package."""

from importlib import resources

import numpy as np
import pytest
from gradient_oracle import X, compiled, dense_net, fit
from refusals import refuses

import dlkeras
from dlkeras import plots
from dlkeras.callbacks import ActivationStats, GradientNorms


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_gradient_norms():
    norms = GradientNorms(updates=True)
    fit(compiled(dense_net()), norms)
    for what, label in {
        "gradient_norm": "gradient norm (L2)",
        "update_ratio": "norm of change / norm of weights",
    }.items():
        (ax,) = norms.plot(what).axes
        assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("training step", label, "log")
        assert {"hidden", "logits"} <= texts(ax)
    lines = {line.get_label(): line.get_ydata() for line in norms.plot().axes[0].lines}
    np.testing.assert_allclose(lines["hidden"], norms.norms[:, 0], rtol=1e-6)
    with refuses(
        '`what` must be "gradient_norm" or "weight_norm" or "update_ratio". Received: what=\'loss\''
    ):
        norms.plot("loss")


def test_activation_stats():
    for unit, xlabel in {
        "epoch": "epoch, 0 before training",
        "step": "training step, 0 before training",
    }.items():
        stats = ActivationStats(X, unit=unit)
        fit(compiled(dense_net()), stats, epochs=3)
        (ax,) = stats.plot("saturated_rate").axes
        assert ax.get_xlabel() == xlabel
        assert "hidden" in texts(ax)
        assert "logits" not in texts(ax)  # linear: it cannot saturate
        assert ax.get_ylim()[1] >= 1
        assert stats.plot("mean").axes[0].get_yscale() == "linear"


def test_many_layers():
    steps = np.arange(5)
    values = np.ones((5, 20)) * np.arange(1, 21)
    names = [f"layer_{i}" for i in range(1, 21)]
    axes = plots.layers_over_time(steps, values, names, xlabel="step", ylabel="norm", log_y=True).axes
    assert axes[0].get_ylabel() == "layer"  # a map
    axes = plots.layers_over_time(steps, values, names, xlabel="step", ylabel="mean", log_y=False).axes
    assert axes[0].get_title(loc="left") == "8 of 20 layers"
    assert {"layer_1", "layer_20"} <= texts(axes[0])
    with refuses("`values` must have a row to be drawn. Received: none."):
        plots.layers_over_time([], np.ones((0, 2)), ["a", "b"], xlabel="step", ylabel="mean", log_y=False)


def test_the_face_of_the_package():
    assert {"callbacks", "population", "gradcheck", "tuning", "plots"} <= set(dir(dlkeras))
    assert dlkeras.callbacks.GradientNorms is GradientNorms
    with pytest.raises(AttributeError, match="module 'dlkeras' has no attribute 'nothing'"):
        dlkeras.nothing  # noqa: B018
    assert resources.files("dlkeras").joinpath("py.typed").is_file()
    for recorder in (GradientNorms, ActivationStats):
        own = {name for name in dir(recorder) if not name.startswith(("_", "on_"))}
        assert not own & {"watching", "after_step", "before_execution"}
