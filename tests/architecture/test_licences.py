"""Everything that the product brings along is under a licence that fits its own; the list of it is true."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from scripts import licences
from tests.architecture.source import ROOT

# As the appendix in LICENSE names them, and as SPDX does.
APPENDIX = {
    "Mozilla Public Licence (MPL) v. 2": {"MPL-2.0"},
    "GNU Lesser General Public Licence (LGPL) v. 2.1, v. 3": {
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
    },
}
MIT_TEXT = """Permission is hereby granted, free of charge, to any person. The above copyright notice and this
permission notice shall be included in all copies."""


def distribution(folder: Path, fields: str, text: str | None = None) -> metadata.Distribution:
    """An installed package that says this of its licence."""
    info = folder / "some-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: some\nVersion: 1.0\n{fields}", encoding="utf-8"
    )
    record = ["some-1.0.dist-info/METADATA,,"]
    if text is not None:
        (info / "LICENSE").write_text(text, encoding="utf-8")
        record.append("some-1.0.dist-info/LICENSE,,")
    (info / "RECORD").write_text("\n".join(record), encoding="utf-8")
    return metadata.PathDistribution(info)


def test_what_runs_is_under_an_accepted_licence() -> None:
    """Every pinned requirement, those for other systems too."""
    packages = licences.runtime()
    assert {each.name for each in packages} == set(licences.pinned("runtime.txt"))
    assert len(packages) > 50
    assert [each for each in packages if not licences.accepted(each.licence)] == []


def test_what_browsers_get_is_under_an_accepted_licence() -> None:
    """By the manifest and by the text beside it."""
    packages = licences.assets()
    assert packages
    among = frozenset(licences.ACCEPTED_ASSETS)
    assert [each for each in packages if not licences.accepted(each.licence, among)] == []


def test_what_tests_use_has_a_known_licence() -> None:
    """Any free one: it is no part of an installation."""
    assert all(each.licence for each in licences.development())
    assert not {each.name for each in licences.development()} & set(licences.pinned("runtime.txt"))


def test_the_list_in_the_documentation_is_the_one_of_the_packages() -> None:
    """Otherwise: python -m scripts.licences"""
    assert licences.TARGET.read_text(encoding="utf-8") == licences.document()


def test_copyleft_is_accepted_only_from_the_appendix_of_our_licence() -> None:
    """The weak ones among them."""
    appendix = (
        (ROOT / "LICENSE").read_text(encoding="utf-8").partition("Appendix\n\n‘Compatible Licences’")[2]
    )
    for words in APPENDIX:
        assert f"— {words}\n" in appendix
    assert set().union(*APPENDIX.values()) == licences.OF_THE_APPENDIX
    assert not [name for name in licences.ACCEPTED if name.startswith(("GPL", "AGPL", "SSPL", "BUSL"))]


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-3.0-or-later", False),
        ("GPL-2.0-or-later OR MIT", True),
        ("LicenseRef-Proprietary", False),
    ],
)
def test_a_choice_fits_when_one_side_does_and_a_sum_when_all_do(licence: str, fits: bool) -> None:
    """As SPDX combines them."""
    assert licences.accepted(licence) is fits


@pytest.mark.parametrize(
    ("fields", "text", "licence"),
    [
        ("License-Expression: Apache-2.0\n", None, "Apache-2.0"),
        ("License-Expression: mit or apache-2.0\n", None, "MIT OR Apache-2.0"),
        ("Classifier: License :: OSI Approved :: MIT License\n", MIT_TEXT, "MIT"),
        ("License: MIT\n", None, "MIT"),
        ("", MIT_TEXT, "MIT"),
    ],
)
def test_a_licence_is_read_from_what_a_package_says(
    tmp_path: Path, fields: str, text: str | None, licence: str
) -> None:
    """The expression, else the older fields and the text together."""
    assert licences.licence_of(distribution(tmp_path, fields, text)) == licence


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("", None),
        ("License: BSD\n", None),
        ("License: Proprietary\n", None),
        ("License: GPL\n", MIT_TEXT),
        ("License: MIT\nClassifier: License :: Other/Proprietary License\n", MIT_TEXT),
        ("", "All rights reserved."),
    ],
)
def test_a_licence_that_nobody_can_tell_is_refused(tmp_path: Path, fields: str, text: str | None) -> None:
    """Nothing said, too little said, or two things said."""
    with pytest.raises(licences.UnknownLicence):
        licences.licence_of(distribution(tmp_path, fields, text))


def test_a_reading_holds_for_one_text(tmp_path: Path) -> None:
    """Another text is to be read again."""
    before = licences.fingerprint(distribution(tmp_path, "License: Dual License\n", MIT_TEXT))
    (tmp_path / "other").mkdir()
    after = licences.fingerprint(
        distribution(tmp_path / "other", "License: Dual License\n", MIT_TEXT + "Not for you.")
    )
    assert before != after
    pinned = {**licences.pinned("runtime.txt"), **licences.pinned("dev.txt")}
    assert set(licences.READ) | set(licences.ELSEWHERE) <= set(pinned)
