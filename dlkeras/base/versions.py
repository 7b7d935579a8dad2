"""Which versions of packages, and what machine, made a result."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("dlkeras", "tensorflow", "keras", "numpy", "scipy", "scikit-learn", "matplotlib")


def versions(*more: str) -> dict[str, str]:
    """Gives the version of each package that every result depends on, of Python, and of `more` packages."""
    found = {name: metadata.version(name) for name in (*PACKAGES, *more)}
    return found | {"python": platform.python_version()}


def machine() -> dict[str, str | int]:
    """Names what last digits depend on besides: the processor, its cores, and the threads used."""
    cores = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return {"processor": processor(), "cores": cores, "threads": usable}


def processor() -> str:
    """Gives the name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
