"""What is measured, each against its floor or peer in one run. Ratios count; milliseconds belong to the machine."""
