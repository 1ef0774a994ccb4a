"""Pages made of every component, served without a database so that a browser can look at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.urls import set_urlconf
from django.utils import translation

from kernel.web.forms import UploadField
from kernel.web.sites import Site
from kernel.web.states import StateWord
from kernel.web.theme import render_theme_css

PAGES = Path(__file__).parent / "pages"
BRAND = {"primary": "#a4123f", "accent": "#0b5d5a"}
AT = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'"


class ProjectForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom de votre projet", help_text="Tel qu’il figurera sur le site.")
    email = forms.EmailField(label="Adresse e-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    about = forms.CharField(
        label="Ce que vous proposez", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    country = forms.ChoiceField(label="Pays", choices=[("fr", "France"), ("be", "Belgique")])
    size = forms.ChoiceField(
        label="Combien de pages ?",
        help_text="Vous pourrez en ajouter.",
        choices=[("1", "Une page"), ("5", "Jusqu’à cinq"), ("20", "Davantage")],
        widget=forms.RadioSelect,
    )
    wants = forms.MultipleChoiceField(
        label="Il vous faut aussi",
        choices=[("logo", "Un logo"), ("photos", "Des photos")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    logo = UploadField(label="Votre logo", extensions=("png", "svg", "pdf"), max_bytes=10 * 1024 * 1024)
    terms = forms.BooleanField(
        label="J’accepte les conditions de l’offre", help_text="Version du 3 novembre 2026."
    )


def context(*, refused: bool = False, layout: str = "layouts/shop.html") -> dict[str, Any]:
    """What the sample pages show."""
    form = ProjectForm({"email": "x", "wants": ["logo"]}) if refused else ProjectForm()
    site = SimpleNamespace(
        **{name: getattr(Site, name, None) for name in ("logo_url", "home_url", "is_platform", "is_sandbox")},
        name="Nouvelle-Aquitaine",
        tagline="Les services de votre région",
        brand=BRAND,
        theme_url="/theme.css",
        search_url="/services/",
        is_demo=True,
    )
    service = {
        "url": "/services/site-une-page/",
        "name": "Site d’une page",
        "provider": "Atelier Numérique du Thouet · Thouars",
        "category": "Création de site",
        "icon": "world-www",
        "summary": "Une page claire avec activité, horaires, plan et contact, lisible au téléphone et livrée "
        "avec ses accès.",
        "excl_cents": 39000,
        "incl_cents": 46800,
        "lead_time": "7 jours ouvrés",
        "aid": "aide possible",
    }
    names = [
        ("Site d’une page", "Création de site", "world-www", 39000),
        ("Déclaration d’un premier export hors Union européenne", "Logistique", "truck-delivery", 124500),
        ("Statuts de SAS, relecture et dépôt", "Aide juridique", "scale", 69000),
        ("Tenue comptable mensuelle", "Gestion", "calculator", 9900),
        ("Campagne locale d’affichage", "Promotion", "speakerphone", 250000),
        ("Tuteur de démarrage", "Formation", "school", 4500),
    ]
    services = [
        {
            **service,
            "url": f"/services/{index}/",
            "name": name,
            "category": category,
            "icon": drawing,
            "excl_cents": cents,
            "incl_cents": cents * 6 // 5,
            "unit": "mois" if index == 3 else "",
            "on_quote": index == 4,
        }
        for index, (name, category, drawing, cents) in enumerate(names)
    ]
    return {
        "layout": layout,
        "here": site,
        "theme_mode": "",
        "csrf_token": "token",
        "form": form,
        "at": AT,
        "states": [
            StateWord("act", "À valider"),
            StateWord("wait", "Attend le prestataire"),
            StateWord("run", "En cours"),
            StateWord("done", "Terminée"),
            StateWord("bad", "Litige en cours"),
        ],
        "services": services,
        "categories": [
            ("Lancer son site", "world-www", 9),
            ("Promotion", "speakerphone", 8),
            ("Logistique", "truck-delivery", 7),
            ("Aide juridique", "scale", 6),
            ("Gestion", "calculator", 8),
            ("Financement", "pig-money", 5),
            ("Formation", "school", 9),
            ("Locaux", "building-store", 4),
        ],
        "page": Paginator(range(100), 24).page(2),
        "tasks": [
            {"id": "siren", "label": "SIREN et adresse", "url": "#1", "done": True},
            {"id": "vat", "label": "TVA", "url": "#2", "hint": "Régime et numéro"},
            {"id": "review", "label": "Vérification", "state": StateWord("wait", "Attend l’opérateur")},
        ],
        "tabs": [
            {"label": "Toutes", "url": "?etat=", "current": True, "count": 12},
            {"label": "À payer", "url": "?etat=due", "count": 2},
        ],
        "columns": [
            {"label": "Numéro"},
            {"label": "Date"},
            {"label": "État"},
            {"label": "Montant TTC", "number": True},
        ],
        "rows": [
            {
                "url": f"#f{n}",
                "cells": [
                    {"label": "Numéro", "value": f"NA-F-2026-00000{n}"},
                    {"label": "Date", "value": "25 nov. 2026"},
                    {"label": "État", "state": StateWord("done", "Payée")},
                    {"label": "Montant TTC", "value": "1 481,47 €", "number": True},
                ],
            }
            for n in (1, 2, 3)
        ],
        "totals": [
            {"label": "Total HT", "cents": 123456},
            {"label": "TVA 20 %", "cents": 24691},
            {"label": "Reste à payer TTC", "cents": 148147, "strong": True},
        ],
        "entries": [
            {
                "tone": "act",
                "icon": "upload",
                "title": "Maquette livrée",
                "at": AT,
                "who": "Atelier du Thouet",
                "text": "Deux pages, versions ordinateur et téléphone.",
            },
            {
                "tone": "run",
                "icon": "player-play",
                "title": "Travail commencé",
                "at": AT,
                "who": "Atelier du Thouet",
            },
            {"tone": "done", "icon": "credit-card", "title": "Commande payée", "at": AT},
        ],
        "facts": [
            {"label": "SIREN", "value": "000 000 190"},
            {
                "label": "Adresse",
                "value": "1 esplanade de la Démonstration, 33000 Bordeaux",
                "url": "#a",
                "action": "Modifier l’adresse",
            },
        ],
        "nav": [
            {"label": "Accueil", "url": "/", "icon": "home", "current": True},
            {"label": "Services", "url": "/services/", "icon": "search", "group": "Offre"},
            {"label": "Aides", "url": "/dispositifs/", "icon": "pig-money", "group": "Offre"},
            {"label": "Mes commandes", "url": "/commandes/", "icon": "package", "count": 3, "group": "Offre"},
        ],
        "acting": {
            "name": "Les Conserves du Marais",
            "role": "Entreprise",
            "switch_url": "/agir/",
            "choices": [
                {"value": "1", "label": "Les Conserves du Marais", "hint": "Entreprise", "current": True},
                {"value": "2", "label": "Atelier Bocage", "hint": "Prestataire", "current": False},
            ],
        },
        "cart": {"url": "/panier/", "count": 2},
        "user": SimpleNamespace(is_authenticated=True, full_name="Camille Roy", email="camille@example.org"),
        "account_links": [{"label": "Mes factures", "url": "/factures/", "icon": "file-invoice"}],
        "faces": [
            {"label": "Boutique", "url": "/", "icon": "building-store", "current": True},
            {"label": "Espace prestataire", "url": "/prestataire/", "icon": "tool", "current": False},
        ],
        "demonstration": {"role": "entrepreneur", "switch_url": "/demonstration/"},
    }


def render_page(name: str, *, language: str = "fr", theme: str = "", **choices: Any) -> str:
    """The HTML of a sample page."""
    template = engines["django"].from_string((PAGES / f"{name}.html").read_text(encoding="utf-8"))
    values = {**context(**choices), "theme_mode": theme}
    with translation.override(language), addresses():
        return template.render(values, RequestFactory().get("/"))


@contextmanager
def addresses() -> Iterator[None]:
    """Resolve the links of the layouts without the project's own addresses."""
    set_urlconf("tests.kernel.web.addresses")
    try:
        yield
    finally:
        set_urlconf(None)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer a page, the theme, or a static file."""
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        try:
            body, kind = self._body(address.path, query)
        except FileNotFoundError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def _body(self, path: str, query: dict[str, str]) -> tuple[bytes, str]:
        if path.endswith(".page"):
            html = render_page(
                path.strip("/").removesuffix(".page"),
                language=query.get("language", "fr"),
                theme=query.get("theme", ""),
                refused="refused" in query,
                layout=f"layouts/{query.get('layout', 'shop')}.html",
            )
            return html.encode(), "text/html; charset=utf-8"
        if path == "/theme.css":
            return render_theme_css(BRAND).encode(), "text/css"
        found = finders.find(path.removeprefix("/static/"))
        if not found:
            raise FileNotFoundError(path)
        return Path(str(found)).read_bytes(), guess_type(path)[0] or "application/octet-stream"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(port: int = 0) -> Iterator[str]:
    """The address at which the sample pages are served."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
