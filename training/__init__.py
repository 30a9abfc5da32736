"""Training of the plate networks; needs PyTorch (`requirements.txt` here), the product does not."""
