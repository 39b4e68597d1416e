"""DMN decision tables: read, checked before they are deployed, decided in one hop into V8.

DMN recommends; a named person decides.
"""

from workflows.engine.dmn.checking import check_decision
from workflows.engine.dmn.deciding import Decided, decide
from workflows.engine.dmn.reading import parse_dmn
from workflows.engine.dmn.tables import Decision, Input, Output, Rule

__all__ = [
    "Decided",
    "Decision",
    "Input",
    "Output",
    "Rule",
    "check_decision",
    "decide",
    "parse_dmn",
]
