"""What the processes say of their work: a JSON line for each event, or plain text at a terminal.

A line names people, cases, tasks and jobs by number. It never holds what somebody typed or is
called: of an error it keeps the kind and the place, not the message, which quotes what was typed.
"""

import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, cast

import orjson
import structlog

Line = MutableMapping[str, Any]
Fault = tuple[type[BaseException], BaseException, TracebackType | None]

TALKATIVE = ("weasyprint", "fontTools")
"""Libraries whose warnings quote the document they are setting."""

QUOTING = ("gunicorn",)
"""Libraries that put the address asked for, and so what was searched, into what they say."""

bound = structlog.contextvars.bound_contextvars
"""`with logs.bound(job=7):` every line within says so."""
bind = structlog.contextvars.bind_contextvars
forget = structlog.contextvars.clear_contextvars


def start(now: Callable[[], datetime], out: BinaryIO | None = None) -> None:
    """Say everything from now on as JSON lines on standard output, or `out`.

    `now` gives the instant in office time. At a terminal it is text for reading instead.
    """
    reads = out is None and sys.stderr.isatty()
    stream = out or (sys.stderr.buffer if reads else sys.stdout.buffer)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _stamp(now),
    ]
    last: list[Any] = (
        [_text(structlog.dev.ConsoleRenderer())]
        if reads
        else [_conceal, structlog.processors.JSONRenderer(serializer=_json)]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _listen(stream, shared, last)


def hush() -> None:
    """For a command at a terminal: warnings only, on standard error; its output stays its own."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )


def _listen(stream: BinaryIO, shared: list[Any], last: list[Any]) -> None:
    """Libraries speak by `logging`: their warnings and errors become the same lines."""
    handler = _Lines(stream, [*shared, *last])
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.handlers, gunicorn.propagate = [], True
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)


class _Lines(logging.Handler):
    """Gives the records of `logging` to the processors of structlog."""

    def __init__(self, stream: BinaryIO, processors: list[Any]) -> None:
        super().__init__()
        self.stream = stream
        self.processors = processors

    def emit(self, record: logging.LogRecord) -> None:
        quotes = record.name.startswith(QUOTING)
        said = str(record.msg) if quotes else record.getMessage()
        line: Any = {"event": said, "logger": record.name, "exc_info": record.exc_info}
        for process in self.processors:
            line = process(None, record.levelname.lower(), line)
        self.stream.write(line + b"\n")
        self.stream.flush()


def _stamp(now: Callable[[], datetime]) -> Callable[[Any, str, Line], Line]:
    def stamp(_logger: Any, _name: str, line: Line) -> Line:
        line["at"] = now().isoformat(timespec="milliseconds")
        return line

    return stamp


def _conceal(_logger: Any, _name: str, line: Line) -> Line:
    """Of an exception and its causes: the kinds and the places."""
    fault: Any = line.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, tuple):
        fault = cast("Fault", fault)[1]
    if isinstance(fault, BaseException):
        line["fault"] = _places(fault)
    return line


def _places(fault: BaseException) -> list[str]:
    """'KeyError', then where it was raised, outermost first; then what caused it, likewise."""
    told: list[str] = []
    current: BaseException | None = fault
    while current is not None and len(told) < 200:
        told.append(type(current).__name__)
        frames = traceback.extract_tb(current.__traceback__)
        told += [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        current = current.__cause__ or current.__context__
    return told


def _json(line: Any, **_options: Any) -> bytes:
    return orjson.dumps(line, default=repr)


def _text(render: Any) -> Callable[[Any, str, Line], bytes]:
    return lambda logger, name, line: render(logger, name, line).encode()
