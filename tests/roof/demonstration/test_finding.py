"""What people type, mistyped as they type it, against the whole demonstration catalogue."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.provisioning.space import lay_out
from pepiniere.demonstration.source import tenant_rows
from services.catalogue.filters import ServiceFilters
from services.catalogue.finding.listing import published_services
from services.catalogue.finding.vocabulary import refresh_vocabulary
from services.catalogue.rubrics import category_tree
from tenants.reference.rates import load_vat_rates

ON = datetime.date(2026, 11, 23)
AMONG_THE_FIRST = 3

# What is typed, and the ready-made service that is meant: accents, plurals, slips, other words for it.
TABLE = [
    ("site internet", "site-vitrine"),
    ("un site pour mon entreprise", "site-vitrine"),
    ("boutique internet", "boutique-en-ligne"),
    ("e-commerce", "boutique-en-ligne"),
    ("refrencement gogle", "referencement-local"),
    ("loggo", "identite-visuelle"),
    ("photos de mes produits", "photos-produit"),
    ("cartes de visites", "supports-imprimes"),
    ("newsleter", "campagne-newsletter"),
    ("instagram", "reseaux-sociaux"),
    ("livraisons en velo", "livraison-velo-cargo"),
    ("envoyer un colis", "envoi-colis"),
    ("stocker des palettes", "stockage-palette"),
    ("douanne", "dedouanement-export"),
    ("avocats", "consultation-avocat"),
    ("déposer ma marque", "depot-marque-inpi"),
    ("rgpd", "conformite-rgpd"),
    ("facture impayee", "recouvrement-amiable"),
    ("comptable", "comptabilite-mensuelle"),
    ("embaucher un salarie", "premiere-embauche"),
    ("fiche de paye", "bulletin-paie"),
    ("busines plan", "previsionnel-financier"),
    ("subventions", "dossier-aides"),
    ("crowdfunding", "financement-participatif"),
    ("etude de marchés", "etude-marche"),
    ("bureau partagé", "coworking"),
    ("traduire mon site", "traduction-site"),
    ("assurence", "comparatif-assurances"),
    ("adresse de siege social", "domiciliation"),
    ("creer mon entreprise", "formalites-creation"),
]


@pytest.fixture
def market(tenant: Any, settings: Any, tmp_path: Path) -> None:
    """All providers of all spaces in one."""
    settings.STATE_DIR = tmp_path
    load_vat_rates()
    rows = tenant_rows()
    everybody = list(dict.fromkeys(slug for row in rows for slug in row["providers"]))
    departments = sorted({code for row in rows for code in row["departments"]})
    row = {**rows[0], "providers": everybody, "departments": departments}
    lay_out(row, host="alpha.localhost", book=AccountBook(), space=tenant.slug)
    refresh_vocabulary()


def test_what_people_type_finds_what_they_mean(market: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The service that is meant is among the first three; the table is printed."""
    lines, missed = [], []
    for typed, meant in TABLE:
        page = published_services(ServiceFilters(text=typed), on=ON, tree=category_tree())
        first = [card.slug for card in page.cards[:AMONG_THE_FIRST]]
        place = next((n for n, slug in enumerate(first, start=1) if slug.startswith(meant)), None)
        lines.append(f"{typed:<32} {meant:<26} {place or '-'}  of {page.total:<3} {', '.join(first)}")
        if place is None:
            missed.append(typed)
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert missed == []
