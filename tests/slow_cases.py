"""Long tables of cases: `make test` tries some, `make test-all` every one."""

from collections.abc import Iterable

import pytest


def some_now(cases: Iterable[str], *now: str) -> list:
    """Marks all cases as slow but the named ones."""
    cases = list(cases)
    assert set(now) <= set(cases)
    return [pytest.param(case, marks=() if case in now else pytest.mark.slow) for case in cases]
