"""An error with the very words of its message."""

import contextlib

import pytest


@contextlib.contextmanager
def refuses(message, kind=ValueError):
    with pytest.raises(kind) as error:
        yield
    assert str(error.value) == message


def refused(wrong_values, wrong_types=None):
    """Parametrizes a test with what is `given`, from tables by the `message` of the error of this `kind`."""
    tables = ((ValueError, wrong_values), (TypeError, wrong_types or {}))
    rows = [(given, message, kind) for kind, table in tables for message, given in table.items()]
    return pytest.mark.parametrize(("given", "message", "kind"), rows, ids=[row[1] for row in rows])
