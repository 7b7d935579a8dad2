"""From samples over seeds to a finding: effect, interval, and a verdict that is computed."""

from dlkeras.findings.intervals import mean_interval, share_interval
from dlkeras.findings.judge import Finding, judge, judge_share
from dlkeras.findings.theory import depth_limit, factor_per_layer, mean_field

__all__ = [
    "Finding",
    "depth_limit",
    "factor_per_layer",
    "judge",
    "judge_share",
    "mean_field",
    "mean_interval",
    "share_interval",
]
