"""What the sign-up form asks beyond address and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """Mixed into allauth's form."""

    full_name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ["full_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth asks for it; the adapter has kept the name already."""
