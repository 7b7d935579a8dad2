"""An error with the very words of its message."""

import contextlib

import pytest


@contextlib.contextmanager
def refuses(message, kind=ValueError):
    with pytest.raises(kind) as error:
        yield
    assert str(error.value) == message


def refused(wrong_values, wrong_types=None):
    """Parametrizes a test with `call`, `message` and `kind`, from calls by the messages of their errors."""
    tables = ((ValueError, wrong_values), (TypeError, wrong_types or {}))
    rows = [(call, message, kind) for kind, calls in tables for message, call in calls.items()]
    return pytest.mark.parametrize(("call", "message", "kind"), rows)
