"""What the diagnosis command does: trains, reports, tries the changes, and has the page written."""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path

from dlkeras import lab

lab.start_tensorflow()  # quietly, before anything else imports it

import keras  # noqa: E402

from dlkeras.diagnosis.callback import Diagnosis  # noqa: E402
from dlkeras.diagnosis.telling import page  # noqa: E402
from dlkeras.search.command import load_data, load_model  # noqa: E402


def run(flags: argparse.Namespace) -> Path:
    """Trains the model and writes the page, whose path it gives."""
    build, split = load_model(flags.model), load_data(flags.data, 0)
    keras.utils.set_random_seed(0)
    model = build(0) if inspect.signature(build).parameters else build()
    diagnosis, held_out = Diagnosis(), (split.x_val, split.y_val)
    options = {"epochs": flags.epochs, "batch_size": flags.batch_size, "verbose": 0}
    try:
        model.fit(split.x_train, split.y_train, validation_data=held_out, callbacks=[diagnosis], **options)
    except Exception as error:
        if not diagnosis.problems:
            raise
        print(f"The training stopped: {str(error).strip().splitlines()[0]}", file=sys.stderr)
    print(diagnosis.report())
    trials = []
    if flags.prove and diagnosis.problems:
        trials = diagnosis.try_changes(build, split.x_train, split.y_train, flags.seeds, held_out)
        for trial in trials:
            low, high = trial.finding.interval
            print(
                f"{trial.finding.verdict}: {trial.change.words} Skill {trial.before.mean():.2f} to "
                f"{trial.after.mean():.2f}, gained {low:+.2f} to {high:+.2f}."
            )
        print(page.advice(trials))
    folder = flags.out / f"diagnosis-{flags.name}"
    return page.write_page(
        folder, f"{flags.name}: why it does not learn", diagnosis.problems, diagnosis.evidence, trials
    )
