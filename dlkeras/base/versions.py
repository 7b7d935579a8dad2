"""Which versions of packages made a result."""

from __future__ import annotations

import platform
from importlib import metadata

PACKAGES = ("dlkeras", "tensorflow", "keras", "numpy", "scipy", "scikit-learn", "matplotlib")


def versions(*more: str) -> dict[str, str]:
    """Gives the version of each package that every result depends on, of Python, and of `more` packages."""
    found = {name: metadata.version(name) for name in (*PACKAGES, *more)}
    return found | {"python": platform.python_version()}
