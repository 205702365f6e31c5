"""One fit: its problem, its monitor, and how it ended."""
