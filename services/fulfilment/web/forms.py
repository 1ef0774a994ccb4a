"""Forms of fulfilment: a reason, a delivery, a message."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import ReasonField
from services.orders.uploads import ACCEPT, LARGEST_BYTES, MOST_FILES


class DeclineForm(forms.Form):
    """Why a provider declines; the client reads it."""

    reason = ReasonField(
        help_text=_("Le client la lira."),
        max_length=500,
        asked=_("Indiquez pourquoi vous déclinez, en quelques mots."),
    )


class ChangesForm(forms.Form):
    """What must change in a delivery."""

    reason = ReasonField(
        label=_("Corrections demandées"),
        help_text=_("Dites ce qui doit changer, point par point."),
        max_length=4000,
        rows=8,
        asked=_("Indiquez ce qui doit changer."),
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

    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Fichiers"),
        required=False,
        # An empty one is refused by name when it is attached, and keeps no other from being taken.
        allow_empty_file=True,
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
    )
    link = forms.URLField(
        label=_("Lien"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Par exemple l’adresse du site en ligne."),
        error_messages={"invalid": _("Indiquez une adresse complète, par exemple https://exemple.fr.")},
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(
        label=_("Titre du livrable"),
        required=False,
        max_length=120,
        help_text=_("Nomme le lien, ou le fichier s’il est seul. Sans titre, le client lit leur nom."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Mot au client"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used: set[str] = set()
        self.fields["files"].help_text = gettext(
            "PDF, images, documents ou archive zip ; %(most)s fichiers au plus, %(size)s Mo au plus chacun."
        ) % {"size": LARGEST_BYTES // 1024 // 1024, "most": MOST_FILES}

    def given(self) -> list[tuple[str, dict[str, Any]]]:
        """What to attach, by field: every file, then the link, as far as the fields are good."""
        title = self.cleaned_data.get("title", "")
        files = self.cleaned_data.get("files") or []
        link = self.cleaned_data.get("link", "")
        # A link that was refused keeps its title for the next try.
        alone = title if len(files) == 1 and not self.data.get("link", "").strip() else ""
        found = [("files", {"file": file, "title": alone}) for file in files]
        return [*found, *([("link", {"link": link, "title": title})] if link else [])]

    def forget(self, field: str, given: dict[str, Any]) -> None:
        """This was attached: it is not shown to be sent again."""
        self._used.add(field)
        if given["title"]:
            self._used.add("title")

    def to_show_again(self) -> DeliveryForm:
        """The refused form without what is attached already."""
        kept = dict(self.data.items())
        for field in self._used:
            kept[field] = ""
        self.data = kept
        return self


class MessageForm(forms.Form):
    """A message to the other side."""

    body = forms.CharField(
        label=_("Votre message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez votre message.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
