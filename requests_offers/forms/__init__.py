"""What people fill in: the request step by step, the offer, and the small page of each step of a lifecycle."""
