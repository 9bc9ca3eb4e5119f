"""Where an office is kept: one small protocol, the questions that it answers, and the engines behind it."""
