"""An error with the very words of its message."""

import contextlib

import pytest


@contextlib.contextmanager
def refuses(message, kind=ValueError):
    with pytest.raises(kind) as error:
        yield
    assert str(error.value) == message
