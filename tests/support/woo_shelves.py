"""What a WooCommerce store does with products and variations, as its documentation says."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

type Json = dict[str, Any]

_MOST_IN_A_BATCH = 100


class Refused(Exception):
    """What the store answers when it says no."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"code": code, "message": message, "data": {"status": status} | data}


def stamp(moment: datetime | None = None) -> str:
    """Write a moment as WooCommerce does: to the second, and without saying that it is UTC."""
    return (moment or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")


def merged_meta(present: list[Json], given: Iterable[Json], ids: Iterator[int]) -> list[Json]:
    """Replace values under keys that are there, add those that are not."""
    meta = {each["key"]: each for each in present}
    for each in given:
        known = meta.get(each["key"], {"id": next(ids), "key": each["key"]})
        meta[each["key"]] = known | {"value": each["value"]}
    return list(meta.values())


def value_of(thing: Json, key: str) -> Any:
    """Read one of a thing's ``meta_data``."""
    return next((each["value"] for each in thing["meta_data"] if each["key"] == key), None)


class Shelves:
    """Products and variations by their ids, which they share."""

    def __init__(self) -> None:
        self.ids = count(10)
        self.things: dict[int, Json] = {}
        self.pictures: dict[int, str] = {}
        """Every picture that was fetched, by id; the same address twice is two pictures."""

    def products(self) -> list[Json]:
        return [each for each in self.things.values() if each["type"] != "variation"]

    def variations(self, product_id: int) -> list[Json]:
        return [each for each in self.things.values() if each["parent_id"] == product_id]

    def find(self, wanted: dict[str, str]) -> list[Json]:
        """Answer a list of products; what is in the trash is in no list."""
        found = [each for each in self.things.values() if each["status"] != "trash"]
        if sku := wanted.get("sku"):
            return [each for each in found if each["sku"] in (*sku.split(","), sku)]
        found = [each for each in found if each["type"] != "variation"]
        if include := wanted.get("include"):
            ids = {int(each) for each in include.split(",")}
            found = [each for each in found if each["id"] in ids]
        if search := wanted.get("search"):
            words = search.lower().split()
            found = [each for each in found if all(w in each["name"].lower() for w in words)]
        return found

    def get(self, thing_id: int, parent_id: int | None = None, *, missing: int = 404) -> Json:
        thing = self.things.get(thing_id)
        if thing is None or (parent_id is not None and thing["parent_id"] != parent_id):
            kind = "product" if parent_id is None else "product_variation"
            raise Refused(missing, f"woocommerce_rest_{kind}_invalid_id", "Invalid ID.")
        return thing

    def create(self, body: Json, parent_id: int = 0) -> Json:
        _check(body)
        self._check_sku(body.get("sku"), None)
        now = stamp()
        thing = {
            "id": next(self.ids),
            "parent_id": parent_id,
            "type": "variation" if parent_id else "simple",
            "status": "publish",
            "name": "",
            "description": "",
            "sku": "",
            "regular_price": "",
            "manage_stock": False,
            "stock_quantity": None,
            "attributes": [],
            "meta_data": [],
            "variations": [],
            "date_created_gmt": now,
            "date_modified_gmt": now,
            **({"image": None} if parent_id else {"images": []}),
        }
        self._fill(thing, body)
        self.things[thing["id"]] = thing
        if parent_id:
            self.things[parent_id]["variations"].append(thing["id"])
        return thing

    def update(self, thing_id: int, body: Json, parent_id: int | None = None) -> Json:
        thing = self.get(thing_id, parent_id, missing=400 if parent_id is None else 404)
        _check(body)
        self._check_sku(body.get("sku"), thing_id)
        self._fill(thing, body)
        thing["date_modified_gmt"] = stamp()
        return thing

    def delete(self, thing_id: int, *, force: bool) -> Json:
        thing = self.get(thing_id)
        if force:
            for each in [thing, *self.variations(thing_id)]:
                del self.things[each["id"]]
        elif thing["status"] == "trash":
            raise Refused(410, "woocommerce_rest_already_trashed", "It has already been deleted.")
        else:
            thing["status"] = "trash"
        return thing

    def batch(self, product_id: int, body: Json) -> Json:
        self.get(product_id)
        if sum(map(len, body.values())) > _MOST_IN_A_BATCH:
            message = "Unable to accept more than 100 items for this request."
            raise Refused(413, "woocommerce_rest_request_entity_too_large", message)
        return {
            "create": [self._tried(0, each, product_id) for each in body.get("create", [])],
            "update": [
                self._tried(each["id"], each, product_id) for each in body.get("update", [])
            ],
        }

    def _tried(self, thing_id: int, body: Json, product_id: int) -> Json:
        try:
            if thing_id:
                return self.update(thing_id, body, product_id)
            return self.create(body, product_id)
        except Refused as refused:
            return {"id": thing_id, "error": refused.body}

    def _fill(self, thing: Json, body: Json) -> None:
        plain = ("name", "description", "status", "type", "sku", "regular_price", "attributes")
        thing.update({name: body[name] for name in plain if name in body})
        thing["meta_data"] = merged_meta(thing["meta_data"], body.get("meta_data", ()), self.ids)
        if "images" in body:
            thing["images"] = [self._picture(each) for each in body["images"]]
        if "image" in body:
            thing["image"] = self._picture(body["image"])
        if "manage_stock" in body:
            thing["manage_stock"] = body["manage_stock"]
        if not thing["manage_stock"]:
            thing["stock_quantity"] = None
        elif "stock_quantity" in body:
            thing["stock_quantity"] = body["stock_quantity"]

    def _picture(self, given: Json) -> Json:
        if "src" in given:
            picture_id = next(self.ids)
            self.pictures[picture_id] = given["src"]
        elif (picture_id := given["id"]) not in self.pictures:
            message = f"#{picture_id} is an invalid image ID."
            raise Refused(400, "woocommerce_product_invalid_image_id", message)
        return {"id": picture_id, "src": f"https://store.test/{picture_id}.jpg"}

    def _check_sku(self, sku: str | None, own_id: int | None) -> None:
        for each in self.things.values() if sku else ():
            if each["sku"] == sku and each["id"] != own_id:
                raise Refused(
                    400, "product_invalid_sku", "Invalid or duplicated SKU.",
                    resource_id=each["id"], unique_sku=f"{sku}-1",
                )  # fmt: skip


def _check(body: Json) -> None:
    """Refuse what has the wrong type, in the words of WordPress."""
    texts = ("name", "description", "sku", "regular_price", "status")
    wrong = {
        **{name: "string" for name in texts if not isinstance(body.get(name, ""), str)},
        **({"stock_quantity": "integer"} if type(body.get("stock_quantity", 0)) is not int else {}),
    }
    if body.get("type", "simple") not in ("simple", "grouped", "external", "variable"):
        wrong["type"] = "product type"
    if wrong:
        params = {name: f"{name} is not of type {kind}." for name, kind in wrong.items()}
        message = f"Invalid parameter(s): {', '.join(wrong)}"
        raise Refused(400, "rest_invalid_param", message, params=params)
