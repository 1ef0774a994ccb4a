"""The stylesheet that gives a site its colours, and the hash by which browsers may keep it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from kernel.web.theme.palette import Palette, Shades, palette

# The platform's own colours, and those of a tenant that has chosen none.
PLATFORM_BRAND: Mapping[str, str] = {"primary": "#14532d", "accent": "#b45309"}

# Plain hex: older phones know neither light-dark() nor oklch(), which Tabler's own values use.
_NEUTRALS = {
    "light": {
        "body-color": "#1f2328",
        "body-bg": "#fafafa",
        "emphasis-color": "#14171a",
        "heading-color": "#14171a",
        "secondary": "#565d66",
        "secondary-color": "#565d66",
        "muted": "#565d66",
        "tertiary-color": "#646b74",
        "bg-surface": "#ffffff",
        "bg-surface-secondary": "#f4f5f6",
        "bg-surface-tertiary": "#fafafa",
        "bg-forms": "#ffffff",
        "border-color": "#e1e4e8",
        "border-color-translucent": "#e1e4e8",
        "border-active-color": "#7a8088",
        "field-border": "#7a8088",
        "icon-color": "#646b74",
    },
    "dark": {
        "body-color": "#e6e8eb",
        "body-bg": "#171717",
        "emphasis-color": "#ffffff",
        "heading-color": "#ffffff",
        "secondary": "#b0b7c0",
        "secondary-color": "#b0b7c0",
        "muted": "#b0b7c0",
        "tertiary-color": "#a2a9b2",
        "bg-surface": "#262626",
        "bg-surface-secondary": "#2f3032",
        "bg-surface-tertiary": "#1f1f20",
        "bg-forms": "#1c1c1d",
        "border-color": "#3d4045",
        "border-color-translucent": "#3d4045",
        "border-active-color": "#8a9099",
        "field-border": "#8a9099",
        "icon-color": "#a2a9b2",
    },
}


def render_theme_css(brand: Mapping[str, str]) -> str:
    """The stylesheet for a brand of `primary` and `accent` (`#rrggbb`); what is missing is the platform's.

    Raises ValueError for a value that is no colour.
    """
    return _render(*_seeds(brand))


def theme_hash(brand: Mapping[str, str]) -> str:
    """Sixteen hex digits that change with the stylesheet's content."""
    return _digest(*_seeds(brand))


def brand_palettes(brand: Mapping[str, str]) -> tuple[Palette, Palette]:
    """The palettes of primary and accent, for pages that show a colour beside what becomes of it."""
    primary, accent = _seeds(brand)
    return palette(primary), palette(accent)


def _seeds(brand: Mapping[str, str]) -> tuple[str, str]:
    primary = brand.get("primary") or PLATFORM_BRAND["primary"]
    return primary, brand.get("accent") or brand.get("primary") or PLATFORM_BRAND["accent"]


@lru_cache(maxsize=256)
def _render(primary: str, accent: str) -> str:
    main, second = palette(primary), palette(accent)
    light = _declarations("light", main.light, second.light)
    dark = _declarations("dark", main.dark, second.dark)
    return (
        f":root,[data-bs-theme=light]{{color-scheme:light;{light}}}\n"
        f"[data-bs-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-bs-theme]){{color-scheme:dark;{dark}}}}}\n"
        f"@media print{{:root:root,:root[data-bs-theme]{{color-scheme:light;{light}}}}}\n"
    )


@lru_cache(maxsize=256)
def _digest(primary: str, accent: str) -> str:
    return hashlib.sha256(_render(primary, accent).encode()).hexdigest()[:16]


def _declarations(mode: str, primary: Shades, accent: Shades) -> str:
    values = {
        **_NEUTRALS[mode],
        "primary": primary.strong,
        "primary-rgb": _channels(primary.strong),
        "primary-fg": primary.fg,
        "primary-darken": primary.hover,
        "primary-text-emphasis": primary.strong,
        "primary-bg-subtle": primary.subtle,
        "primary-border-subtle": primary.line,
        "link-color": primary.strong,
        "link-color-rgb": _channels(primary.strong),
        "link-hover-color": primary.hover,
        "focus-ring-color": primary.strong,
        "active-bg": primary.subtle,
        "brand": primary.seed,
        "accent": accent.strong,
        "accent-fg": accent.fg,
        "accent-subtle": accent.subtle,
        "accent-line": accent.line,
        "brand-accent": accent.seed,
    }
    return "".join(f"--tblr-{name}:{value};" for name, value in values.items())


def _channels(colour: str) -> str:
    return ",".join(str(int(colour[index : index + 2], 16)) for index in (1, 3, 5))
