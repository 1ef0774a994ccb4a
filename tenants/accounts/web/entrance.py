"""allauth's forms with the product's words: one name for an address, no example that repeats its label."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _


class _Worded(forms.Form):
    """Names the fields that allauth's forms share."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("login", "email"):
                field.label = _("Adresse e-mail")
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("12 caractères au moins, rien d’un mot de passe courant.")


class LoginForm(_Worded, allauth_forms.LoginForm):
    """Logging in."""


class SignupForm(_Worded, allauth_forms.SignupForm):
    """Opening an account."""


class AddEmailForm(_Worded, allauth_forms.AddEmailForm):
    """One more address."""


class ResetPasswordForm(_Worded, allauth_forms.ResetPasswordForm):
    """Asking for a new password."""


class ResetPasswordKeyForm(_Worded, allauth_forms.ResetPasswordKeyForm):
    """Choosing the new password."""


class ChangePasswordForm(_Worded, allauth_forms.ChangePasswordForm):
    """Changing one's password."""


class SetPasswordForm(_Worded, allauth_forms.SetPasswordForm):
    """A first password, for somebody who was invited."""
