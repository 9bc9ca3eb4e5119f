"""The engine: one enrolment is worked on step by step, whether it is on a cycle or on a plan."""
