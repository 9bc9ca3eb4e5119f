"""What is measured, each against its floor or peer in the same run. Ratios count; milliseconds belong to the machine."""
