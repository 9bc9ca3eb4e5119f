"""Benchmarks, each next to its reference or peer in one run. Only ratios count; milliseconds depend on the machine."""
