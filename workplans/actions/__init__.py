"""What can be done with workplans: one function per business act."""
