"""What a person fills in: form-js JSON read into fields, and answers cleaned into facts. Pure."""

from workflows.forms.answers import clean, visible
from workflows.forms.schema import Field, Form, fields, parse, types

__all__ = ["Field", "Form", "clean", "fields", "parse", "types", "visible"]
