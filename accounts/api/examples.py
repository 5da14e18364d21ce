"""One example for each part of the schema and each problem: what a field may hold, by its name, else by its type."""

from typing import Any

Schema = dict[str, Any]
DEEPEST = 12
MOMENT, DAY = "2026-11-20T09:00:00Z", "2026-11-20"
API = "https://portal.example.org/api/v1"
# By the name of the field, or by part and field where a name means different things.
BY_NAME: dict[str, Any] = {
    "reference": "REQ-000042", "party": "FJ", "iso2": "FJ", "iso3": "FJI", "m49": "242", "targets": [6],
    "subjects": ["invasive_alien_species"], "cooperation_types": ["technology_transfer"], "co_parties": ["VU"],
    "language": "en", "languages": ["en", "fr"], "centre": "pacific", "centres": ["pacific"], "organization": "acb",
    "slug": "pacific", "request": "REQ-000042", "component": "REQ-000042-1", "offer": "OFF-000311",
    "match": "MAT-001204", "engagement": "ENG-000017", "title": "Invasive plants in our lagoons",
    "offer_title": "Weevils against water hyacinth", "name": "Fiji", "names": {"en": "Fiji", "fr": "Fidji"},
    "summary": "Floating plants close the landing places of three villages.", "text": "Training of fishing groups.",
    "email": "colleague@example.org", "person": "Example Person", "number": 1, "external_system": "chm.example.org",
    "system": "chm.example.org", "external_id": "N-4711", "currency": "USD", "amount": "25000.00", "rank": 1,
    "score": 0.71, "value": 0.64, "weight": 0.35, "share": 0.31, "band": "strong", "criterion": "text",
    "open_steps": ["withdraw", "pause"], "parties": ["FJ", "VU"], "regions": ["009"], "code": "NT 6",
    "file_name": "needs.csv", "rows": [{"id": "N-4711", "party": "FJ", "title": "Seed banks", "language": "en"}],
    "evidence": [{"kind": "word", "need": "lutte", "offer": "control"}], "year": 2027, "from_year": 2026,
    "until_year": 2030, "document_url": "https://example.org/strategy.pdf", "website": "https://example.org/",
    "time_zone": "Pacific/Fiji", "period": 2027, "identifier": "KM-GBF-TARGET-06", "id": 17,
}  # fmt: skip
PROBLEMS: dict[int, Schema] = {
    400: {"errors": {"components.0.targets": [
        {"code": "does_not_exist", "detail": "There is nothing here with these codes: 24."}]}},
    409: {"open_steps": ["answer", "withdraw"]},
}  # fmt: skip


def add_examples(schema: Schema) -> Schema:
    """The schema with `examples` at each of its parts; those of pages and problems are made where they stand."""
    parts = schema["components"]["schemas"]
    for part in parts.values():
        if part.get("type") == "object" and part.get("properties"):
            part["examples"] = [example_of(part, parts)]
    return schema


def problem_example(status: int, slug: str, title: str, detail: str) -> Schema:
    """What a refusal looks like."""
    head = {"type": f"https://portal.example.org/api/docs/#{slug}", "title": title, "status": status, "detail": detail}
    return head | PROBLEMS.get(status, {})


def example_of(part: Schema, parts: Schema, name: str = "", depth: int = 0) -> Any:
    """A value that fits a schema."""
    if "$ref" in part:
        return example_of(parts[part["$ref"].rsplit("/", 1)[1]], parts, name, depth)
    for key in ("allOf", "oneOf", "anyOf"):
        if key in part:
            plain = [one for one in part[key] if one.get("type") != "null"]
            return example_of(plain[0] if plain else part[key][0], parts, name, depth)
    if "enum" in part:
        return next((value for value in part["enum"] if value), None)
    known = BY_NAME.get(name)
    kind = _kind(part)
    if known is not None and _fits(known, part, parts):
        return known
    if kind == "object":
        return _record(part, parts, depth)
    if kind == "array":
        return [example_of(part["items"], parts, "", depth + 1)] if depth < DEEPEST and part.get("items") else []
    return _plain(part, kind, name)


def _kind(part: Schema) -> str:
    kinds = part.get("type", "object" if "properties" in part else "")
    return next((kind for kind in kinds if kind != "null"), "null") if isinstance(kinds, list) else kinds


def _fits(value: Any, part: Schema, parts: Schema) -> bool:
    """Whether the example of a name is one of this part: "targets" are numbers here and records there."""
    kind = _kind(part)
    if isinstance(value, list) and kind == "array":
        items = part.get("items", {})
        items = parts[items["$ref"].rsplit("/", 1)[1]] if "$ref" in items else items
        return not items or _fits(value[0], items, parts)
    of = {str: "string", int: "integer", float: "number", list: "array", dict: "object", bool: "boolean"}[type(value)]
    return of == kind or (of == "integer" and kind == "number")


def _record(part: Schema, parts: Schema, depth: int) -> Schema:
    if depth >= DEEPEST:
        return {}
    fields = part.get("properties", {})
    return {name: example_of(field, parts, name, depth + 1) for name, field in fields.items()}


def _plain(part: Schema, kind: str, name: str) -> Any:
    if kind == "string":
        return _text(part, name)
    if kind in {"integer", "number"}:
        return max(part.get("minimum", 1), min(3, part.get("maximum", 3)))
    return {"boolean": False, "null": None}.get(kind, "…")


def _text(part: Schema, name: str) -> str:
    by_format = {"date-time": MOMENT, "date": DAY, "uri": "https://example.org/", "email": "colleague@example.org"}
    if (form := part.get("format")) in by_format:
        return by_format[form]
    if name == "url":
        return f"{API}/requests/REQ-000042/"
    if name.endswith("language") or part.get("pattern", "").startswith("^[A-Za-z]{2,3}("):
        return "en"
    if r"\d" in part.get("pattern", ""):
        return "12.50"
    prefixed = {"REQ": "REQ-000042", "OFF": "OFF-000311", "MAT": "MAT-001204", "WP-": "WP-2025-pacific"}
    pattern = part.get("pattern", "").lstrip("^")
    return next((value for start, value in prefixed.items() if pattern.startswith(start)), "…")
