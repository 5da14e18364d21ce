"""The pure matching core: a need against all published offers, exact, explained, without Django, clock or chance."""
