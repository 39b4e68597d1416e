"""Sign-in: throttled, silent about who exists, with sessions that idle out."""

from datetime import timedelta

import pytest

from workflows import errors, models, people, store


@pytest.fixture
def wang(house: store.Store) -> str:
    with house.transaction() as tx:
        department = tx.one(
            models.departments.select().where(models.departments.c.code == "yindu_market")
        )
        roles = [(department["id"], "caseworker"), (department["id"], "designer")]
        people.add_person(tx, "xin", "辛新", "a-long-password", roles)
    return "xin"


def test_the_right_password_opens_a_session(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    session = people.session_actor(house, token)
    assert session is not None
    assert (session.actor.name, session.actor.role) == ("辛新", "caseworker")


@pytest.mark.parametrize("login", ["xin", "nobody", ""])
def test_a_wrong_password_and_an_unknown_name_sound_the_same(
    house: store.Store, wang: str, login: str
) -> None:
    with pytest.raises(errors.SignInRefused) as refused:
        people.sign_in(house, login, "wrong", "10.0.0.1")
    assert refused.value.message == "用户名或者密码不正确。"


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(
    house: store.Store, wang: str
) -> None:
    for _ in range(5):
        with pytest.raises(errors.SignInRefused):
            people.sign_in(house, wang, "wrong", "10.0.0.1")
    with pytest.raises(errors.SignInThrottled):
        people.sign_in(house, wang, "a-long-password", "10.0.0.2")
    store.travel(house, house.now + timedelta(minutes=16))
    assert people.sign_in(house, wang, "a-long-password", "10.0.0.2")


def test_many_names_from_one_address_are_throttled_too(house: store.Store, wang: str) -> None:
    for number in range(20):
        with pytest.raises(errors.SignInRefused):
            people.sign_in(house, f"guess{number}", "wrong", "10.0.0.9")
    with pytest.raises(errors.SignInThrottled):
        people.sign_in(house, wang, "a-long-password", "10.0.0.9")


def test_a_session_idles_out_after_half_an_hour(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    store.travel(house, house.now + timedelta(minutes=29))
    assert people.session_actor(house, token)
    store.travel(house, house.now + timedelta(minutes=29))
    assert people.session_actor(house, token)
    store.travel(house, house.now + timedelta(minutes=31))
    assert people.session_actor(house, token) is None


def test_a_session_lasts_twelve_hours_at_most(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    for _ in range(36):
        store.travel(house, house.now + timedelta(minutes=20))
        assert people.session_actor(house, token)
    store.travel(house, house.now + timedelta(minutes=20))
    assert people.session_actor(house, token) is None


def test_signing_out_ends_the_session(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    people.sign_out(house, token)
    assert people.session_actor(house, token) is None


def test_a_person_switches_only_to_a_role_of_their_own(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    session = people.session_actor(house, token)
    assert session is not None
    people.switch_role(house, token, session.memberships[1]["id"])
    again = people.session_actor(house, token)
    assert again is not None
    assert again.actor.role == "designer"
    with pytest.raises(errors.NotFound):
        people.switch_role(house, token, 1)


def test_someone_without_a_password_cannot_sign_in(house: store.Store) -> None:
    for password in ("", "!"):
        with pytest.raises(errors.SignInRefused):
            people.sign_in(house, "wang", password, "10.0.0.1")


def test_a_deactivated_person_loses_the_running_session(house: store.Store, wang: str) -> None:
    token = people.sign_in(house, wang, "a-long-password", "10.0.0.1")
    with house.transaction() as tx:
        tx.run(models.people.update().where(models.people.c.login == wang).values(active=False))
    assert people.session_actor(house, token) is None


def test_the_password_is_kept_as_an_argon2_hash(house: store.Store, wang: str) -> None:
    with house.reading() as tx:
        row = tx.one(models.people.select().where(models.people.c.login == wang))
    assert row["password_hash"].startswith("$argon2id$")
