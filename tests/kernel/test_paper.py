"""A printed document fetches nothing but the files of our paper, and comes out the same each time."""

from __future__ import annotations

import pytest

HTML = '<html lang="fr"><title>Relevé</title><h1>Relevé</h1><img alt="" src="{source}"></html>'


@pytest.mark.parametrize(
    "address", ["https://example.org/a.png", "file:///etc/passwd", "../../kernel/paper/../x", "data:,x"]
)
def test_nothing_is_fetched_from_elsewhere(address):
    from kernel.paper.printing import PAPER_FOLDER, OwnFilesOnly

    fetcher = OwnFilesOnly(allowed_protocols={"file"})
    with pytest.raises(ValueError, match="fetches nothing"):
        fetcher.fetch(address if ":" in address else f"{PAPER_FOLDER.as_uri()}/{address}")


def test_a_page_that_names_a_picture_elsewhere_is_printed_without_it(tmp_path):
    """The picture lies on this machine, and is still not read."""
    picture = tmp_path / "secret.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>canari</text></svg>', encoding="utf-8")
    with_picture, without = (printed(HTML.format(source=source)) for source in (picture.as_uri(), ""))
    assert with_picture == without


def test_the_same_page_gives_the_same_bytes_and_a_strange_colour_gives_the_products_own():
    page = HTML.format(source="")
    assert printed(page) == printed(page)
    assert printed(page, accent="red;} body{display:none}") == printed(page, accent="#1f4e5f")


def printed(html: str, accent: str = "#1f4e5f") -> bytes:
    from kernel.paper.printing import REGISTER, print_pdf

    return print_pdf(html, stylesheets=(REGISTER,), accent=accent, variant="pdf/ua-1", fingerprint="ab" * 32)
