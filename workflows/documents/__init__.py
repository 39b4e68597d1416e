"""Template + facts → PDF: what a 文书 must contain, and the only door to WeasyPrint.

`files` is everywhere the bundle of the procedure: path → content of `<document>.html`,
`<document>.yaml` and what lies in forms/shared. A file is found by its last path segment, so that
the paths of a bundle (`forms/prior_notice/prior_notice.html`) do as well as bare names.
"""

from workflows.documents.content import PARTS, Declaration, check_blocks, check_template, declare
from workflows.documents.fonts import check_ready, missing_glyphs
from workflows.documents.number import NUMBER, write_number
from workflows.documents.pdf import Rendered, render

__all__ = [
    "NUMBER",
    "PARTS",
    "Declaration",
    "Rendered",
    "check_blocks",
    "check_ready",
    "check_template",
    "declare",
    "missing_glyphs",
    "render",
    "write_number",
]
