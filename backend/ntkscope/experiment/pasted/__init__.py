"""A pasted model in PyTorch's or Keras's words, read without being run."""
