"""What the runs say of a fault: arrays by seed, which findings and figures share."""

import numpy as np
from trainings import FAULTS


def watched(runs):
    """Gives the faults of these runs, in the order of `trainings.FAULTS`."""
    there = set(runs.values("fault", part="watched"))
    return [fault for fault in FAULTS if fault in there]


def by_seed(runs, field, fault, broken):
    """Gives what was measured of a fault, (seeds, ...)."""
    return runs.stack(field, "seed", part="watched", fault=fault, broken=broken)


def gain_of_repair(runs, fault):
    """Gives the skill of the repaired training less that of the broken one, (seeds,)."""
    return by_seed(runs, "skill", fault, False) - by_seed(runs, "skill", fault, True)


def gain_of_change(runs, fault):
    """Gives the skill that the first change proposed gains, (seeds that were tried,); empty if none was."""
    if not any(run["part"] == "tried" and run["fault"] == fault for run in runs if "fault" in run):
        return np.zeros(0)
    return runs.stack("gain", "seed", part="tried", fault=fault)


def share_by_seed(runs, field, broken):
    """Gives the share of all faults that have a property, (seeds,)."""
    return np.mean([by_seed(runs, field, fault, broken) for fault in watched(runs)], axis=0)
