from django.apps import AppConfig


class RequestsOffersConfig(AppConfig):
    """Requests, offers, matches and engagements: the heart of the portal."""

    name = "requests_offers"

    def ready(self):
        from . import imported, searches

        searches.register_lists()
        imported.register_kinds()
