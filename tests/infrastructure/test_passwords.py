import asyncio
from collections.abc import Iterator

import bcrypt
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from infrastructure.passwords import _NOBODYS, Passwords

PASSWORD = "correct horse battery staple"


@pytest.fixture
def passwords(run) -> Iterator[Passwords]:
    passwords = Passwords()
    yield passwords
    run(passwords.close())


def bcrypted(password, prefix="2b"):
    salt = bcrypt.gensalt(4, prefix=b"2b")
    hashed = bcrypt.hashpw(password.encode()[:72], salt).decode()
    return hashed.replace("$2b$", f"${prefix}$", 1)


def test_a_password_fits_its_hash_and_no_other(run, passwords) -> None:
    hashed = run(passwords.hash(PASSWORD))

    assert run(passwords.verify(PASSWORD, hashed)) == (True, False)
    assert run(passwords.verify(PASSWORD.upper(), hashed)) == (False, False)


def test_a_hash_is_argon2id_salted_and_of_the_cost_owasp_asks_for(run, passwords) -> None:
    first, second = (run(passwords.hash(PASSWORD)) for _ in range(2))

    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_every_letter_counts_however_long_the_password(run, passwords) -> None:
    hashed = run(passwords.hash("é" * 255 + "a"))

    assert not run(passwords.verify("é" * 255 + "b", hashed)).fits


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
def test_a_bcrypt_hash_fits_and_is_due_for_a_stronger_one(run, passwords, prefix) -> None:
    hashed = bcrypted(PASSWORD, prefix)

    assert run(passwords.verify(PASSWORD, hashed)) == (True, True)
    assert run(passwords.verify("not the password", hashed)) == (False, False)


def test_bcrypt_reads_as_much_of_a_long_password_as_it_ever_did(run, passwords) -> None:
    long = "é" * 100

    assert run(passwords.verify(long, bcrypted(long))).fits


def test_a_weaker_argon2_hash_fits_and_is_due_for_a_stronger_one(run, passwords) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)

    assert run(passwords.verify(PASSWORD, weak)) == (True, True)


def test_nobody_is_never_let_in(run, passwords) -> None:
    assert run(passwords.verify(PASSWORD, None)) == (False, False)


def test_turning_nobody_away_is_the_same_work_as_turning_somebody_away(run, passwords) -> None:
    somebodys = run(passwords.hash(PASSWORD))

    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(_NOBODYS, PASSWORD)
    assert extract_parameters(_NOBODYS) == extract_parameters(somebodys)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "plain text",
        "ä",
        "$",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$a$b",
        "$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$c29tZWhhc2g",
        "$2b$",
        "$2y$04$short",
        "$2a$99$" + "a" * 53,
        "$2b$04$" + "é" * 53,
    ],
)
def test_what_is_no_hash_fits_nothing(run, passwords, broken) -> None:
    assert run(passwords.verify(PASSWORD, broken)) == (False, False)


def test_hashing_leaves_the_loop_free(run, passwords) -> None:
    async def turns_of_the_loop_during_a_hash() -> int:
        hashing = asyncio.create_task(passwords.hash(PASSWORD))
        turns = 0
        while not hashing.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    assert run(turns_of_the_loop_during_a_hash()) > 10
