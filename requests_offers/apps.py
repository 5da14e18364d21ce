from django.apps import AppConfig


class RequestsOffersConfig(AppConfig):
    """Requests, offers, matches and engagements: the heart of the portal."""

    name = "requests_offers"
