"""Whether a change helps: the training again, as it is and with the change."""
