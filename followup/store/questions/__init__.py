"""The questions that a store answers: one method per statement, with typed parameters and results."""
