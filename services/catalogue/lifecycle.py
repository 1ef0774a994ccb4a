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
            name="withdraw",
            sources=("review",),
            target="draft",
            by=frozenset({PROVIDER}),
            refusal=_("Ce service n’est pas en vérification."),
        ),
        Transition(
            name="publish",
            sources=("draft", "review", "paused"),
            target="published",
            by=frozenset({OPERATOR}),
            refusal=_("Ce service est déjà publié ou archivé."),
        ),
        # The published service takes the contents of its next version; the version keeps the former ones.
        Transition(
            name="renew",
            sources=("published",),
            target="published",
            by=frozenset({OPERATOR}),
            refusal=_("Seul un service publié reçoit une nouvelle version."),
        ),
        Transition(
            name="supersede",
            sources=("draft", "review"),
            target="archived",
            by=frozenset({OPERATOR}),
            refusal=_("Cette version est déjà publiée ou abandonnée."),
        ),
        Transition(
            name="pause",
            sources=("published",),
            target="paused",
            by=frozenset({PROVIDER, OPERATOR}),
            refusal=_("Seul un service publié se suspend."),
        ),
        # What a provider has paused comes back by the provider; what the operator has, by the operator.
        Transition(
            name="resume",
            sources=("paused",),
            target="published",
            by=frozenset({PROVIDER}),
            refusal=_("Seul un service suspendu se remet en vente."),
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
