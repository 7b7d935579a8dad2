"""What the exercises of each lab ask, and our solutions."""
