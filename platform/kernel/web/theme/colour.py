"""Colours: sRGB hex to OKLCH and back, and the contrast ratio of WCAG."""

from __future__ import annotations

import re
from math import atan2, cos, hypot, sin
from typing import NamedTuple

_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")


class Oklch(NamedTuple):
    """Lightness 0-1, chroma 0-0.4, hue in radians (Björn Ottosson's OKLab in polar form)."""

    lightness: float
    chroma: float
    hue: float


def parse_hex(colour: str) -> tuple[float, float, float]:
    """The three channels, 0 to 1, of ``#rrggbb``. Raises ValueError for anything else."""
    found = _HEX.match(colour)
    if found is None:
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    number = int(found.group(1), 16)
    return (number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255


def to_hex(red: float, green: float, blue: float) -> str:
    """``#rrggbb`` of three channels 0 to 1; what lies outside is clipped."""
    return "#" + "".join(f"{round(min(1.0, max(0.0, channel)) * 255):02x}" for channel in (red, green, blue))


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio, 1 to 21, of two hex colours."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def to_oklch(colour: str) -> Oklch:
    """A hex colour in OKLCH."""
    red, green, blue = (_linear(channel) for channel in parse_hex(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return Oklch(lightness, hypot(a, b), atan2(b, a))


def from_oklch(colour: Oklch) -> str:
    """The hex colour of that lightness and hue, with less chroma where the screen can't show as much."""
    channels = _channels(colour)
    if _shown(channels):
        return to_hex(*channels)
    low, high = 0.0, colour.chroma
    for _ in range(12):
        middle = (low + high) / 2
        if _shown(_channels(colour._replace(chroma=middle))):
            low = middle
        else:
            high = middle
    return to_hex(*_channels(colour._replace(chroma=low)))


def _channels(colour: Oklch) -> tuple[float, float, float]:
    a, b = colour.chroma * cos(colour.hue), colour.chroma * sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _shown(channels: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in parse_hex(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    if channel <= 0.0031308:
        return 12.92 * channel
    return 1.055 * channel ** (1 / 2.4) - 0.055
