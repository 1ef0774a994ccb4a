"""Rule documents: strict JSON with a version, read into a tree, every fault named at its row.

{"schema": 1, "root": {"group": "all", "rows": [
    {"fact": "business.age", "operator": "lt", "value": "3", "met": {"fr": "…"}, "reference": "…"},
    {"group": "at_least", "count": 2, "rows": […]},
    {"fact": "programme.deminimis", "operator": "lte", "parameter": "deminimis.ceiling"},
    {"operator": "human", "met": {"fr": "…"}}]}}
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from kernel.rules.canonical import canonical_sha256
from kernel.rules.errors import RowError, RuleInvalid, ValueRefused
from kernel.rules.facts import Fact, Vocabulary
from kernel.rules.kinds import read_text, read_value, write_value
from kernel.rules.operators import SHAPES, Operand, Operator, Takes, operand_kind
from kernel.rules.parameters import NO_PARAMETERS, Parameters
from kernel.rules.tree import Clause, Combine, Group, Node, Rule

SCHEMA = 1
DEEPEST = 4
MOST_ROWS = 100
MOST_VALUES = 300
LANGUAGES = ("fr", "en")
LONGEST_SENTENCE = 300
VALUE_MARK = "{value}"
_Choice = TypeVar("_Choice", bound=StrEnum)
_GROUP_KEYS = {"group", "rows", "count"}
_CLAUSE_KEYS = {"fact", "operator", "value", "parameter", "met", "unmet", "reference"}


def parse_rule(document: Any, vocabulary: Vocabulary, parameters: Parameters = NO_PARAMETERS) -> Rule:
    """The rule a document says. Raises RuleInvalid with every fault at its row."""
    return _Reader(vocabulary, parameters).read(document)


def empty_document() -> dict[str, Any]:
    """A rule without conditions: everybody."""
    return {"schema": SCHEMA, "root": {"group": Combine.ALL.value, "rows": []}}


def rule_document(root: Group) -> dict[str, Any]:
    """The canonical document of a tree."""
    return {"schema": SCHEMA, "root": _written(root)}


def _written(node: Node) -> dict[str, Any]:
    if isinstance(node, Group):
        written: dict[str, Any] = {
            "group": node.combine.value,
            "rows": [_written(row) for row in node.rows],
        }
        return {**written, "count": node.count} if node.combine == Combine.AT_LEAST else written
    return {
        key: value
        for key, value in (
            ("fact", node.fact),
            ("operator", node.operator.value),
            ("value", _written_operand(node.operand)),
            ("parameter", node.parameter),
            ("met", dict(sorted(node.met.items()))),
            ("unmet", dict(sorted(node.unmet.items()))),
            ("reference", node.reference),
        )
        if value not in ("", None, {})
    }


def _written_operand(operand: Operand) -> Any:
    if operand is None:
        return None
    return [write_value(one) for one in operand] if isinstance(operand, tuple) else write_value(operand)


class _Reader:
    """Reads one document and gathers its faults."""

    def __init__(self, vocabulary: Vocabulary, parameters: Parameters) -> None:
        self.vocabulary = vocabulary
        self.parameters = parameters
        self.errors: list[RowError] = []
        self.rows = 0

    def read(self, document: Any) -> Rule:
        root = None
        if not isinstance(document, dict) or set(document) != {"schema", "root"}:
            self.refuse("", "", "shape", _("Le document doit avoir une version et une racine, rien d’autre."))
        elif type(document["schema"]) is not int or document["schema"] != SCHEMA:
            self.refuse("", "schema", "schema", _("Cette version de document n’est pas connue."))
        elif not isinstance(document["root"], dict) or "group" not in document["root"]:
            self.refuse("", "root", "shape", _("La racine doit être un groupe de lignes."))
        else:
            root = self.group(document["root"], "", 0)
        if self.errors or root is None:
            raise RuleInvalid(self.errors)
        written = rule_document(root)
        return Rule(root, written, canonical_sha256(written))

    def refuse(self, path: str, field: str, code: str, message: str) -> None:
        self.errors.append(RowError(path, field, code, message))

    def node(self, raw: Any, path: str, depth: int) -> Node | None:
        self.rows += 1
        if self.rows == MOST_ROWS + 1:
            self.refuse(path, "", "rows", _("Une règle a %(count)s lignes au plus.") % {"count": MOST_ROWS})
        if self.rows > MOST_ROWS:
            return None
        if not isinstance(raw, dict):
            self.refuse(path, "", "shape", _("Cette ligne ne peut pas être lue."))
            return None
        return self.group(raw, path, depth) if "group" in raw else self.clause(raw, path)

    def group(self, raw: Mapping[Any, Any], path: str, depth: int) -> Group | None:
        rows = raw.get("rows")
        combine = _member(Combine, raw.get("group"))
        if set(raw) - _GROUP_KEYS or not isinstance(rows, list) or combine is None:
            self.refuse(path, "group", "shape", _("Ce groupe ne peut pas être lu."))
            return None
        if depth >= DEEPEST:
            self.refuse(
                path,
                "",
                "depth",
                _("Les groupes s’emboîtent sur %(count)s niveaux au plus.") % {"count": DEEPEST},
            )
            return None
        if not rows and (path or combine != Combine.ALL):
            self.refuse(path, "group", "empty", _("Ajoutez une ligne à ce groupe, ou retirez-le."))
        prefix = f"{path}." if path else ""
        nodes = [self.node(row, f"{prefix}{place}", depth + 1) for place, row in enumerate(rows, start=1)]
        return Group(path, combine, tuple(node for node in nodes if node), self.count(raw, combine, path))

    def count(self, raw: Mapping[Any, Any], combine: Combine, path: str) -> int:
        count = raw.get("count")
        if combine != Combine.AT_LEAST:
            if "count" in raw:
                self.refuse(path, "count", "count", _("Seul un groupe « au moins » compte ses lignes."))
            return 0
        if type(count) is not int or not 1 <= count <= len(raw["rows"]):
            self.refuse(
                path,
                "count",
                "count",
                _("Indiquez combien de lignes doivent être remplies, sans dépasser leur nombre."),
            )
            return 1
        return count

    def clause(self, raw: Mapping[Any, Any], path: str) -> Clause | None:
        before = len(self.errors)
        for key in raw:
            if key not in _CLAUSE_KEYS:
                self.refuse(path, "", "shape", _("Cette ligne contient un champ inconnu."))
        operator = _member(Operator, raw.get("operator"))
        if operator is None:
            self.refuse(path, "operator", "operator", _("Choisissez une comparaison."))
            return None
        fact = self.fact(raw, operator, path)
        parameter, operand = "", None
        if fact is not None and not self.fits(fact, operator, path):
            fact = None
        if fact is not None:
            parameter = self.parameter(raw, fact, operator, path)
            operand = None if parameter else self.operand(raw, fact, operator, path)
        met, unmet = self.sentences(raw, "met", path), self.sentences(raw, "unmet", path)
        if operator == Operator.HUMAN and "fr" not in met:
            self.refuse(path, "met", "sentence", _("Dites ce qu’une personne doit vérifier."))
        reference = self.line(raw.get("reference", ""), path, "reference")
        if len(self.errors) > before:
            return None
        key = fact.key if fact else ""
        return Clause(path, operator, key, operand, parameter, met, unmet, reference)

    def fact(self, raw: Mapping[Any, Any], operator: Operator, path: str) -> Fact | None:
        key = raw.get("fact")
        if operator == Operator.HUMAN:
            if any(name in raw for name in ("fact", "value", "parameter")):
                self.refuse(path, "fact", "fact", _("Une vérification humaine ne compare aucun fait."))
            return None
        fact = self.vocabulary.get(key) if isinstance(key, str) else None
        if fact is None:
            self.refuse(path, "fact", "fact", _("Choisissez un fait."))
        return fact

    def fits(self, fact: Fact, operator: Operator, path: str) -> bool:
        if fact.kind in SHAPES[operator].kinds:
            return True
        self.refuse(path, "operator", "operator", _("Cette comparaison ne convient pas à ce fait."))
        return False

    def parameter(self, raw: Mapping[Any, Any], fact: Fact, operator: Operator, path: str) -> str:
        if "parameter" not in raw:
            return ""
        key = raw["parameter"]
        found = self.parameters.get(key) if isinstance(key, str) else None
        if found is None or SHAPES[operator].takes != Takes.ONE or found.kind != fact.kind or "value" in raw:
            self.refuse(path, "parameter", "parameter", _("Ce paramètre ne convient pas à cette ligne."))
            return ""
        return found.key

    def operand(self, raw: Mapping[Any, Any], fact: Fact, operator: Operator, path: str) -> Operand:
        if "parameter" in raw:
            return None
        takes, value = SHAPES[operator].takes, raw.get("value")
        try:
            return _operand(value, fact, takes)
        except ValueRefused as error:
            self.refuse(path, "value", "value", str(error))
            return None

    def sentences(self, raw: Mapping[Any, Any], name: str, path: str) -> dict[str, str]:
        given = raw.get(name, {})
        if not isinstance(given, dict) or not set(given) <= set(LANGUAGES):
            self.refuse(path, name, "sentence", _("Écrivez la phrase en français ou en anglais."))
            return {}
        lines = {language: self.line(given[language], path, name) for language in sorted(given)}
        return {language: line for language, line in lines.items() if line}

    def line(self, raw: Any, path: str, name: str) -> str:
        if raw == "":
            return ""
        try:
            text = read_text(raw, LONGEST_SENTENCE)
        except ValueRefused as error:
            self.refuse(path, name, "sentence", str(error))
            return ""
        if set("{}") & set(text.replace(VALUE_MARK, "")):
            self.refuse(
                path,
                name,
                "sentence",
                _("Seule la marque {value} est remplacée ; retirez les autres accolades."),
            )
            return ""
        return text


def _operand(raw: Any, fact: Fact, takes: Takes) -> Operand:
    kind = operand_kind(fact.kind)
    if takes == Takes.NOTHING:
        if raw is not None:
            raise ValueRefused(reason=_("Cette comparaison ne prend pas de valeur."))
        return None
    if takes == Takes.ONE:
        return fact.read(raw) if kind == fact.kind else read_value(kind, raw)
    if not isinstance(raw, list) or not raw or len(raw) > MOST_VALUES:
        raise ValueRefused(reason=_("Indiquez au moins une valeur."))
    many = tuple(fact.read(one) if kind == fact.kind else read_value(kind, one) for one in raw)
    if takes == Takes.TWO:
        if len(many) != 2 or many[0] > many[1]:  # type: ignore[operator]
            raise ValueRefused(reason=_("Indiquez deux valeurs, la plus petite d’abord."))
        return many
    return tuple(sorted(set(many)))  # type: ignore[type-var]


def _member(choices: type[_Choice], raw: Any) -> _Choice | None:
    return choices(raw) if isinstance(raw, str) and raw in {one.value for one in choices} else None
