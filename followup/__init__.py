"""Sales follow-up as code: cycles are files, history is a log, due lists are queries."""

__version__ = "0.1.0"
