"""From checked numbers to the record of a finding."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlkeras.base.finding import CONTRADICTED, MIN_SEEDS, NOT_MEASURABLE, SUPPORTED, UNDECIDED, Finding
from dlkeras.findings.intervals import mean_test, share_interval

STUDENT, EXACT = "Student’s t", "exact, the same at every seed"


def judge_mean(
    words: dict[str, Any],
    samples: ArrayLike,
    baseline: ArrayLike | None,
    paired: bool,
    trained: ArrayLike | None,
    side: str,
    threshold: float,
    confidence: float,
    logs: bool,
) -> Finding:
    """Judges a mean, of numbers or of their logarithms; arguments are those of `judge`."""
    given = {"samples": checked_numbers("samples", samples)}
    if baseline is not None:
        given["baseline"] = checked_numbers("baseline", baseline)
    parts = [_logarithms(part) if logs else part for part in given.values()]
    method = f"{STUDENT} of logarithms" if logs else STUDENT
    if baseline is not None:
        method += ", paired by seed" if paired else ", two samples"
        parts = _differences(*parts) if paired else parts
    is_trained = None
    if trained is not None:
        is_trained = checked_booleans("trained", trained)
        parts = [_only(is_trained, parts)]
        given["trained"] = is_trained
    num_lost = sum(int(np.sum(~np.isfinite(part))) for part in parts)
    lost = f"{num_lost} of {sum(map(len, parts))} numbers are {'0 or less, or ' * logs}not finite."
    notes = [lost * bool(num_lost), _share_that_trained(is_trained), words["note"]]
    back = np.exp if logs else float
    record = {
        **words,
        **{name: tuple(part.tolist()) for name, part in given.items()},
        **{"note": " ".join(filter(None, notes)), "side": side, "threshold": float(threshold)},
        **{"n": min(map(len, parts)), "confidence": confidence, "method": method},
    }
    if num_lost or not record["n"]:
        return Finding(**record, effect=np.nan, interval=(np.nan, np.nan), verdict=NOT_MEASURABLE)
    if record["n"] > 1 and all(_are_equal(part, logs) for part in parts):
        effect = float(back(parts[0][0] - sum(part[0] for part in parts[1:])))
        return read_off(record | {"method": EXACT, "power": 1.0}, effect, (effect, effect))
    found, place = mean_test(*parts), np.log(threshold) if logs else threshold
    if record["n"] >= MIN_SEEDS:
        record |= {"p_value": float(found.p_value(place)), "power": float(found.power(place, confidence))}
    with np.errstate(over="ignore"):  # of two or three seeds, an end may be infinite
        interval = tuple(float(back(end)) for end in found.interval(confidence))
    return read_off(record, float(back(found.effect)), interval if record["n"] > 1 else (np.nan, np.nan))


def read_off(record: dict[str, Any], effect: float, interval: tuple[float, float]) -> Finding:
    """Makes a finding whose verdict follows from the interval; it has a power if it has a verdict."""
    low, high = interval
    is_above, is_below = low > record["threshold"], high < record["threshold"]
    verdict = UNDECIDED
    if record["n"] >= MIN_SEEDS and (is_above or is_below):
        verdict = SUPPORTED if is_above == (record["side"] == "above") else CONTRADICTED
    if verdict == UNDECIDED:
        record = record | {"power": np.nan}
    return Finding(**record, effect=effect, interval=(low, high), verdict=verdict)


def checked_numbers(argument: str, values: ArrayLike) -> np.ndarray:
    """Returns numbers by seed as an array, (n,), or raises a ValueError that says what is wrong."""
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or not values.size:
        raise ValueError(
            f"`{argument}` must be one number for each seed. Received: {argument} of shape {values.shape}"
        )
    return values


def checked_booleans(argument: str, values: ArrayLike) -> np.ndarray:
    """Returns booleans by seed as an array, (n,), or raises an error that says what is wrong."""
    values = np.asarray(values)
    if values.ndim != 1 or not values.size:
        raise ValueError(
            f"`{argument}` must be one for each seed. Received: {argument} of shape {values.shape}"
        )
    if values.dtype != bool:
        raise TypeError(f"`{argument}` must be booleans. Received: {argument} of dtype {values.dtype}")
    return values


def checked_claim(above: float | None, below: float | None, confidence: float) -> tuple[str, float]:
    """Returns side and threshold of a claim, or raises a ValueError that says what is wrong."""
    if (above is None) == (below is None):
        raise ValueError(f"Give one of `above` and `below`. Received: above={above}, below={below}")
    if not np.isfinite(above if below is None else below):
        raise ValueError(f"`above` or `below` must be finite. Received: above={above}, below={below}")
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be between 0 and 1. Received: confidence={confidence}")
    return ("above", float(above)) if below is None else ("below", float(below))


def _differences(samples: np.ndarray, baseline: np.ndarray) -> list[np.ndarray]:
    if len(samples) != len(baseline):
        raise ValueError(
            "`baseline` must have a number for each of `samples`, of the same seeds in the same order. "
            f"Received: {len(samples)} samples, {len(baseline)} in baseline. "
            "Pass paired=False if it has seeds of its own."
        )
    with np.errstate(invalid="ignore"):  # infinity from infinity
        return [samples - baseline]


def _only(trained: np.ndarray, parts: list[np.ndarray]) -> np.ndarray:
    if len(parts) != 1 or len(trained) != len(parts[0]):
        raise ValueError(
            "`trained` must say for each of `samples` whether it trained, and a baseline must be paired. "
            f"Received: {len(trained)} in trained, {' and '.join(str(len(part)) for part in parts)} numbers"
        )
    return parts[0][trained]


def _share_that_trained(trained: np.ndarray | None) -> str:
    if trained is None or trained.all():
        return ""
    low, high = share_interval(trained)
    count = f"{trained.sum()} of {len(trained)} runs trained ({low:.0%} to {high:.0%})"
    return f"{count}; the mean is theirs."


def _are_equal(part: np.ndarray, logs: bool) -> bool:
    """Whether numbers, or those that these are logarithms of, differ by the rounding of a float64 at most."""
    return np.ptp(part) <= 1e-12 * (1 if logs else np.abs(part).max())


def _logarithms(part: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(part)
