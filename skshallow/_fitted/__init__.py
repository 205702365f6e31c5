"""What was learned: prediction, attributes, and storage."""
