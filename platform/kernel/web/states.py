"""How a state is shown: a tone, an icon and a word; never colour alone."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise

# done: over and well; wait: others' turn, or ended; act: the reader's turn; run: under way; bad: failed.
TONES = {
    "done": "circle-check",
    "wait": "clock",
    "act": "alert-circle",
    "run": "progress",
    "bad": "alert-triangle",
}


class StateWord(NamedTuple):
    """The word for a state as one reader sees it, with a tone (a key of TONES), perhaps an icon."""

    tone: str
    word: str | Promise
    icon: str = ""
