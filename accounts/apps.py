from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The ground of the house: people, their rights, the audit trail, notices and jobs."""

    name = "accounts"
