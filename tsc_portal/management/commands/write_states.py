"""Write docs/states.md from the step tables."""

from django.conf import settings
from django.core.management.base import BaseCommand

from knowledge import lifecycle as of_knowledge
from requests_offers import lifecycle as of_requests
from requests_offers.states_page import states_page
from workplans import lifecycle as of_workplans

TABLES = of_requests.TABLES | of_workplans.TABLES | of_knowledge.TABLES


class Command(BaseCommand):
    help = "Write docs/states.md from the step tables."

    def handle(self, *args, **options):
        (settings.BASE_DIR / "docs" / "states.md").write_text(states_page(TABLES), encoding="utf-8")
        self.stdout.write("docs/states.md written.")
