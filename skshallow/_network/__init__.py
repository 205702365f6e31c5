"""The mathematics of the notes: the network, its cost and its gradient."""
