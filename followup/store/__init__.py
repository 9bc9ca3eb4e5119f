"""Where an office's data is stored: one small protocol, the questions it answers, and the engines behind it."""
