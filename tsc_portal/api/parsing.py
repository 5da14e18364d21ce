"""Reading the bodies of writes."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20  # no body that the API understands nests half as deep


class BoundedJSONParser(JSONParser):
    """JSON with an end to its nesting: what is deeper would exhaust whoever reads, checks or prints it."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            said = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        if _is_too_deep(said):
            raise ParseError(_("The JSON is nested too deeply."))
        return said


def _is_too_deep(said) -> bool:
    """Whether lists and objects lie in each other more than DEEPEST times."""
    level = [said]
    for _depth in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
