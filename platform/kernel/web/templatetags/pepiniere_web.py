"""Tags and filters of every page: amounts, dates, icons, states, errors. A builtin: no page loads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from kernel.web import formats
from kernel.web.icons import FALLBACK_ICON, ICONS
from kernel.web.sites import monogram
from kernel.web.states import TONES, StateWord

register = template.Library()


@register.filter
def money(cents: int | None, currency: str = "EUR") -> str:
    """Integer cents: « 1 234,56 € »."""
    return "" if cents is None else formats.format_money(cents, currency)


@register.filter
def money_excl(cents: int | None, currency: str = "EUR") -> str:
    """Integer cents without VAT: « 1 234,56 € HT »."""
    return (
        "" if cents is None else gettext("%(amount)s HT") % {"amount": formats.format_money(cents, currency)}
    )


@register.filter
def money_incl(cents: int | None, currency: str = "EUR") -> str:
    """Integer cents with VAT: « 1 234,56 € TTC »."""
    return (
        "" if cents is None else gettext("%(amount)s TTC") % {"amount": formats.format_money(cents, currency)}
    )


@register.filter
def unit_price(euros: Decimal | None) -> str:
    """Euros per unit with two to four decimals."""
    return "" if euros is None else formats.format_unit_price(Decimal(euros))


@register.filter
def number(value: Decimal | int | None) -> str:
    """A quantity without useless zeros: « 2,5 »."""
    return "" if value is None else formats.format_number(value)


@register.filter
def percent(rate: Decimal | int | None) -> str:
    """A rate in percent: « 5,5 % »."""
    return "" if rate is None else formats.format_percent(rate)


@register.filter
def when(value: datetime | None, zone: str = "") -> str:
    """An instant in full, in the site's zone or in ``zone``: « mercredi 25 novembre 2026 à 18 h »."""
    return "" if value is None else formats.format_when(value, zone)


@register.filter
def when_short(value: datetime | None, zone: str = "") -> str:
    """An instant for tables: « 25 nov. 2026 à 18 h »."""
    return "" if value is None else formats.format_short_when(value, zone)


@register.filter
def hour(value: datetime | None, zone: str = "") -> str:
    """The hour of an instant: « 9 h 42 »."""
    return "" if value is None else formats.format_hour(value, zone)


@register.filter
def day(value: date | datetime | None, zone: str = "") -> str:
    """A date in full: « mercredi 25 novembre 2026 »."""
    return "" if value is None else formats.format_day(value, zone)


@register.filter
def day_short(value: date | datetime | None, zone: str = "") -> str:
    """A date for tables: « 25 nov. 2026 »."""
    return "" if value is None else formats.format_short_day(value, zone)


@register.filter
def siren(value: str | None) -> str:
    """Nine digits in threes."""
    return formats.format_digits(value or "", 3, 3, 3)


@register.filter
def siret(value: str | None) -> str:
    """Fourteen digits: the SIREN in threes, then the five of the establishment."""
    return formats.format_digits(value or "", 3, 3, 3, 5)


@register.filter
def ident(value: object) -> SafeString:
    """A number that people read out or copy: never broken over two lines."""
    return format_html('<span class="ident">{}</span>', value)


@register.filter
def phone(value: str | None) -> str:
    """« +33199000200 » as « +33 1 99 00 02 00 »; what is written otherwise is left as it is."""
    return formats.format_phone(value or "")


@register.filter(is_safe=True)
def with_colon(words: object) -> str:
    """Words before what they announce, with the colon of the language: « Délai : », “Lead time:”."""
    return gettext("%(words)s :") % {"words": words}


@register.filter
def initials(name: str | None) -> str:
    """One or two capitals for a name, as in `Site.monogram`."""
    return monogram(name or "")


@register.simple_tag
def language_of(owner: Any, field: str) -> SafeString:
    """` lang="fr"` where a page in English has to say ``field`` of ``owner`` in French.

    Screen readers then speak it as French (WCAG 2.2, 3.1.2). An owner without an English field has none.
    """
    if formats.in_french():
        return SafeString("")
    name = f"{field}_en"
    english = owner.get(name) if isinstance(owner, dict) else getattr(owner, name, "")
    return SafeString("" if english else ' lang="fr"')


