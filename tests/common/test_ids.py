import re
from uuid import UUID

import pytest

from common.ids import canonical_id, new_id, new_order_number


def test_an_id_is_a_random_uuid_in_canonical_form() -> None:
    made = new_id()

    assert str(UUID(made)) == made
    assert UUID(made).version == 4
    assert canonical_id(made) == made


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


def test_an_id_in_capitals_is_the_same_id() -> None:
    made = new_id()

    assert canonical_id(made.upper()) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "00000000000040008000000000000000",
        "{00000000-0000-4000-8000-000000000000}",
        "urn:uuid:00000000-0000-4000-8000-000000000000",
        " 00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-000000000000\n",
        "00000000-0000-4000-8000-00000000000g",
        "0000000\u0660-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-0000000000000",
    ],
)
def test_what_is_no_id_has_no_canonical_form(text) -> None:
    assert canonical_id(text) is None


def test_an_order_number_can_be_read_out() -> None:
    for _ in range(100):
        assert re.fullmatch(r"PG-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", new_order_number())


def test_order_numbers_do_not_repeat() -> None:
    assert len({new_order_number() for _ in range(1000)}) == 1000
