"""The icons of the product: the only names that `{% icon %}` draws and the vendored sprite holds."""

from __future__ import annotations

from pathlib import Path

# Names of Tabler's outline icons, one a line; scripts/vendor_assets.py makes the sprite from them.
ICONS = frozenset(Path(__file__).with_name("icons.txt").read_text(encoding="utf-8").split())

# Drawn where data names an icon that the sprite does not hold.
FALLBACK_ICON = "point"
