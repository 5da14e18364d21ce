"""Calling other systems: which addresses may be called, how a call is signed, and the call itself. Knows no tables."""
