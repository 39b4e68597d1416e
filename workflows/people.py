"""Departments, people, sign-in and sessions."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import argon2

from workflows import access, errors, models
from workflows.store import Row, Store, Transaction

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FAILURES_ALLOWED = 5
THROTTLE = timedelta(minutes=15)
SEEN_AGAIN = timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""

_s, _p, _m, _d = models.sessions, models.people, models.memberships, models.departments
_SESSION = (
    _s.join(_p, _s.c.person_id == _p.c.id)
    .join(_m, _m.c.person_id == _p.c.id)
    .join(_d, _m.c.department_id == _d.c.id)
    .select()
    .with_only_columns(
        _s.c.id.label("session_id"),
        *(_s.c.membership_id, _s.c.created_at, _s.c.seen_at, _s.c.ended_at),
        *(_p.c.active, _p.c.login, _p.c.name.label("person_name"), _p.c.language),
        *(_m.c.id, _m.c.person_id, _m.c.role, _m.c.department_id),
        *(_d.c.name, _d.c.path, _d.c.code),
    )
    .where(_s.c.token_hash == models.given("token_hash"))
    .order_by(_m.c.id)
)
_SEEN = _s.update().where(_s.c.id == models.given("of_session"))

_hasher = argon2.PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex())


@dataclass(frozen=True)
class Session:
    """Who is signed in, as what, and what else they could work as."""

    person: Row
    membership: Row
    memberships: Sequence[Row]
    actor: access.Actor


def sign_in(store: Store, login: str, password: str, address: str) -> str:
    """Check the password and return a new session token; raises SignInRefused, SignInThrottled.

    Five failures for a login or from an address within 15 minutes close the door for that time.
    An unknown login costs as much time as a wrong password.
    """
    with store.transaction() as tx:
        _check_throttle(tx, login, address)
        person = tx.first(models.people.select().where(models.people.c.login == login))
        right = _verify(person["password_hash"] if person else _NOBODY, password)
        succeeded = bool(right and person and person["active"])
        tx.insert(
            models.sign_ins,
            {"login": login, "address": address, "succeeded": succeeded, "at": tx.now},
        )
        token = _open_session(tx, person) if succeeded and person else None
    if token is None:
        raise errors.SignInRefused
    return token


def session_actor(store: Store, token: str) -> Session | None:
    """The session behind a token, or None when it idled 30 minutes, lasted 12 hours or ended."""
    with store.transaction() as tx:
        rows = tx.all(_SESSION, token_hash=_digest(token))
        if not rows or rows[0]["ended_at"] is not None or not rows[0]["active"]:
            return None
        session = rows[0]
        if tx.now - session["seen_at"] > IDLE or tx.now - session["created_at"] > LONGEST:
            return None
        current = next((row for row in rows if row["id"] == session["membership_id"]), session)
        if tx.now - session["seen_at"] > SEEN_AGAIN:
            tx.run(_SEEN, [{"of_session": session["session_id"], "seen_at": tx.now}])
    person = {
        "id": session["person_id"],
        "login": session["login"],
        "name": session["person_name"],
        "language": session["language"],
    }
    return Session(person, current, rows, actor_of(person, current))


def switch_role(store: Store, token: str, membership_id: int) -> None:
    """Work for another department or in another role from now on."""
    with store.transaction() as tx:
        session = tx.one(
            models.sessions.select().where(models.sessions.c.token_hash == _digest(token))
        )
        if membership_id not in {m["id"] for m in memberships_of(tx, session["person_id"])}:
            raise errors.NotFound
        tx.run(
            models.sessions.update()
            .where(models.sessions.c.id == session["id"])
            .values(membership_id=membership_id)
        )


def set_language(store: Store, person_id: int, language: str) -> None:
    """Remember the person's language: 'zh' or 'en'."""
    with store.transaction() as tx:
        tx.run(
            models.people.update()
            .where(models.people.c.id == person_id)
            .values(language="en" if language == "en" else "zh")
        )


def sign_out(store: Store, token: str) -> None:
    """End the session; ending it twice is no error."""
    with store.transaction() as tx:
        tx.run(
            models.sessions.update()
            .where(models.sessions.c.token_hash == _digest(token))
            .values(ended_at=tx.now)
        )


def signing_key(store: Store) -> str:
    """The key that signs the cookies of this installation on all its machines, made once."""
    k = models.keys
    wanted = k.select().where(k.c.name == "cookies")
    while True:
        with store.reading() as tx:
            known = tx.first(wanted)
        if known is not None:
            return known["value"]
        with store.alone("signing-key") as mine, store.transaction() as tx:
            if mine and tx.first(wanted) is None:
                made = {"name": "cookies", "value": secrets.token_hex(32), "made_at": tx.now}
                tx.insert(k, made)


