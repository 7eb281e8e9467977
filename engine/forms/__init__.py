"""Forms: form-js files, what a submission means, and what a page shows. No HTML here."""

from engine.forms.checks import Check
from engine.forms.choices import ChoiceList, Option
from engine.forms.compile import compile_form
from engine.forms.fields import Choice, Field
from engine.forms.model import Form, Submission
from engine.forms.page import FieldView, FormView, Group, Mistake, Outcome
from engine.forms.submit import submit
from engine.forms.view import view
from engine.forms.words import words

__all__ = [
    "Check", "Choice", "ChoiceList", "Field", "FieldView", "Form", "FormView", "Group", "Mistake", "Option", "Outcome", "Submission",
    "compile_form", "submit", "view", "words",
]  # fmt: skip
