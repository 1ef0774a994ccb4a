"""Whatever colour a region chooses, its words can be read."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kernel.web.theme import PLATFORM_BRAND, palette, render_theme_css, theme_hash
from kernel.web.theme.colour import contrast, from_oklch, to_oklch
from kernel.web.theme.palette import DARK_GROUNDS, LEAST_CONTRAST, LIGHT_GROUNDS
from kernel.web.views import theme_css

SEEDS = [
    f"#{digits[0] * 2}{digits[1] * 2}{digits[2] * 2}" for digits in product("0123456789abcdef", repeat=3)
]
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def readable(seed: str) -> float:
    """The least contrast among all pairs of text and ground that a seed's palette makes."""
    found = palette(seed)
    return min(
        *(contrast(found.light.strong, ground) for ground in (*LIGHT_GROUNDS, found.light.subtle)),
        *(contrast(found.dark.strong, ground) for ground in (*DARK_GROUNDS, found.dark.subtle)),
        *(contrast(shades.fg, shades.strong) for shades in (found.light, found.dark)),
        *(contrast(shades.hover, shades.fg) for shades in (found.light, found.dark)),
    )


def test_every_seed_of_a_grid_of_4096_can_be_read() -> None:
    """Every sixteenth of each channel."""
    assert len(SEEDS) == 4096
    assert min(map(readable, SEEDS)) >= LEAST_CONTRAST == 4.6


@given(colours)
def test_any_seed_can_be_read(seed: str) -> None:
    """And those between."""
    assert readable(seed) >= LEAST_CONTRAST


@given(colours)
def test_oklch_and_back_is_the_same_colour(seed: str) -> None:
    """The conversion loses at most one step of a channel."""
    back = from_oklch(to_oklch(seed))
    assert all(abs(int(seed[i : i + 2], 16) - int(back[i : i + 2], 16)) <= 1 for i in (1, 3, 5))


def test_the_hue_is_kept() -> None:
    """A yellow that no text could have becomes a dark yellow, not a grey."""
    strong = to_oklch(palette("#ffd500").light.strong)
    assert abs(strong.hue - to_oklch("#ffd500").hue) < 0.05
    assert strong.chroma > 0.08


def test_the_stylesheet_is_plain_hex_in_both_modes() -> None:
    """Older phones know no functions of colour."""
    css = render_theme_css({"primary": "#a4123f", "accent": "#0b5d5a"})
    assert not re.search(r"light-dark|oklch|color-mix", css)
    assert "[data-bs-theme=dark]" in css
    assert "prefers-color-scheme:dark" in css
    for name in ("primary", "primary-fg", "link-color", "body-color", "body-bg", "border-color"):
        assert len(re.findall(rf"--tblr-{name}:#[0-9a-f]{{6}};", css)) == 4
    assert "--tblr-brand:#a4123f;" in css


def test_neutral_texts_can_be_read() -> None:
    """Body, muted and borders of fields, on the grounds they stand on."""
    css = render_theme_css(PLATFORM_BRAND)
    light, dark = css.splitlines()[:2]
    for block, grounds in (
        (light, ("#ffffff", "#fafafa", "#f4f5f6")),
        (dark, ("#171717", "#262626", "#2f3032")),
    ):
        values = dict(re.findall(r"--tblr-([a-z-]+):(#[0-9a-f]{6})", block))
        for name in ("body-color", "secondary", "tertiary-color", "heading-color"):
            assert min(contrast(values[name], ground) for ground in grounds) >= 4.5, name
        assert min(contrast(values["field-border"], ground) for ground in grounds[:2]) >= 3


def test_missing_colours_are_the_platforms() -> None:
    """A tenant that chose nothing looks like the platform; one colour serves as both."""
    assert render_theme_css({}) == render_theme_css(PLATFORM_BRAND)
    assert "--tblr-brand-accent:#1d4ed8;" in render_theme_css({"primary": "#1d4ed8"})


def test_a_colour_that_is_none_is_refused() -> None:
    """Nothing that a tenant stores gets into a stylesheet unread."""
    with pytest.raises(ValueError, match="#rrggbb"):
        render_theme_css({"primary": "red;}body{display:none"})


def test_browsers_keep_the_stylesheet_until_it_changes() -> None:
    """The current address for good, an older one not at all."""
    request = RequestFactory().get("/")
    request.tenant = None  # type: ignore[attr-defined]
    current = theme_css(request, theme_hash(PLATFORM_BRAND))
    assert current["Content-Type"].startswith("text/css")
    assert "immutable" in current["Cache-Control"]
    assert theme_css(request, "older")["Cache-Control"] == "no-cache"
    assert theme_css(request, "older").content == current.content
