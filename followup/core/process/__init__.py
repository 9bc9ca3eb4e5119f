"""The engine: works through one enrolment step by step, on a cycle or on a plan."""
