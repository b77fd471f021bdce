"""The steps of the set-up; standard library only, as they run before anything is installed."""
