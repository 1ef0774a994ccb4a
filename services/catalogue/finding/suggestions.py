"""What somebody may mean who is still typing: rubrics and services that begin with the letters so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import get_language

from services.catalogue.finding.words import search_words
from services.catalogue.models import Service
from services.catalogue.rubrics import CategoryTree
from tenants.reference.names import fold_name

LEAST_LETTERS = 2
RUBRICS = 2
SERVICES = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rubric (no ``provider``) or a service, in the active language."""

    slug: str
    name: str
    provider: str = ""


def suggestions(text: str, tree: CategoryTree) -> tuple[list[Suggestion], list[Suggestion]]:
    """Rubrics and services for what is typed so far; one statement, none below two letters."""
    words = search_words(text)
    if not words or len("".join(words)) < LEAST_LETTERS:
        return [], []
    head = fold_name(text.strip())
    rubrics = [
        Suggestion(node.slug, node.name)
        for node in tree.by_slug.values()
        if any(part.startswith(words[-1]) for part in fold_name(node.name).split())
        and all(word in fold_name(node.name) for word in words)
    ]
    return rubrics[:RUBRICS], _services(words, head)


def _services(words: list[str], head: str) -> list[Suggestion]:
    # The last word may be unfinished. Letters and digits only: nothing needs quoting.
    raw = " & ".join([*words[:-1], f"{words[-1]}:*"])
    query = SearchQuery(raw, config="french", search_type="raw") | SearchQuery(
        raw, config="english", search_type="raw"
    )
    first = Case(When(sort_key__startswith=head, then=Value(0)), default=1, output_field=IntegerField())
    rows = (
        Service.objects.published()
        .filter(search_vector=query)
        .order_by(first, SearchRank(F("search_vector"), query).desc(), "sort_key", "id")
        .values_list("slug", "name", "name_en", "provider__trade_name", "provider__legal_name")
    )
    english = get_language() == "en"
    return [
        Suggestion(slug, (english and name_en) or name, trade_name or legal_name)
        for slug, name, name_en, trade_name, legal_name in rows[:SERVICES]
    ]
