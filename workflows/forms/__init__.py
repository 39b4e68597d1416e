"""What a person fills in: form-js JSON read into fields, and answers cleaned into facts. Pure."""

from workflows.forms.answers import Choices, Shown, clean, visible
from workflows.forms.schema import Field, Form, condition_types, fields, parse, types

__all__ = [
    "Choices",
    "Field",
    "Form",
    "Shown",
    "clean",
    "condition_types",
    "fields",
    "parse",
    "types",
    "visible",
]
