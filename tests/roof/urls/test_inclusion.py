"""A subject without pages is passed over; a broken one stops the site."""

from __future__ import annotations

import sys

import pytest

from pepiniere.urls.inclusion import subjects


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package on the path, to write modules into."""
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "examined_subject"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    yield folder
    for name in [name for name in sys.modules if name.startswith("examined_subject")]:
        del sys.modules[name]


def test_a_subject_without_the_module_is_passed_over(package):
    assert subjects("examined_subject.urls") == []


def test_a_subject_with_addresses_is_included(package):
    (package / "urls.py").write_text("app_name = 'examined'\nurlpatterns = []\n")
    assert len(subjects("examined_subject.urls")) == 1


@pytest.mark.parametrize(
    "content", ["import nothing_of_this_name\n", "from os import nothing_of_this_name\n"]
)
def test_a_module_that_cannot_be_imported_stops_the_site(package, content):
    (package / "urls.py").write_text(content)
    with pytest.raises(ImportError):
        subjects("examined_subject.urls")


def test_a_subject_that_is_not_there_stops_the_site():
    with pytest.raises(ImportError):
        subjects("no_such_subject.urls")


def test_a_subject_that_cannot_be_imported_stops_the_site(package):
    (package / "__init__.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(ImportError):
        subjects("examined_subject.urls")
