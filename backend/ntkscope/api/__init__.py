"""The HTTP interface: thin, one file for each thing that can be asked for."""
