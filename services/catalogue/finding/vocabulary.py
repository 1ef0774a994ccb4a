"""The words of the published services, kept beside them; a task writes them anew after a change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef
from django.utils import timezone

from kernel.outbox.operations import enqueue
from services.catalogue.finding.synonyms import synonym_terms
from services.catalogue.finding.words import surface_words
from services.catalogue.models import SearchWord, Service, ServiceOption

REFRESH_TASK = "catalogue.refresh_vocabulary"
# Many services published in a row make one refresh.
PATIENCE = timedelta(seconds=5)
LONGEST_WORD = 60
# Two processes that refresh at once would write the same rows in different orders.
_LOCK = 7_300_120

_TEXTS = (
    "name", "name_en", "summary", "summary_en", "description", "description_en",
    "category__name", "category__name_en", "provider__trade_name", "provider__legal_name",
)  # fmt: skip


def plan_refresh() -> None:
    """Ask for the words to be read again soon; in the caller's transaction."""
    enqueue(REFRESH_TASK, due_at=timezone.now() + PATIENCE, dedupe_key=REFRESH_TASK)


@transaction.atomic
def refresh_vocabulary() -> int:
    """Write the words of the published services anew; how many there are. Five statements."""
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    services: Counter[str] = Counter()
    for texts in _texts():
        of_service: set[str] = set()
        for text in texts:
            for folded, written in surface_words(text):
                if 1 < len(folded) <= LONGEST_WORD:
                    spelled[folded][written.lower()] += 1
                    of_service.add(folded)
        services.update(of_service)
    for term in synonym_terms():
        for folded, written in surface_words(term):
            spelled[folded][written.lower()] += 1
    words = sorted(spelled)
    shown = [spelled[word].most_common(1)[0][0] for word in words]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])
        cursor.execute(_WRITE, [words, shown, [services[word] for word in words]])
        SearchWord.objects.exclude(folded__in=words).delete()
    return len(words)


_WRITE = """
    INSERT INTO catalogue_searchword (folded, shown, services, stem)
    SELECT word, shown, services, coalesce((ts_lexize('french_stem', word))[1], word)
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS new(word, shown, services)
    ON CONFLICT (folded) DO UPDATE SET shown = excluded.shown, services = excluded.services
    WHERE (catalogue_searchword.shown, catalogue_searchword.services)
        IS DISTINCT FROM (excluded.shown, excluded.services)
"""


def _texts() -> Iterator[tuple[str, ...]]:
    labels = ServiceOption.objects.filter(service=OuterRef("pk")).order_by("pk")
    rows = Service.objects.published().annotate(labels=ArraySubquery(labels.values("label")))
    for *texts, deliverables, options in (
        rows.values_list(*_TEXTS, "deliverables", "labels").order_by("pk").iterator(chunk_size=500)
    ):
        yield (*texts, *map(str, deliverables), *options)
