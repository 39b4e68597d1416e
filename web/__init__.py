"""WHO SEES IT. `create_app` builds the Flask application; every route is guarded by `security`."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from web import addresses, assets, language, refusals, security, watching, words
from web.routes import (
    cases,
    changes,
    designing,
    documents,
    health,
    imports,
    limits,
    moving,
    operating,
    public,
    screening,
    seals,
    sign_in,
    subjects,
    supervision,
    tasks,
)
from workflows import cases as commands
from workflows import logs, settings
from workflows.store import Store, open_store

HERE = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024


def create_app(store: Store | None = None) -> Flask:
    """The application over a store; the installation's own unless given."""
    app = Flask("web", root_path=str(HERE), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 64 * MEGABYTE  # several attachments of 20 MB at once
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * MEGABYTE
    app.config["MAX_FORM_PARTS"] = 5_000
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["store"] = store or open_store()
    if store is None:
        logs.start(lambda: app.extensions["store"].now)
        commands.get_ready(app.extensions["store"])
    addresses.install(app)
    watching.install(app)
    security.install(app)
    language.install(app)
    assets.install(app)
    words.install(app)
    refusals.install(app)
    for room in (
        public,
        health,
        sign_in,
        tasks,
        cases,
        documents,
        subjects,
        changes,
        supervision,
        designing,
        moving,
        imports,
        screening,
        operating,
        limits,
        seals,
    ):
        app.register_blueprint(room.routes)
    if behind := settings.PROXIES:  # else what a visitor says of his own address is not believed
        app.wsgi_app = ProxyFix(app.wsgi_app, behind, behind, behind)
    return app
