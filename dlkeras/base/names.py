"""Names that are told apart."""

from __future__ import annotations

from collections.abc import Sequence


def unique(names: Sequence[str]) -> list[str]:
    """Returns the names, each with a number that none has yet from its second time on.

    Example:
        >>> unique(["dense", "dense", "logits"])
        ['dense', 'dense (2)', 'logits']
    """
    given: dict[str, None] = {}
    for name in names:
        count, candidate = 1, name
        while candidate in given:
            count += 1
            candidate = f"{name} ({count})"
        given[candidate] = None
    return list(given)
