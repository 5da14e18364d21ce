from django.apps import AppConfig


class WorkplansConfig(AppConfig):
    """Workplans of centres and the network, their versions, consultations and pledges."""

    name = "workplans"
