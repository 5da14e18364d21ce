"""Print the sources of knowledge that the matcher chooses for needs, to be judged one by one (docs/matching.md)."""

from django.core.management.base import BaseCommand

from requests_offers.actions.finding_sources import sources_for
from requests_offers.models import Component


class Command(BaseCommand):
    help = "Print the sources that the matcher chooses beside the first needs of requests spread over all of them."

    def add_arguments(self, parser):
        parser.add_argument("--needs", type=int, default=30)

    def handle(self, *args, **options):
        first = Component.objects.exclude(request__status="draft").filter(number=1).order_by("pk")
        needs = list(
            first.select_related("request__party__region__parent__parent").prefetch_related("targets", "subjects")
        )
        needs = needs[:: max(1, len(needs) // options["needs"])][: options["needs"]]
        found = sources_for(needs)
        for need in needs:
            self.stdout.write(f"{need.request.reference}-{need.number} {need.request.party.iso2} {need.title}")
            for place, one in enumerate(found.get(need.pk, []), start=1):
                self.stdout.write(f"  {place}. {one.score:.2f} {one.source.name}")
