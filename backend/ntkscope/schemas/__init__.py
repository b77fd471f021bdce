"""Frozen pydantic models: what a run is asked to do, what it tells, what the server answers."""
