"""ntkscope: see spectral bias, measured against the theory of the neural tangent kernel."""

__version__ = "0.1.0"
