"""The PDF says what the snapshot says, on one page or on many."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pikepdf
from pypdf import PdfReader

from billing.invoicing.models import InvoiceDocument
from billing.invoicing.operations import issue_commission_invoice
from kernel.outbox.running import run_pending
from tests.billing.building import line
from tests.billing.invoicing.making import NOON, three_lines


def rendered(invoice):
    """The bytes and the text of the PDF of an invoice, spaces made equal."""
    from billing.invoicing.rendering import render_pdf

    pdf = render_pdf(invoice.snapshot, sha256=invoice.sha256)
    return pdf, words(pdf)


def words(pdf):
    """All text of a PDF with single spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def money(text):
    """A decimal string as it is printed: 1234.50 is « 1 234,50 € » with single spaces."""
    whole, cents = text.split(".")
    return f"{int(whole):,}".replace(",", " ") + f",{cents} €"


def test_the_text_agrees_with_the_snapshot(market):
    invoice = market.issue(*three_lines())
    said = json.loads(invoice.snapshot)
    _pdf, text = rendered(invoice)
    expected = [
        said["number"],
        "23 novembre 2026",
        said["seller"]["legal_name"],
        said["buyer"]["legal_name"],
        said["seller"]["address"]["street"],
        said["order"]["reference"],
        said["mandate"]["text"],
        "Prestation de services",
        "par l’intermédiaire de Pépinière d’essai",
        "TVA exigible à l’encaissement",
        *(note["text"] for note in said["notes"]),
        *(money(row["excl"]) for row in said["lines"]),
        *(money(row["base"]) for row in said["vat"]),
        *(money(row["vat"]) for row in said["vat"]),
        *(money(amount) for amount in said["totals"].values()),
        "333,3333 €",
        "0,015 €",
        "20 %",
        "10 %",
    ]
    siren = said["seller"]["siren"]
    expected.append(f"{siren[:3]} {siren[3:6]} {siren[6:]}")
    assert [piece for piece in expected if re.sub(r"\s+", " ", piece) not in text] == []


def test_an_invoice_without_vat_says_why(tenant):
    from tests.billing.invoicing.making import open_market

    invoice = open_market(regime="franchise", legal_form="EI", legal_name="Lumière du Port").issue(
        line("80.00")
    )
    _pdf, text = rendered(invoice)
    assert "TVA non applicable, art. L. 223-1 et suivants du CIBS" in text
    assert "Lumière du Port EI" in text


def test_the_commission_says_what_it_was_kept_from(market):
    (part,) = market.released(line("1000.00"))
    _pdf, text = rendered(issue_commission_invoice(release_id=part.pk, now=NOON))
    assert "Facture de commission" in text
    assert "Commission retenue le" in text
    assert "prix de vente 1 000,00 € HT" in text
    assert "au nom et pour le compte de" not in text


def test_it_is_a_tagged_pdf_a_3_and_the_same_bytes_each_time(market):
    invoice = market.issue()
    pdf, _text = rendered(invoice)
    assert rendered(invoice)[0] == pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.Lang == "fr"
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert len(document.Root.OutputIntents) == 1
        metadata = document.open_metadata()
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert document.docinfo["/Title"] == f"Facture {invoice.number}"
        assert not document.is_encrypted
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert all("Inter" in font for font in fonts)


def test_many_lines_run_over_pages_with_their_head(market):
    invoice = market.issue(*(replace(line("10.00"), description=f"Ligne {n}") for n in range(1, 61)))
    pdf, text = rendered(invoice)
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number}/{len(pages)}" in page
        assert "Clain Numérique" in page
    assert all(invoice.number in page for page in pages)
    assert all(f"Ligne {n} " in text for n in range(1, 61))
    # The totals stay on one page.
    (closing,) = [page for page in pages if "Total TTC" in page]
    assert "Total HT" in closing
    assert "Reste à payer" in closing


def test_markup_in_a_description_is_text(market):
    hostile = replace(line(), description='<img src="http://example.org/x.png"> & co')
    _pdf, text = rendered(market.issue(hostile))
    assert '<img src="http://example.org/x.png"> & co' in text


def test_the_worker_issues_renders_and_stores(market):
    market.released(line("100.00"))
    run_pending("documents")
    documents = list(InvoiceDocument.objects.select_related("invoice").order_by("pk"))
    assert sorted(document.invoice.kind for document in documents) == ["commission", "sale"]
    for document in documents:
        assert document.invoice.number in words(bytes(document.pdf))


def test_the_renderer_is_not_loaded_with_the_tasks():
    statements = (
        "import sys, django; django.setup(); import billing.invoicing.tasks, billing.invoicing.urls; "
        "print('weasyprint' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", statements], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "False"
