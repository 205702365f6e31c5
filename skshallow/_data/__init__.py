"""From the user's X, y and weights to blocks of weighted, standardised rows."""
