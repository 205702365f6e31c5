"""Tables as they are: columns of numbers and categories, with gaps, encoded for a network."""
