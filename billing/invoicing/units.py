"""Units of sale as people write them, and their code in UN/ECE Recommendation 20 (BT-130)."""

from __future__ import annotations

ONE = "C62"

_CODES = {
    "forfait": "LS",
    "heure": "HUR",
    "jour": "DAY",
    "semaine": "WEE",
    "mois": "MON",
    "an": "ANN",
    "km": "KMT",
    "kg": "KGM",
    "m²": "MTK",
    "m³": "MTQ",
    "lot": "SET",
    "colis": "XPK",
    "palette": "XPX",
    "personne": "IE",
}


def unit_code(unit: str) -> str:
    """The code of a unit; what has none is counted in pieces."""
    return _CODES.get(unit.strip().casefold(), ONE)
