from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class WorkplansConfig(AppConfig):
    """Workplans of centres and the network, their versions, consultations and pledges."""

    name = "workplans"

    def ready(self):
        from requests_offers.actions import attachments

        from . import desk_money, guards, searches
        from .actions import host_documents, pledge_money
        from .models import HostDocument, PledgeDocument

        attachments.owns(pledge_money.FOLDER, PledgeDocument)
        attachments.owns(host_documents.FOLDER, HostDocument)
        desk_money.register_sources()
        searches.register_lists()
        pre_migrate.connect(guards.before_migration, sender=self, dispatch_uid="workplans_guards_away")
        post_migrate.connect(guards.after_migration, sender=self, dispatch_uid="workplans_guards_back")
