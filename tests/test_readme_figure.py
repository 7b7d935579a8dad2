"""The figure beside a lab's README: the first one of its last run, made small."""

import dataclasses

import numpy as np
from lab_samples import write_folder
from PIL import Image
from refusals import refuses
from report_samples import FINDINGS, PAGE, RUNS, SETTINGS

from dlkeras import plots, report
from dlkeras.readme_figure import MAX_BYTES, WIDTHS, write_figure


def test_the_first_figure_is_made_small(tmp_path):
    lines = {"": {str(n): np.random.default_rng(n).random((5, 50)) for n in range(4)}}
    drawn = plots.curves(range(50), lines, xlabel="step", ylabel="loss (nats)")
    exhibits = {"loss": report.Exhibit(drawn, "Loss", "Five seeds.", "Noise.")}
    page = dataclasses.replace(PAGE, number=3)
    full = report.write_lab(tmp_path / "results", page, exhibits, FINDINGS, RUNS, SETTINGS).with_name(
        "loss.png"
    )
    script = write_folder(tmp_path)
    path = write_figure(script, tmp_path / "results")
    assert path == script.with_name("figure.png")
    assert path.stat().st_size <= MAX_BYTES < full.stat().st_size
    small, large = (Image.open(p).convert("RGB") for p in (path, full))
    assert small.width in WIDTHS
    apart = np.abs(np.subtract(small, large.resize(small.size), dtype=float))
    assert apart.mean() < 3  # of 255: the same picture


def test_a_lab_that_has_not_run(tmp_path):
    script = write_folder(tmp_path)
    with refuses(
        f"{tmp_path / 'lab-03'} must hold a run of the lab. Run it first, without --quick.", FileNotFoundError
    ):
        write_figure(script, tmp_path)
