"""The main job from an empty installation to invoices, as five people with browsers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from pepiniere.demonstration.accounts import DemoAccount
from pepiniere.tour.people import answer_questions, code_in, log_in, newest_letter
from pepiniere.tour.place import OWNER, Place
from pepiniere.tour.runner import step, wait_until
from pepiniere.tour.visitor import PageError, Visitor

# Services of two providers: a forfait in two steps and one in one.
SERVICES = ("site-une-page-atelier-web-des-marais", "audit-accessibilite-clain-numerique")
# Half of 1 040 EUR excl. VAT, but 500 EUR a voucher at most.
PROGRAMME, PRICE, AID, LEFT = "Chèque démarrage numérique", "1 248,00 €", "500,00 €", "748,00 €"
SIRET = "00000090100017"
DECLINED_CARD, GOOD_CARD = "4000000000000002", "4242424242424242"


class Journey:
    """One tour of one fresh tenant; each method is a step that a person would name."""

    def __init__(self, place: Place, port: int) -> None:
        self.place = place
        self.port = port
        self.owner = Visitor("the platform's owner", self._origin(settings.PLATFORM_HOST))
        self.operator = Visitor("the operator", self._origin(place.host))
        self.buyer = Visitor("the entrepreneur", self._origin(place.host))
        self.sellers: list[Visitor] = []
        self.accounts: Sequence[DemoAccount] = ()
        self.order_number = ""
        self.line_addresses: list[str] = []

    def _origin(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    @property
    def schema(self) -> str:
        """Of the tour's tenant."""
        return f"t_{self.place.slug.replace('-', '_')}"

    def run(self) -> None:
        """All steps. Raises StepFailed."""
        with step("the platform's owner opens a new tenant"):
            self.open_tenant()
        with step("its administrator is invited, chooses a password and enters the console"):
            self.invite_administrator()
        with step("the region's catalogue, ten providers and its programmes are laid out"):
            self.accounts = self.place.lay_out()
        with step("an entrepreneur signs up and confirms the address"):
            self.sign_up()
        with step("registers the business"):
            self.register_business()
        with step("says what a public programme asks of it"):
            self.tell_facts()
        with step("puts services of two providers into one cart, and is told the price after aid"):
            self.fill_cart()
        with step("answers the providers' questions and checks the order"):
            self.check_order()
        with step("is refused by the bank, then pays by another card"):
            self.pay()
        with step("both providers accept and start"):
            self.start_work()
        with step("each step is delivered and approved"):
            self.deliver_and_approve()
        with step("invoices are issued as PDF"):
            self.fetch_invoices()
        with step("payouts are booked and sent"):
            self.see_payouts()
        with step("the operator sees where the money is; ledger and invoices are verified"):
            self.verify()

    def open_tenant(self) -> None:
        """Ask for a tenant and wait until a worker has made it."""
        log_in(self.owner, OWNER, self.place.password)
        self.owner.open("/espaces/nouveau/").submit(
            {
                "name": f"Tour {self.place.code}",
                "slug": self.place.slug,
                "number_code": self.place.number_code,
                "primary": "#a4123f",
                "administrator_name": "Ada Minist",
                "administrator_email": self._administrator,
            },
            button="Créer l’espace",
        )
        page = self.owner.url
        wait_until(lambda: "Ouvert" in self.owner.open(page).text(), what="open tenant", seconds=120)

    @property
    def _administrator(self) -> str:
        return f"administrator-{self.place.code}@tour.example"

    def invite_administrator(self) -> None:
        """Follow the invitation: ask for a code, choose a password, log in."""
        invitation = newest_letter(self.schema, self._administrator)
        address = re.search(r"https?://\S+/compte/password/reset/", invitation)
        if address is None:
            raise PageError(f"the invitation leads nowhere: {invitation[:300]}")
        self.operator.open(address.group(0)).submit({"email": self._administrator})
        code = code_in(newest_letter(self.schema, self._administrator, containing="code"))
        self.operator.submit({"code": code})
        self.operator.submit({"password1": self.place.password, "password2": self.place.password})
        log_in(self.operator, self._administrator, self.place.password)
        self.operator.open("/console/").sees("tourne mal sans moi")

    def sign_up(self) -> None:
        """Name, address, password; then the code that came by mail."""
        email = f"camille-{self.place.code}@tour.example"
        self.buyer.open("/compte/signup/").submit(
            {"full_name": "Camille Moreau", "email": email, "password1": self.place.password}
        )
        self.buyer.submit({"code": code_in(newest_letter(self.schema, email))})
        if "/compte/confirm" in self.buyer.url or "/compte/login" in self.buyer.url:
            raise PageError(f"{self.buyer.where()}: the code was not taken: {self.buyer.text()[:300]}")

    def register_business(self) -> None:
        """A company with a SIRET."""
        self.buyer.open("/structures/nouvelle/").submit(
            {
                "situation": "organisation",
                "legal_name": "Savonnerie de la Visite",
                "siret": SIRET,
                "vat_regime": "normal",
                "street": "3 place de l’Exemple",
                "postal_code": "79000",
                "town": "Niort",
            },
            button="Enregistrer l’entreprise",
        )
        self.buyer.sees("Savonnerie de la Visite")

    def tell_facts(self) -> None:
        """When it was founded and how many work there."""
        page = self.buyer.open("/structures/").document()
        links = [
            href
            for href in page.xpath("//main//a/@href")
            if re.fullmatch(r"/structures/[0-9a-f-]{36}/", href)
        ]
        if len(links) != 1:
            raise PageError(f"{self.buyer.where()}: one business expected, {links} found")
        founded = timezone.localdate() - datetime.timedelta(days=200)
        self.buyer.open(links[0]).submit(
            {"founded_on": founded.isoformat(), "headcount": "1"}, button="Enregistrer les coordonnées"
        )

    def fill_cart(self) -> None:
        """From the catalogue to two service pages to the cart, where the aid's last question is answered."""
        self.buyer.open("/services/?q=site").sees("Site")
        for slug in SERVICES:
            self.buyer.open(f"/services/{slug}/").submit({}, button="Ajouter au panier")
        self.buyer.open("/panier/").sees("Atelier Web des Marais", "Clain Numérique", "TTC")
        self.buyer.sees(PROGRAMME, "Il manque des réponses")
        self.buyer.submit({"answer-asked.deminimis_received": "0"}, button="Enregistrer mes réponses")
        self.buyer.sees(f"Total TTC {PRICE}", f"{PROGRAMME} − {AID}", f"Reste à payer TTC {LEFT}")

    def check_order(self) -> None:
        """All questions, then the page that checks everything, then the order."""
        self.buyer.open("/commander/")
        if not answer_questions(self.buyer):
            raise PageError("no provider asked anything")
        self.buyer.sees("Savonnerie de la Visite", f"Reste à payer TTC {LEFT}").submit(
            {"accept": "on"}, button="Commander"
        )
        match = re.search(r"/commandes/([^/]+)/payer/", self.buyer.url)
        if match is None:
            raise PageError(f"{self.buyer.where()}: no payment page: {self.buyer.text()[:400]}")
        self.order_number = match.group(1)

    def pay(self) -> None:
        """One card is declined, the other one pays what aid leaves; the bank’s word makes the order paid."""
        self.buyer.sees(LEFT)
        self.buyer.submit({}, button="Payer")
        card = {"expiry": "12 / 30", "cvc": "123", "name": "Camille Moreau"}
        self.buyer.submit({"number": DECLINED_CARD, **card}, button="Payer", expect=402)
        self.buyer.submit({"number": GOOD_CARD, **card}, button="Payer")
        page = self._origin(self.place.host) + f"/commandes/{self.order_number}/"
        wait_until(lambda: "Envoyée" in self.buyer.open(page).text(), what="paid order")
        self.buyer.sees(f"{PROGRAMME} (Réservée) − {AID}", f"Payé TTC {LEFT}")

    def start_work(self) -> None:
        """Each provider logs in, accepts, starts."""
        for slug in ("atelier-web-des-marais", "clain-numerique"):
            account = next(a for a in self.accounts if a.role == "provider" and slug in a.email)
            seller = Visitor(account.party, self._origin(self.place.host))
            log_in(seller, account.email, account.password)
            seller.open("/prestataire/")
            links = {href for href in seller.document().xpath("//main//a/@href") if "/prestations/" in href}
            lines = [href for href in links if re.search(r"/prestataire/prestations/[^/?]+/$", href)]
            if len(lines) != 1:
                raise PageError(f"{seller.where()}: one line expected, {lines} found: {seller.text()[:300]}")
            seller.open(lines[0]).submit({}, button="Accepter")
            seller.open(lines[0]).submit({}, button="Démarrer")
            self.sellers.append(seller)
            self.line_addresses.append(lines[0])

    def deliver_and_approve(self) -> None:
        """Milestone by milestone until nothing is left to deliver."""
        order = f"/commandes/{self.order_number}/"
        for seller, address in zip(self.sellers, self.line_addresses, strict=True):
            for _milestone in range(10):
                if not seller.open(address).document().xpath("//form[contains(@action, '/livrer/')]"):
                    break
                seller.submit(
                    {"title": "Livrable", "link": "https://livrable.example/", "note": "Voici le travail."},
                    action="/livrer/",
                    button="Livrer",
                )
                self.buyer.open(order).follow("Valider la livraison").submit({}, button="Valider")
        self.buyer.open(order)
        if self.buyer.text().count("Validée") < len(SERVICES):
            raise PageError(f"{self.buyer.where()}: not all approved: {self.buyer.text()[:600]}")

    def fetch_invoices(self) -> None:
        """Wait for the documents worker, then save each PDF that the buyer may read."""
        saved: list[str] = []

        def issued() -> bool:
            page = self.buyer.open("/factures/").document()
            links = {href for href in page.xpath("//main//a/@href") if re.search(r"/factures/.+", href)}
            saved[:] = sorted(link for link in links if "page=" not in link)
            return len(saved) >= 3 and "en préparation" not in self.buyer.text().lower()

        wait_until(issued, what="invoices of all approved steps", seconds=90)
        for number, link in enumerate(saved, start=1):
            content = self.buyer.download(link)
            if not content.startswith(b"%PDF-"):
                raise PageError(f"{link} is no PDF: {content[:60]!r}")
            name = re.sub(r"[^A-Za-z0-9._-]", "-", link.strip("/").split("/")[-1]) or f"invoice-{number}"
            (self.place.folder / f"{name.removesuffix('.pdf')}.pdf").write_bytes(content)

    def see_payouts(self) -> None:
        """Each provider sees what was sent, and what the funder still has to pay."""
        for seller in self.sellers:
            wait_until(
                lambda seller=seller: "Envoyé 0,00 €" not in seller.open("/prestataire/versements/").text(),  # type: ignore[misc]
                what=f"payout to {seller.name}",
            )
            seller.sees("Attend le financeur", "d’aide, prévu le")

    def verify(self) -> None:
        """The console shows the money; the commands find nothing wrong in this tenant."""
        self.operator.open("/console/argent/").sees("commission", f"Dû par les financeurs {AID}")
        self.operator.open(f"/console/commandes/{self.order_number}/").sees("Validée")
        for command in ("verify_ledger", "verify_invoices"):
            call_command(command, "--tenant", self.place.slug, stdout=StringIO())
