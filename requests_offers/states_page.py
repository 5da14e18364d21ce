"""docs/states.md, written from the step tables: what the code does and what the page says are one thing."""

from django.utils.translation import override

from .lifecycle import Step

HEAD = """# States and steps

Written from `requests_offers/lifecycle.py`, `workplans/lifecycle.py` and `knowledge/lifecycle.py` by \
`manage.py write_states`; a test compares them.
"""


def states_page(tables: dict[str, dict[str, Step]]) -> str:
    """The whole page, in English, of the tables of all rooms."""
    with override("en"):
        return HEAD + "".join(_section(noun, table) for noun, table in tables.items())


def _section(noun: str, table: dict[str, Step]) -> str:
    rows = "".join(_row(step) for step in table.values())
    head = "| step | from | to | who | asks |\n|---|---|---|---|---|\n"
    return f"\n## {noun.capitalize()}\n\n{_diagram(table)}\n{head}{rows}"


def _row(step: Step) -> str:
    sources = ", ".join(sorted(str(source) for source in step.sources))
    asks = ", ".join(step.asks)
    who = f"{step.who}, clock" if step.clock and step.permission else str(step.who)
    return f"| {step.name} | {sources} | {step.target or '(computed)'} | {who} | {asks} |\n"


def _diagram(table: dict[str, Step]) -> str:
    """A state diagram; steps whose target is computed are left to the table."""
    lines = {
        f"    {source} --> {step.target}: {step.name}"
        for step in table.values()
        for source in step.sources
        if step.target
    }
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(sorted(lines)) + "\n```\n"
