"""Bytes: the one place that knows how events travel."""
