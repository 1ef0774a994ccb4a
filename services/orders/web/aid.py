"""What the pages of cart and check show of public aid: the sums, the questions, the code to bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing.funding.web.question_forms import QuestionForm, questions_about
from services.orders.web.forms import CodeForm

if TYPE_CHECKING:
    from billing.funding.web.shown_aid import ShownAid
    from tenants.parties.models import Party


@dataclass(frozen=True)
class PageAid:
    """Aid on a page; ``back`` names the page that answers lead back to."""

    shown: ShownAid
    buyer: Party | None
    questions: QuestionForm
    code: CodeForm
    back: str

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary above the page."""
        refused: Sequence[Any] = self.code.errors.get("code", ()) if self.code.is_bound else ()
        return [
            *self.questions.errors,
            *({"message": str(message), "target": "voucher-code"} for message in refused),
        ]


def aid_of_page(
    shown: ShownAid,
    buyer: Party | None,
    *,
    back: str,
    questions: QuestionForm | None = None,
    code: CodeForm | None = None,
) -> PageAid:
    """What a page shows; refused answers and a refused code stay as they were typed."""
    return PageAid(
        shown=shown,
        buyer=buyer,
        questions=questions or questions_about(shown.asked),
        code=code or CodeForm(auto_id="voucher-%s"),
        back=back,
    )
