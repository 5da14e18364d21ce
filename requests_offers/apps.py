from django.apps import AppConfig


class RequestsOffersConfig(AppConfig):
    """Requests, offers, matches and engagements: the heart of the portal."""

    name = "requests_offers"

    def ready(self):
        from . import searches

        searches.register_lists()
