"""The life of a service in the catalogue; nothing else assigns its state."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition

PROVIDER = "provider"
OPERATOR = "operator"

SERVICE = Lifecycle(
    field="state",
    transitions=(
        Transition(
            name="submit",
            sources=("draft",),
            target="review",
            by=frozenset({PROVIDER, OPERATOR}),
            refusal=_("Seul un brouillon s’envoie pour vérification."),
        ),
        Transition(
            name="send_back",
            sources=("review",),
            target="draft",
            by=frozenset({OPERATOR}),
            refusal=_("Ce service n’est pas en vérification."),
        ),
        Transition(
            name="publish",
            sources=("draft", "review", "paused"),
            target="published",
            by=frozenset({OPERATOR}),
            refusal=_("Ce service est déjà publié ou archivé."),
        ),
        Transition(
            name="pause",
            sources=("published",),
            target="paused",
            by=frozenset({PROVIDER, OPERATOR}),
            refusal=_("Seul un service publié se suspend."),
        ),
        Transition(
            name="archive",
            sources=("draft", "review", "published", "paused"),
            target="archived",
            by=frozenset({PROVIDER, OPERATOR}),
            refusal=_("Ce service est déjà archivé."),
        ),
    ),
)
