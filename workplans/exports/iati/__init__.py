"""Finalized plans as IATI 2.03: what is published, made of tables of codes, shares that sum to 100, and money."""
