"""What the domain refuses, with a stable code for programs and a sentence for people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that a person can understand and act upon.

    Subjects subclass it in their `errors.py` with a `code` that never changes, a translatable `message`
    (which may name parameters as ``%(name)s``) and the HTTP `status` an API answers.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("Cette action n’est pas possible.")
    status: ClassVar[int] = 409

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)

    def as_dict(self) -> dict[str, Any]:
        """The form in which an API tells it: code and sentence in the reader's language."""
        return {"code": self.code, "message": str(self)}