def add_department(tx: Transaction, parent_id: int | None = None, **values: str) -> int:
    """Add a department below `parent_id`; `values` are columns of departments."""
    department_id = tx.insert(
        models.departments, {**values, "parent_id": parent_id, "path": secrets.token_hex(8)}
    )
    above = "/"
    if parent_id is not None:
        parent = models.departments.select().where(models.departments.c.id == parent_id)
        above = tx.one(parent)["path"]
    tx.run(
        models.departments.update()
        .where(models.departments.c.id == department_id)
        .values(path=f"{above}{department_id}/")
    )
    return department_id


def add_person(
    tx: Transaction, login: str, name: str, password: str | None, roles: Sequence[tuple[int, str]]
) -> int:
    """Add a person with (department_id, role) pairs; without a password nobody can sign in."""
    person_id = tx.insert(
        models.people,
        {
            "login": login,
            "name": name,
            "password_hash": _hasher.hash(password) if password else "!",
            "created_at": tx.now,
        },
    )
    for department_id, role in roles:
        tx.insert(
            models.memberships,
            {"person_id": person_id, "department_id": department_id, "role": role},
        )
    return person_id


def furnish(
    tx: Transaction, office: Mapping[str, Any], passwords: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Add the departments and people of an office file; returns department code → id.

    `office`: {departments: [{code, parent?, …}], people: [{login, name, roles: {code: [role]}}]},
    parents first. People without a password cannot sign in.
    """
    ids: dict[str, int] = {}
    for row in office["departments"]:
        values = {name: value for name, value in row.items() if name != "parent"}
        ids[row["code"]] = add_department(tx, ids.get(row.get("parent", "")), **values)
    for person in office["people"]:
        roles = [(ids[code], role) for code, held in person["roles"].items() for role in held]
        password = (passwords or {}).get(person["login"])
        add_person(tx, person["login"], person["name"], password, roles)
    return ids


def memberships_of(tx: Transaction, person_id: int) -> Sequence[Row]:
    """Every (department, role) of a person, with the department's name and path."""
    m, d = models.memberships, models.departments
    return tx.all(
        m.join(d, m.c.department_id == d.c.id)
        .select()
        .where(m.c.person_id == person_id)
        .with_only_columns(
            m.c.id, m.c.person_id, m.c.role, m.c.department_id, d.c.name, d.c.path, d.c.code
        )
        .order_by(m.c.id)
    )


def actor_of(person: Row, membership: Row) -> access.Actor:
    """The actor a person is while working under one membership."""
    return access.Actor(
        person_id=person["id"],
        login=person["login"],
        name=person["name"],
        department_id=membership["department_id"],
        department_path=membership["path"],
        role=membership["role"],
    )


def find_actor(
    tx: Transaction, login: str, department_id: int | None = None, role: str | None = None
) -> access.Actor:
    """The person's actor in a department and role (the first that fits); raises NotFound."""
    person = tx.one(models.people.select().where(models.people.c.login == login))
    for membership in memberships_of(tx, person["id"]):
        if department_id not in (None, membership["department_id"]):
            continue
        if role in (None, membership["role"]):
            return actor_of(person, membership)
    raise errors.NotFound(f"{login} 不在该部门或者没有该角色")


def first_in_role(tx: Transaction, role: str) -> str:
    """Login of the longest-serving person in a role; raises NotFound."""
    m, p = models.memberships, models.people
    return tx.one(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.login)
        .where(m.c.role == role, p.c.active)
        .order_by(m.c.id)
        .limit(1)
    )["login"]


def _open_session(tx: Transaction, person: Row) -> str:
    token = secrets.token_urlsafe(32)
    first = memberships_of(tx, person["id"])
    tx.insert(
        models.sessions,
        {
            "token_hash": _digest(token),
            "person_id": person["id"],
            "membership_id": first[0]["id"] if first else None,
            "created_at": tx.now,
            "seen_at": tx.now,
        },
    )
    return token


def _check_throttle(tx: Transaction, login: str, address: str) -> None:
    s = models.sign_ins
    for column, value, allowed in (
        (s.c.login, login, FAILURES_ALLOWED),
        (s.c.address, address, FAILURES_ALLOWED * 4),
    ):
        recent = tx.all(
            s.select()
            .where(column == value, s.c.at > tx.now - THROTTLE)
            .order_by(s.c.id.desc())
            .limit(allowed)
        )
        if len(recent) == allowed and not any(row["succeeded"] for row in recent):
            raise errors.SignInThrottled(f"请在{int(THROTTLE.total_seconds() // 60)}分钟后再试")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
