"""Arrays of other namespaces than NumPy, such as PyTorch tensors on a GPU."""
