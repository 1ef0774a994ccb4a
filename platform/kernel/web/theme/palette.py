"""From a tenant's seed colour to the shades that can be read on every ground we put them on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kernel.web.theme.colour import Oklch, contrast, from_oklch, parse_hex, to_hex, to_oklch

LIGHT_GROUNDS = ("#ffffff", "#fafafa")
DARK_GROUNDS = ("#171717", "#262626")
# WCAG asks 4.5; the rest is room for rounding to whole channels.
LEAST_CONTRAST = 4.6
MOST_CHROMA = 0.17
LIGHTNESS = (0.22, 0.92)
_STEP = 0.004


@dataclass(frozen=True)
class Shades:
    """One colour in one mode, all in plain hex.

    `seed` is as the tenant gave it and carries no text; `strong` reads on every ground and on `subtle`;
    `fg` reads on `strong`; `hover` is `strong` one step further; `subtle` is a ground; `line` a border on it.
    """

    seed: str
    strong: str
    fg: str
    hover: str
    subtle: str
    line: str


@dataclass(frozen=True)
class Palette:
    """A seed's shades in both modes."""

    light: Shades
    dark: Shades


@lru_cache(maxsize=1024)
def palette(seed: str) -> Palette:
    """The palette of ``seed`` (`#rrggbb`): its hue kept, chroma and lightness bounded. Raises ValueError."""
    given = to_oklch(seed)
    base = Oklch(
        min(LIGHTNESS[1], max(LIGHTNESS[0], given.lightness)), min(MOST_CHROMA, given.chroma), given.hue
    )
    seed = to_hex(*parse_hex(seed))
    return Palette(light=_light(seed, base), dark=_dark(seed, base))


def _light(seed: str, base: Oklch) -> Shades:
    subtle = from_oklch(base._replace(lightness=0.96, chroma=min(base.chroma, 0.02)))
    colour, strong = _readable(base, (*LIGHT_GROUNDS, subtle), -_STEP)
    return Shades(
        seed=seed,
        strong=strong,
        fg=_on(strong),
        hover=from_oklch(colour._replace(lightness=max(0.12, colour.lightness - 0.07))),
        subtle=subtle,
        line=from_oklch(base._replace(lightness=0.88, chroma=min(base.chroma, 0.045))),
    )


def _dark(seed: str, base: Oklch) -> Shades:
    subtle = from_oklch(base._replace(lightness=0.28, chroma=min(base.chroma, 0.035)))
    colour, strong = _readable(
        base._replace(lightness=max(base.lightness, 0.5)), (*DARK_GROUNDS, subtle), _STEP
    )
    return Shades(
        seed=seed,
        strong=strong,
        fg=_on(strong),
        hover=from_oklch(colour._replace(lightness=min(0.97, colour.lightness + 0.06))),
        subtle=subtle,
        line=from_oklch(base._replace(lightness=0.42, chroma=min(base.chroma, 0.06))),
    )


def _readable(colour: Oklch, grounds: Iterable[str], step: float) -> tuple[Oklch, str]:
    # The hex as rounded is what gets tested, not the exact colour behind it.
    grounds = tuple(grounds)
    shown = from_oklch(colour)
    while min(contrast(shown, ground) for ground in grounds) < LEAST_CONTRAST and 0 < colour.lightness < 1:
        colour = colour._replace(lightness=colour.lightness + step)
        shown = from_oklch(colour)
    return colour, shown


def _on(ground: str) -> str:
    return max(("#ffffff", "#171717"), key=lambda text: contrast(text, ground))
