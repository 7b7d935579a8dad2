"""From samples over seeds to a finding: effect, interval, and a verdict that is computed."""

from dlkeras.base.finding import Finding
from dlkeras.findings.intervals import mean_interval, share_interval
from dlkeras.findings.together import benjamini_hochberg, best_by_others, holm
from dlkeras.findings.verdicts import check, judge, judge_ratio, judge_share

__all__ = [
    "Finding",
    "benjamini_hochberg",
    "best_by_others",
    "check",
    "holm",
    "judge",
    "judge_ratio",
    "judge_share",
    "mean_interval",
    "share_interval",
]
