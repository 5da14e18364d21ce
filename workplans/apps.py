from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class WorkplansConfig(AppConfig):
    """Workplans of centres and the network, their versions, consultations and pledges."""

    name = "workplans"

    def ready(self):
        from . import desk_money, guards, searches

        desk_money.register_sources()
        searches.register_lists()
        pre_migrate.connect(guards.before_migration, sender=self, dispatch_uid="workplans_guards_away")
        post_migrate.connect(guards.after_migration, sender=self, dispatch_uid="workplans_guards_back")
