"""Writes docs/licences.md: under which licence everything is that the product brings along or is made with.

    python -m scripts.licences

A licence is what a package's own metadata and its own text say alike. Where they say too little, somebody
has read them and noted it below, for exactly the text that was read.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.licenses import canonicalize_license_expression

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "licences.md"
MANIFEST = ROOT / "platform" / "kernel" / "web" / "static" / "vendor" / "manifest.json"

# Free to combine with a work under the EUPL as long as their notices stay.
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
}
# Of the appendix of the EUPL: these bind the library alone, which is used as published.
OF_THE_APPENDIX = {"LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"}
FONTS = {"OFL-1.1"}
ACCEPTED = PERMISSIVE | OF_THE_APPENDIX
ACCEPTED_ASSETS = ACCEPTED | FONTS

# What only a text of that licence says, all of it, in small letters and single spaces.
TEXTS = {
    "MIT": ("permission is hereby granted, free of charge", "permission notice shall be included"),
    "0BSD": (
        "use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby",
    ),
    "BSD-3-Clause": ("redistribution and use in source and binary forms", "endorse or promote"),
    "BSD-2-Clause": ("redistribution and use in source and binary forms",),
    "Apache-2.0": ("apache license version 2.0, january 2004",),
    "MPL-2.0": ("mozilla public license, v. 2.0",),
    "OFL-1.1": ("sil open font license version 1.1",),
}
# What the fields of older metadata call a licence.
NAMES = {
    "MIT": r"mit( license)?|mit license.*",
    "BSD-3-Clause": r"(new )?bsd|bsd license|bsd[- ]3-clause( license)?|.* the bsd \(3-clause\) license.*",
    "BSD-2-Clause": r"bsd|bsd license|bsd[- ]2-clause( license)?",
    "Apache-2.0": r"apache[- ]2(\.0)?|apache software license",
    "MPL-2.0": r"mpl-2\.0|mozilla public license 2\.0 \(mpl 2\.0\)",
    "PSF-2.0": r"psf-2\.0|python software foundation license",
}
SAYS_NOTHING = {"DFSG approved"}


class UnknownLicence(Exception):
    """A package whose metadata and text leave its licence open."""


@dataclass(frozen=True)
class Reading:
    """What somebody found in a package that does not say it plainly; holds for that text alone."""

    licence: str
    found: str
    text: str


READ = {
    "editorconfig": Reading(
        "BSD-2-Clause AND PSF-2.0", "two files come from Python itself", "470d67a16910b6c1"
    ),
    "fido2": Reading(
        "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
        "a list of domains is MPL-2.0, some code Apache-2.0",
        "d0933bf7b2db0872",
    ),
    "fonttools": Reading(
        "MIT AND Apache-2.0 AND BSD-3-Clause",
        "fonts under the OFL are in its tests alone",
        "e0585d51c615af15",
    ),
    "lxml": Reading(
        "BSD-3-Clause",
        "wheels hold iconv (LGPL-2.1), libxml2, libxslt; stylesheets of Schematron have notices of their own",
        "1135f7d1d0e573ff",
    ),
    "lxml-stubs": Reading(
        "Apache-2.0 AND MIT", "a part of typeshed, whose text names both", "7c69873a029aae5a"
    ),
    "pyphen": Reading(
        "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
        "used under the LGPL; hyphenation dictionaries of LibreOffice under GPL, LGPL and/or MPL",
        "b840ec2bb07eaafa",
    ),
    "python-dateutil": Reading(
        "Apache-2.0 OR BSD-3-Clause",
        "contributions before December 2017 under BSD-3-Clause alone",
        "deb11a771d8f6f89",
    ),
    "python-stdnum": Reading(
        "LGPL-2.1-or-later", "“or later” stands in each of its files", "c61dc5ab4bb30f44"
    ),
    "qrcode": Reading(
        "BSD-3-Clause AND MIT",
        "made from code under MIT, which its metadata call “other”",
        "0785193920520c12",
    ),
    "uritemplate": Reading("BSD-3-Clause OR Apache-2.0", "its metadata say it in words", "e886f944ef32e7d6"),
}
# Installed on some systems only.
ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}


@dataclass(frozen=True)
class Package:
    """One row of the list."""

    name: str
    version: str
    licence: str
    remark: str = ""


def accepted(licence: str, among: set[str] | frozenset[str] = frozenset(ACCEPTED)) -> bool:
    """Whether a licence, or one of those to choose from with all of its parts, is among the accepted ones."""
    if "(" in licence or " WITH " in licence:
        raise UnknownLicence(f"{licence}: read it and note the result")
    return any(all(part in among for part in choice.split(" AND ")) for choice in licence.split(" OR "))


def pinned(file: str) -> dict[str, str]:
    """Name to version of every requirement in a file; two versions when Python's version decides."""
    found: dict[str, list[str]] = {}
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(name, []).append(version)
    return {name: " or ".join(versions) for name, versions in sorted(found.items())}


def runtime() -> list[Package]:
    """What a running installation is made of."""
    return [package(name, version) for name, version in pinned("runtime.txt").items()]


def development() -> list[Package]:
    """What tests, linters and maintainers need beyond it."""
    needed = pinned("runtime.txt")
    return [package(name, version) for name, version in pinned("dev.txt").items() if name not in needed]


