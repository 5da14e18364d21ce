"""How many examples a property is tried with: some on every day, all of them with `make torture`.

The same tests either way, and every property in both; only the count differs. `--hypothesis-profile=thorough` asks for
all of them, for example while the matcher is changed.
"""

from hypothesis import settings

EVERYDAY, THOROUGH = "everyday", "thorough"
_PERCENT = {EVERYDAY: 30, THOROUGH: 100}


def register():
    """Make the profiles known, before pytest's options choose one; a test that names no count follows them too."""
    for name, percent in _PERCENT.items():
        settings.register_profile(name, parent=settings(), max_examples=percent)
    settings.load_profile(EVERYDAY)


def some(full, **others):
    """Settings of a property that is tried with `full` examples in the long trials; a few at least on every day."""
    percent = _PERCENT[THOROUGH if settings.get_current_profile_name() == THOROUGH else EVERYDAY]
    return settings(max_examples=max(2, full * percent // 100), deadline=None, **others)
