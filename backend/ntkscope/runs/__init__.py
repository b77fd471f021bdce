"""Runs: submitted, queued, watched, paused, extended, deleted."""