def assets() -> list[Package]:
    """What browsers get, as the manifest has it; each text must be the licence that the manifest names."""
    found = []
    for name, each in json.loads(MANIFEST.read_text(encoding="utf-8"))["packages"].items():
        (path,) = (path for path in each["files"] if path.endswith("LICENSE.txt"))
        said = licence_of_text((MANIFEST.parent / path).read_text(encoding="utf-8"))
        if said != each["licence"]:
            raise UnknownLicence(f"{name}: {each['licence']} in the manifest, {said} in its text")
        found.append(Package(name, each["version"], each["licence"]))
    return found


def package(name: str, version: str) -> Package:
    """One requirement with its licence. Raises UnknownLicence."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        if name not in ELSEWHERE:
            raise UnknownLicence(f"{name}: it is not installed here") from None
        return Package(name, version, ELSEWHERE[name], "on some systems only")
    if distribution.version not in version.split(" or "):
        raise UnknownLicence(f"{name}: {distribution.version} is installed, {version} pinned")
    if name in READ:
        return Package(name, version, READ[name].licence, _reading(name, distribution).found)
    licence = licence_of(distribution)
    if licence != ELSEWHERE.get(name, licence):
        raise UnknownLicence(f"{name}: {licence} here, {ELSEWHERE[name]} noted")
    return Package(name, version, licence, "on some systems only" if name in ELSEWHERE else "")


def licence_of(distribution: metadata.Distribution) -> str:
    """The SPDX expression that the metadata state, or what older metadata and the text agree on."""
    name = distribution.metadata["Name"]
    expression = distribution.metadata.get("License-Expression")
    if expression:
        return str(canonicalize_license_expression(expression))
    texts = {licence_of_text(text) for text in licence_texts(distribution)} - {None}
    said = declared(distribution)
    # Without a text the metadata alone must be plain; without metadata the text.
    candidates = texts or {licence for licence in NAMES if all(_called(licence, word) for word in said)}
    fitting = {str(each) for each in candidates if all(_called(str(each), word) for word in said)}
    if len(fitting) != 1 or fitting != candidates:
        raise UnknownLicence(f"{name}: metadata say {said}, texts say {sorted(map(str, texts))}")
    return fitting.pop()


def licence_of_text(text: str) -> str | None:
    """The licence whose words a text has; None when it has those of none."""
    plain = " ".join(text.lower().split())
    return next((name for name, words in TEXTS.items() if all(word in plain for word in words)), None)


def licence_texts(distribution: metadata.Distribution) -> list[str]:
    """The licence files beside the metadata."""
    return [
        Path(str(distribution.locate_file(path))).read_text(encoding="utf-8", errors="replace")
        for path in sorted(distribution.files or [], key=str)
        if ".dist-info" in str(path) and re.match(r"licen[cs]e|copying", path.name, re.IGNORECASE)
    ]


def declared(distribution: metadata.Distribution) -> list[str]:
    """What the metadata call the licence, in the older fields."""
    field = " ".join((distribution.metadata.get("License") or "").split())
    classifiers = [
        str(each).split(" :: ")[-1]
        for each in distribution.metadata.get_all("Classifier") or []
        if str(each).startswith("License :: ")
    ]
    return [word for word in [field, *classifiers] if word and word not in SAYS_NOTHING]


def fingerprint(distribution: metadata.Distribution) -> str:
    """Changes with whatever a package says of its licence."""
    said = "\n".join([*declared(distribution), *licence_texts(distribution)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def document() -> str:
    """The whole of docs/licences.md."""
    return f"""# Licences

Pépinière is under the European Union Public Licence 1.2 (`LICENSE`). `python -m scripts.licences` writes this
list from the metadata and the licence texts of the installed packages; a test compares them and fails for a
licence that is not accepted, for one that nobody can tell, and for a text that changed since it was read.

Accepted in a running installation:

- permissive: {_listed(PERMISSIVE)};
- of the EUPL's own appendix, used as published and bound to the library alone: {_listed(OF_THE_APPENDIX)};
- for fonts: {_listed(FONTS)}.

A library under the GPL or the AGPL is not: the EUPL lets others combine our code with theirs, but the whole
of such an installation would then be under their licence, and that is for its operator to choose.

Wheels carry native libraries, such as PostgreSQL, Valkey, OpenSSL or libxml2; their notices are inside the
wheels. WeasyPrint loads Pango (LGPL) and HarfBuzz (MIT) of the operating system. Demonstration data have
sources and licences of their own, told beside them.

## What a running installation is made of

{_table(runtime())}

## What browsers get

Vendored with their texts in `platform/kernel/web/static/vendor/`.

{_table(assets())}

## What only tests and maintainers use

Never part of an installation, so any free licence does.

{_table(development())}
"""


def _reading(name: str, distribution: metadata.Distribution) -> Reading:
    reading = READ[name]
    if reading.text != (now := fingerprint(distribution)):
        raise UnknownLicence(f"{name}: its licence is not the text that was read; read it and note {now}")
    return reading


def _called(licence: str, word: str) -> bool:
    return bool(re.fullmatch(NAMES.get(licence, re.escape(licence.lower())), word.lower()))


def _listed(licences: set[str]) -> str:
    return ", ".join(sorted(licences))


def _table(packages: list[Package]) -> str:
    rows = [f"| {each.name} | {each.version} | {each.licence} | {each.remark} |" for each in packages]
    return "\n".join(["| package | version | licence | remark |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
