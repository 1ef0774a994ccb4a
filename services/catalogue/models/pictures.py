"""Pictures: what is kept of a file, and the services that show it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.catalogue.models.services import Service


class PictureState(models.TextChoices):
    """Whether a picture can be shown yet."""

    PREPARING = "preparing", _("En préparation")
    READY = "ready", _("Prête")
    REFUSED = "refused", _("Illisible")


class Picture(models.Model):
    """A picture that was handed in, known by the digest of its bytes; drawn anew before it is shown.

    ``width`` and ``height`` are those of the largest drawing, in pixels; 0 while it is prepared.
    """

    digest = models.CharField(max_length=32, db_index=False)
    state = models.CharField(max_length=12, choices=PictureState.choices, default=PictureState.PREPARING)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="picture_digest_unique"),
            models.CheckConstraint(condition=Q(state__in=PictureState.values), name="picture_state_known"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(width__gt=0, height__gt=0), name="picture_ready_has_size"
            ),
        ]

    def __str__(self) -> str:
        return self.digest

    @property
    def stem(self) -> str:
        """Digest and size, from which every address of a picture that is ready is made; empty before."""
        return f"{self.digest}-{self.width}x{self.height}" if self.state == PictureState.READY else ""


class ServicePictureManager(models.Manager["ServicePicture"]):
    """Whoever asks for the pictures of a service wants to show them."""

    def get_queryset(self) -> models.QuerySet[ServicePicture]:
        """Always with the file."""
        return super().get_queryset().select_related("picture")


class ServicePicture(models.Model):
    """A picture of a service, in its place and with the words for whoever does not see it.

    One with ``removed_at`` is shown no more and can be put back as long as the draft is written.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="uses")
    position = models.IntegerField()
    alt = models.CharField(max_length=240)
    alt_en = models.CharField(max_length=240, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ServicePictureManager()

    class Meta:
        verbose_name = _("image d’un service")
        verbose_name_plural = _("images des services")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["service", "picture"], name="servicepicture_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="servicepicture_is_described"),
        ]

    def __str__(self) -> str:
        return self.alt
