"""What every part may import, and what imports no part."""
