"""Reminders before a date, and escalation past it, on the side that delays and on no other."""
