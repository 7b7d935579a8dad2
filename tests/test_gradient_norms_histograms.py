"""Histograms of gradients against NumPy's, in tables and in the event file."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import batches, compiled, dense_net, fit, to_float64

from dlkeras.callbacks import GradientNorms

MODES = {"graph": {"jit_compile": False}, "xla": {"jit_compile": True}, "eager": {"run_eagerly": True}}


def gradients_of(model, batch):
    x, y = batch
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True))
    return [to_float64(g).ravel() for g in tape.gradient(loss, model.trainable_variables)]


@pytest.mark.parametrize("mode", MODES)
def test_counts_are_those_of_numpy(mode):
    norms, twin = GradientNorms(histograms=2), compiled(dense_net())
    model = fit(compiled(dense_net(), keras.optimizers.SGD(0.0), **MODES[mode]), norms)
    assert norms.histogram_steps.tolist() == [0, 2, 4]
    edges = np.concatenate([[-np.inf], norms.histogram_edges, [np.inf]]).astype(np.float64)
    for row, step in enumerate(norms.histogram_steps):
        for column, gradient in enumerate(gradients_of(twin, batches()[step])):
            expected, _ = np.histogram(gradient, edges)
            # A gradient at the border of a bin may fall on either side.
            assert np.abs(norms.histogram_counts[row, column] - expected).sum() <= 2
            assert norms.histogram_counts[row, column].sum() == gradient.size
    plain = fit(compiled(dense_net(), keras.optimizers.SGD(0.0), **MODES[mode]))
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_tables_and_event_file(tmp_path):
    norms = GradientNorms(histograms=3, log_dir=tmp_path)
    fit(compiled(dense_net()), norms)
    frame = norms.to_frame("histograms")
    assert list(frame) == ["step", "variable", "low", "high", "count"]
    of_kernel = (frame["step"] == 3) & (frame["variable"] == "hidden/kernel")
    assert frame["count"][of_kernel].sum() == 6 * 5
    assert (frame["low"] < frame["high"]).all()
    (path,) = tmp_path.iterdir()
    events = [tf.compat.v1.Event.FromString(e.numpy()) for e in tf.data.TFRecordDataset(str(path))]
    found = {(v.tag, e.step): v.histo for e in events for v in e.summary.value if v.HasField("histo")}
    assert set(found) == {(f"gradient/{name}", step) for name in norms.variable_names for step in (0, 3)}
    histogram = found["gradient/hidden/kernel", 3]
    assert histogram.num == sum(histogram.bucket) == 30
    norm = norms.variable_norms[3, 0]
    np.testing.assert_allclose(np.sqrt(histogram.sum_squares), norm, rtol=0.2)  # middles of bins


def test_nan_is_in_no_bin_and_repeated_rows_are_added():
    x = keras.Input((4,), dtype="int32")
    words = keras.layers.Flatten()(keras.layers.Embedding(7, 2, name="words")(x))
    model = compiled(keras.Model(x, keras.layers.Dense(3, name="logits")(words)))
    norms = GradientNorms(histograms=1)
    fit(model, norms, x=np.ones((22, 4), np.int32))
    counts = norms.histogram_counts[:, norms.variable_names.index("words/embeddings")]
    assert (counts.sum(axis=1) == 14).all()
    assert (counts[:, 129] == 12).all()  # six rows that no token has
    model.layers[-1].kernel.assign(model.layers[-1].kernel * np.nan)
    fit(model, norms, x=np.ones((22, 4), np.int32))
    assert norms.histogram_counts[0, 0].sum() == 12
