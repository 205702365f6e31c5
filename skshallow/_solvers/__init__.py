"""The objective and the algorithms that minimise it."""
