"""Where allauth meets this portal: the name and language of a new person, and the way after sign-in."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils.translation import get_language, override


class AccountAdapter(DefaultAccountAdapter):
    """Leads people to their own language after sign-in; never by headers."""

    def get_login_redirect_url(self, request):
        with override(request.user.language):
            return reverse("home")

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        user.language = form.cleaned_data["language"]
        return super().save_user(request, user, form, commit)

    def send_account_already_exists_mail(self, email):
        make_password(email)  # takes as long as making an account does: the time of the answer tells nobody who has one
        super().send_account_already_exists_mail(email)

    def populate_username(self, request, user):
        """There are no user names: people sign in with their address."""


class ProviderAdapter(DefaultSocialAccountAdapter):
    """New people who come through the OpenID Connect provider of their organization."""

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        given = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
        user.name = str(data.get("name") or given or user.email.partition("@")[0])[:150]
        user.language = get_language() or "en"
        return user
