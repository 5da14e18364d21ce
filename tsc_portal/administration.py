"""The administration site: only what this portal itself puts on it.

Libraries bring pages of their own, where whoever may administrate could change the address or the second factor of
somebody else and so become them, without a trace. People do that for themselves, on the pages of their account.
"""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class Administration(AdminSite):
    """Takes the pages that a package of this portal describes, and no others."""

    def register(self, model_or_iterable, admin_class=None, **options):
        if admin_class is not None and _is_ours(admin_class):
            super().register(model_or_iterable, admin_class, **options)


def _is_ours(admin_class: type) -> bool:
    """Whether a class lives in a package of this repository."""
    return (settings.BASE_DIR / admin_class.__module__.partition(".")[0]).is_dir()


class AdministrationConfig(AdminConfig):
    """Django's administration with our site."""

    default_site = "tsc_portal.administration.Administration"
