"""Forms of fulfilment: a reason, a delivery, a message."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.orders.uploads import ACCEPT, LARGEST_BYTES, MOST_FILES


class DeclineForm(forms.Form):
    """Why a provider declines; the client reads it."""

    reason = forms.CharField(
        label=_("Raison"),
        help_text=_("Le client la lira."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Indiquez pourquoi vous déclinez, en quelques mots.")},
    )


class ChangesForm(forms.Form):
    """What must change in a delivery."""

    reason = forms.CharField(
        label=_("Corrections demandées"),
        help_text=_("Dites ce qui doit changer, point par point."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Indiquez ce qui doit changer.")},
    )


class SeveralFilesInput(forms.FileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """The files chosen, as a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Each file is checked when it is attached; here only that it is one."""
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(SeveralFilesField, self).clean(each, initial) for each in given]


class DeliveryForm(forms.Form):
    """What is handed over: files, a link, a word to the client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = gettext(
            "PDF, images, documents ou archive zip ; %(most)s fichiers au plus, %(size)s Mo au plus chacun."
        ) % {"size": LARGEST_BYTES // 1024 // 1024, "most": MOST_FILES}

    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Fichiers"),
        required=False,
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
    )
    link = forms.URLField(
        label=_("Lien"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Par exemple l'adresse du site en ligne."),
        error_messages={"invalid": _("Indiquez une adresse complète, par exemple https://exemple.fr.")},
    )
    note = forms.CharField(
        label=_("Mot au client"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MessageForm(forms.Form):
    """A message to the other side."""

    body = forms.CharField(
        label=_("Votre message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez votre message.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
