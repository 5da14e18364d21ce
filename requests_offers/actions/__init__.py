"""Business acts, one function each: what pages, API, tasks and commands call."""
