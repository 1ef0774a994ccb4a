"""A tenant's colours: from one seed to a stylesheet whose every text can be read."""

from kernel.web.theme.palette import Palette, Shades, palette
from kernel.web.theme.stylesheet import PLATFORM_BRAND, brand_palettes, render_theme_css, theme_hash

__all__ = [
    "PLATFORM_BRAND",
    "Palette",
    "Shades",
    "brand_palettes",
    "palette",
    "render_theme_css",
    "theme_hash",
]
