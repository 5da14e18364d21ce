"""What happens to records of knowledge: one function per business act."""
