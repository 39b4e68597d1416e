"""Chinese is what the pages are written in; English comes from the catalogue beside this file."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
from datetime import date
from pathlib import Path
from typing import Any

import flask_babel
from babel import support
from babel.messages import mofile, pofile
from flask import Flask, g, session
from flask_babel import Babel, Domain, get_locale

NO_TRANSLATIONS = support.NullTranslations()
LANGUAGES = {"zh": "中文", "en": "English"}
CATALOGUES = Path(__file__).resolve().parent / "translations"


class Catalogues(Domain):
    """Reads the .po files as they are written: nothing to compile, nothing to forget."""

    def __init__(self) -> None:
        super().__init__()
        self.known = {
            file.parent.parent.name: _read(file)
            for file in sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))
        }

    def get_translations(self) -> Any:
        """The catalogue of the language of this request; Chinese needs none."""
        return self.known.get(str(get_locale()), NO_TRANSLATIONS)


def gettext(text: str, **values: Any) -> str:
    """The text in the language of this request."""
    return str(flask_babel.gettext(text, **values))


def later(text: str) -> Any:
    """A text that is translated when it is shown."""
    return flask_babel.lazy_gettext(text)


def day(value: date) -> str:
    """A date as the language writes it in full."""
    return flask_babel.format_date(value, "long", rebase=False)


def install(app: Flask) -> None:
    """Choose the language of each request: the person's, else the browser session's."""
    Babel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=_select)
    catalogues = Catalogues()

    def use() -> None:
        catalogues.as_default()

    app.before_request_funcs.setdefault(None, []).insert(0, use)
    app.add_template_global(lambda: LANGUAGES, "languages")
    app.add_template_global(_select, "current_language")


def _select() -> str:
    known = g.get("session")
    chosen = known.person["language"] if known else session.get("language", "zh")
    return chosen if chosen in LANGUAGES else "zh"


def _read(file: Path) -> support.Translations:
    with file.open("rb") as source:
        catalogue = pofile.read_po(source, locale=file.parent.parent.name)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return support.Translations(compiled)
