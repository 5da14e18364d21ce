"""Workplans for partner systems: the same rows, rights and actions as on the pages."""
