"""Papers of the practice host: one for everybody, one for donors."""

from io import BytesIO
from typing import Any

from centres.models import SupportCentre
from workplans.actions.host_documents import add_document

PAPERS = [
    ("legal", "Legal status of the Practice Host Institute", None, "public", "legal-status.txt"),
    ("audit", "Audit report of the Practice Centre", -1, "donors", "audit-report.txt"),
]


def make_papers(accounts: dict[str, Any], year: int) -> None:
    """Put there by the head of the practice centre, each saying of itself that it is an example."""
    centre = SupportCentre.objects.get(slug="practice")
    for kind, title, back, audience, name in PAPERS:
        about = None if back is None else year + back
        words = f"EXAMPLE. {title}{f', {about}' if about else ''}. This paper is made up for trying out the portal.\n"
        add_document(
            centre, by=accounts["head"], document=BytesIO(words.encode()), name=name, kind=kind, title=title,
            year=about, audience=audience,
        )  # fmt: skip
