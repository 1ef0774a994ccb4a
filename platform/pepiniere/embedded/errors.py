"""What stops a command before its work, told in one line with its remedy."""

from __future__ import annotations

USAGE = 2
PRECONDITION = 3


class Refusal(Exception):
    """A condition the user has to mend first; never shown as a traceback.

    ``message`` is one line that ends with the remedy; ``exit_code`` is 2 for a wrong
    request and 3 for a missing precondition of the machine.
    """

    def __init__(self, message: str, exit_code: int = PRECONDITION) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
