"""Where things are and what the operator may set: the only reader of the environment."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: holds bpmn/, forms/ and web/."""

PROCEDURES = ROOT / "bpmn"
FORMS = ROOT / "forms"
LAW = PROCEDURES / "law"
FEEL_BUNDLE = ROOT / "web" / "dist" / "feelin.js"
"""The FEEL engine as built from its npm package at set-up."""

DATA = Path(os.environ.get("ZHENGCHENG_DATA", ROOT / "var"))
"""Folder of the embedded database and the agency's own fonts."""

DATABASE_URL = os.environ.get("ZHENGCHENG_DATABASE_URL", f"sqlite:///{DATA / 'zhengcheng.sqlite3'}")

CLOCK = DATA / "clock"
"""Where this file exists (a demonstration), `tick --at` makes office time pass by setting it."""

FONTS = DATA / "fonts"
"""The agency drops its licensed 仿宋_GB2312 and 方正小标宋 here; they come before the free ones."""

SECURE_COOKIES = os.environ.get("ZHENGCHENG_INSECURE_COOKIES") != "1"

PROXIES = int(os.environ.get("ZHENGCHENG_PROXIES", "0"))
"""How many reverse proxies stand before the web processes, each adding to X-Forwarded-For."""

SECRET_KEY = os.environ.get("ZHENGCHENG_SECRET_KEY", "")
"""Signs cookies; the same on every web machine. Kept in the database unless it is given here."""

METRICS_TOKEN = os.environ.get("ZHENGCHENG_METRICS_TOKEN", "")
"""Who asks for /metrics from another machine must bear it."""

METRICS_FILES = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
"""Where the processes of one machine put their numbers together; `serve` makes it."""
