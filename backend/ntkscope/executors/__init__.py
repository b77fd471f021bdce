"""Where generators are iterated: in this process, or in warm worker processes."""
