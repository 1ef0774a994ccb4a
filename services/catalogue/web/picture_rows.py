"""The pictures of a draft, a row each, and the one to be added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import UploadField
from services.catalogue.drawing import EXTENSIONS, LARGEST_BYTES
from services.catalogue.inputs import PictureInput
from services.catalogue.models import PictureState, Service, ServicePicture
from services.catalogue.pictures import MOST_PICTURES, removed_pictures, shown_pictures, take_picture
from services.catalogue.web.row_forms import Rows
from services.catalogue.writing import write_on_service

_ALT = _("Ce que montre l’image")
_ALT_EN = _("Ce qu’elle montre, en anglais")
_UNSAID = _("Dites ce que montre l’image, pour qui ne la voit pas.")


class PictureForm(forms.Form):
    """The words of a picture that is there."""

    alt = forms.CharField(label=_ALT, max_length=240, error_messages={"required": _UNSAID})
    alt_en = forms.CharField(
        label=_ALT_EN, max_length=240, required=False, widget=forms.TextInput(attrs={"lang": "en"})
    )
    digest = forms.CharField(max_length=32, widget=forms.HiddenInput)


class NewPictureForm(forms.Form):
    """A picture to be added, with its words."""

    use_required_attribute = False
    file = UploadField(label=_("Fichier de l’image"), extensions=EXTENSIONS, max_bytes=LARGEST_BYTES)
    alt = forms.CharField(
        label=_ALT,
        max_length=240,
        help_text=_(
            "Lu à haute voix à qui ne voit pas l’image, par exemple : « Deux maquettes sur un bureau »."
        ),
        error_messages={"required": _UNSAID},
    )
    alt_en = forms.CharField(
        label=_ALT_EN, max_length=240, required=False, widget=forms.TextInput(attrs={"lang": "en"})
    )


class PictureRows(Rows):
    """The pictures of a draft in their order, with what was taken out of it."""

    most = MOST_PICTURES

    def __init__(self, service: Service, posted: Mapping[str, str] | None = None) -> None:
        stored = [
            {"digest": one.picture.digest, "alt": one.alt, "alt_en": one.alt_en}
            for one in shown_pictures(service)
        ]
        super().__init__(PictureForm, stored=stored, posted=posted)
        self.service = service
        self.removed = removed_pictures(service)
        self.known = {one.picture.digest: one for one in ServicePicture.objects.filter(service=service)}
        # What another page took out meanwhile is not brought back by an old one.
        shown = {row["digest"] for row in stored}
        self.typed = [row for row in self.typed if row["digest"] in shown]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Each row with its picture."""
        return [
            {"form": form, "of": self.known[row["digest"]], "state": self.known[row["digest"]].picture.state}
            for form, row in zip(self.forms, self.typed, strict=True)
        ]

    @property
    def room(self) -> int:
        """How many pictures may still be added."""
        return self.most - len(self.typed)

    @property
    def is_preparing(self) -> bool:
        """Whether a picture is not ready yet."""
        return any(row["state"] == PictureState.PREPARING for row in self.shown)

    def act(self, do: str) -> None:
        """As for all rows; besides « restore-7 » puts back what was taken out."""
        verb, _dash, tail = do.partition("-")
        if verb == "restore":
            self.typed += [
                {"digest": one.picture.digest, "alt": one.alt, "alt_en": one.alt_en}
                for one in self.removed
                if str(one.pk) == tail and self.room > 0
            ]
        elif verb != "add":
            super().act(do)

    @transaction.atomic
    def keep(self, new: NewPictureForm | None) -> None:
        """Store the rows, and the new picture after them; after ``is_valid``. Raises DomainError."""
        pictures = [PictureInput(**row) for row in self.cleaned()]
        if new is not None:
            taken = take_picture(upload=new.cleaned_data["file"])
            pictures.append(PictureInput(taken.digest, new.cleaned_data["alt"], new.cleaned_data["alt_en"]))
        write_on_service(service_id=self.service.pk, pictures=tuple(pictures))