@register.filter
def said(owner: Any, field: str) -> SafeString:
    """``field`` of ``owner`` in the page's language, or in French and marked as such."""
    french = language_of(owner, field)
    if french:
        return format_html("<span{}>{}</span>", french, getattr(owner, field))
    return format_html("{}", getattr(owner, field if formats.in_french() else f"{field}_en"))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One of `kernel.web.icons.ICONS`, drawn beside words and hidden from screen readers."""
    return _icon(name, css)


@register.simple_tag
def state_badge(state: StateWord | str, word: str = "", icon: str = "") -> SafeString:
    """A state: `{% state_badge state_word %}` or `{% state_badge "act" _("À valider") %}`."""
    if isinstance(state, StateWord):
        tone, word, icon = state.tone, str(state.word), state.icon
    else:
        tone = state
    drawn = _icon(icon or TONES[tone], "")
    return format_html('<span class="badge tone tone-{}">{}<span>{}</span></span>', tone, drawn, word)


@register.simple_tag
def deadline(due_at: datetime, working_days_left: int) -> str:
    """What is left until ``due_at`` in working days (0 is today, negative is late), always with its date."""
    hour, place = formats.format_bare_hour(due_at), formats.place_of_clock(due_at)
    hour = f"{hour}, {place}" if place else hour
    if working_days_left < 0:
        return ngettext(
            "en retard de %(count)s jour ouvré", "en retard de %(count)s jours ouvrés", -working_days_left
        ) % {"count": -working_days_left}
    if working_days_left == 0:
        return gettext("aujourd’hui avant %(hour)s") % {"hour": hour}
    return ngettext(
        "il vous reste %(count)s jour ouvré (jusqu’au %(day)s, %(hour)s)",
        "il vous reste %(count)s jours ouvrés (jusqu’au %(day)s, %(hour)s)",
        working_days_left,
    ) % {"count": working_days_left, "day": formats.format_day_of_year(due_at), "hour": hour}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Every error of the given forms or formsets, each linked to its field; nothing where there is none."""
    return {"errors": [error for form in forms if form for error in _errors_of(form)]}


@register.simple_tag
def has_errors(*forms: Any) -> bool:
    """Whether one of the given forms or formsets was refused."""
    return any(_errors_of(form) for form in forms if form)


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, Any]:
    """Address and label in turn, the last address empty: `{% breadcrumbs "/" "A" "" "B" %}`."""
    return {
        "items": [{"url": url, "label": label} for url, label in zip(pairs[::2], pairs[1::2], strict=True)]
    }


@lru_cache(maxsize=1024)
def _icon(name: str, css: str) -> SafeString:
    known = name if name in ICONS else FALLBACK_ICON
    address = static("vendor/tabler-icons/sprite.svg")
    classes = f"icon {css}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        address,
        known,
    )


def _errors_of(form: Any) -> list[dict[str, str]]:
    members: Iterable[Any] | None = getattr(form, "forms", None)
    if members is not None:
        found = [error for member in members for error in _errors_of(member)]
        return [{"message": str(message), "target": ""} for message in form.non_form_errors()] + found
    if not getattr(form, "is_bound", False):
        return []
    return [
        {"message": _summed_up(form, name, error, message), "target": _target_of(form, name)}
        for name, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]


def _summed_up(form: Any, name: str, error: ValidationError, message: str) -> str:
    # « Ce champ est obligatoire. » five times over says nothing: away from the field it needs its name.
    if name == NON_FIELD_ERRORS or error.code != "required":
        return message
    return gettext("%(field)s : %(error)s") % {"field": form[name].label, "error": message}


def _target_of(form: Any, name: str) -> str:
    if name == NON_FIELD_ERRORS or form[name].is_hidden:
        return ""
    field = form[name]
    # A group of radios has no element of the group's own id: its first choice is what takes the focus.
    return f"{field.auto_id}_0" if field.use_fieldset and field.subwidgets else field.auto_id
