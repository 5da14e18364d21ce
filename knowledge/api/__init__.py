"""The same records and steps for partner systems."""
