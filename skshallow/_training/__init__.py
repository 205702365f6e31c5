"""One fit: its objective, its settings, its monitor, and how it ended."""
