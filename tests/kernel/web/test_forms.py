"""Fields tell what they are, what they want and what was wrong, to every reader."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import formset_factory
from django.template import engines
from django.utils import translation

from kernel.web.forms import UploadField
from tests.kernel.web.kitchen import ProjectForm


@pytest.fixture(autouse=True)
def _french() -> None:
    translation.activate("fr")


def render(source: str, **context: object) -> str:
    """A template's text with runs of white space made one."""
    return re.sub(r"\s+", " ", engines["django"].from_string(source).render(dict(context)))


def test_a_field_has_label_and_hint() -> None:
    """The label names the control, the hint describes it."""
    html = render("{{ form.name.as_field_group }}", form=ProjectForm())
    assert '<label class="form-label" for="id_name">Nom de votre projet</label>' in html
    assert 'id="id_name_helptext"' in html
    control = re.search(r"<input[^>]*>", html)
    assert control
    assert 'class="form-control"' in control[0]
    assert 'aria-describedby="id_name_helptext"' in control[0]
    assert "aria-invalid" not in control[0]


def test_a_refused_field_says_so_before_its_control() -> None:
    """Error in words, marked as an error, tied to the control."""
    html = render("{{ form.name.as_field_group }}", form=ProjectForm({}))
    assert html.index('id="id_name_error"') < html.index("<input")
    assert '<span class="visually-hidden">Erreur : </span>Ce champ est obligatoire.' in html
    control = re.search(r"<input[^>]*>", html)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert "id_name_error" in control[0]


def test_optional_fields_say_so() -> None:
    """Not a star that nobody explains."""
    html = render("{{ form.about.as_field_group }}", form=ProjectForm())
    assert "(facultatif)" in html
    assert "(facultatif)" not in render("{{ form.name.as_field_group }}", form=ProjectForm())


def test_choices_are_a_fieldset_with_a_legend() -> None:
    """Each choice is a label around its control, all of it a target."""
    html = render("{{ form.size.as_field_group }}", form=ProjectForm({}))
    assert "<fieldset" in html
    assert re.search(r'<legend class="form-label">Combien de pages \?</legend>', html)
    assert html.count('<label class="choice"') == 3
    assert re.search(r'<fieldset[^>]*aria-describedby="[^"]*id_size_error', html)


def test_a_checkbox_comes_before_its_words() -> None:
    """And the words make the target larger."""
    html = render("{{ form.terms.as_field_group }}", form=ProjectForm())
    assert re.search(r'<label class="form-check" for="id_terms"> *<input type="checkbox"', html)
    assert 'id="id_terms_helptext"' in html


def test_own_classes_win() -> None:
    """A widget that brings a class keeps it alone, and there is one class attribute."""

    class Own(forms.Form):
        code = forms.CharField(widget=forms.TextInput(attrs={"class": "form-control input-code"}))

    control = re.search(r"<input[^>]*>", render("{{ form.code }}", form=Own()))
    assert control
    assert control[0].count("class=") == 1


def test_files_say_what_they_may_be_before() -> None:
    """Types and size in the hint, types in the control."""
    html = render("{{ form.logo.as_field_group }}", form=ProjectForm())
    assert html.index("PNG, SVG ou PDF, 10,0") < html.index("<input")
    assert 'accept=".png,.svg,.pdf"' in html


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [("cv.docx", 10, "extension"), ("cv.PDF", 2048, "size"), ("cv", 10, "extension")],
)
def test_other_files_are_refused(name: str, size: int, code: str) -> None:
    """By name and by size."""
    field = UploadField(extensions=("pdf",), max_bytes=1024)
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(SimpleUploadedFile(name, b"x" * size))
    assert refused.value.code == code


def test_the_right_file_is_taken() -> None:
    """Whatever the case of its name."""
    assert (
        UploadField(extensions=("pdf",), max_bytes=1024).clean(SimpleUploadedFile("cv.PDF", b"%PDF")).size
        == 4
    )


def test_the_summary_links_to_each_field() -> None:
    """Same words as at the field, with the field's name where the words alone say nothing."""
    html = render("{% error_summary form %}", form=ProjectForm({"email": "x"}))
    assert 'role="alert"' in html
    assert "Il y a un problème" in html
    assert '<a href="#id_name">Nom de votre projet : Ce champ est obligatoire.</a>' in html
    assert '<a href="#id_email">Indiquez une adresse e-mail complète, par exemple nom@exemple.fr.</a>' in html
    assert '<a href="#id_size_0">' in html


def test_no_error_no_summary() -> None:
    """Neither for a fresh form nor for none at all."""
    assert render("{% error_summary form %}", form=ProjectForm()).strip() == ""
    assert render("{% error_summary form %}").strip() == ""


def test_the_summary_knows_formsets_and_forms_without_fields() -> None:
    """What concerns the whole has no field to go to."""

    class Whole(forms.Form):
        name = forms.CharField()

        def clean(self) -> None:
            raise forms.ValidationError("Entre-temps : acceptée.")

    many = formset_factory(Whole, extra=1)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "x"}
    )
    html = render("{% error_summary one many %}", one=Whole({"name": "x"}), many=many)
    assert html.count("<li>Entre-temps : acceptée.</li>") == 2
