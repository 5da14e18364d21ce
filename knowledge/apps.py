from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Sources of knowledge, practices, projects, programmes and opportunities."""

    name = "knowledge"

    def ready(self):
        from . import searches
        from .actions import own_data, reference, retention

        reference.register_tables()
        retention.register_periods()
        own_data.register()
        searches.register_lists()
