"""From samples over seeds to a finding: effect, interval, and a verdict that is computed."""

from dlkeras.findings.intervals import mean_interval, share_interval
from dlkeras.findings.verdicts import Finding, judge, judge_share

__all__ = ["Finding", "judge", "judge_share", "mean_interval", "share_interval"]
