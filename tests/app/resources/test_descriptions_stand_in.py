"""Without a gateway the stand-in drafts."""

import pytest

from app.settings import Settings
from domain.limits import DEFAULT_RATES, Category


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limits": ""})


@pytest.fixture
def book(admin):
    return admin.product(title="The Last Battle", author="C. S. Lewis", series="Narnia")


def describe(admin, book):
    return admin.post(f"/admin/products/{book['id']}/describe")


def test_the_stand_in_drafts_out_of_nothing_but_the_product(admin, book) -> None:
    draft = describe(admin, book)

    assert draft.status_code == 201
    assert draft.json["description"] == "The Last Battle by C. S. Lewis. Part of Narnia."
    assert draft.json["provider"] == "stand-in"


def test_its_draft_is_accepted_like_any_other(admin, book) -> None:
    draft = describe(admin, book).json

    admin.post(f"/admin/drafts/{draft['id']}/accept")

    assert admin.get(f"/products/{book['id']}").json["description"] == draft["description"]
    assert describe(admin, book).json["description"] == draft["description"]


def test_it_costs_nothing_and_is_accounted_for(admin, book) -> None:
    describe(admin, book)

    (call,) = admin.get("/admin/llm-calls").json["items"]
    assert (call["provider"], call["cost_usd"], call["error"]) == ("stand-in", 0, None)
    assert call["input_tokens"] > call["output_tokens"] > 0


def test_drafting_has_a_rate_of_its_own(admin, book) -> None:
    allowed = int(DEFAULT_RATES[Category.ASSISTANT].removesuffix("/minute"))

    statuses = [describe(admin, book).status_code for _ in range(allowed + 1)]

    assert statuses == [201] * allowed + [429]
    assert admin.get(f"/products/{book['id']}").status_code == 200
