"""libmi in PyTorch."""
