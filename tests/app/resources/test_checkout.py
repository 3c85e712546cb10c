def test_a_shopper_buys_a_cart(admin, shopper) -> None:
    book = admin.product(title="Prince Caspian", price_cents=899, stock=5)
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})

    bought = shopper.post("/checkout", {})

    assert bought.status_code == 201
    assert bought.json["status"] == "PAID"
    assert bought.json["total_cents"] == 1798
    assert bought.json["total"] == 17.98
    assert [line["title"] for line in bought.json["items"]] == ["Prince Caspian"]
    assert shopper.stock_of(book) == 3
    assert shopper.get("/cart").json["items"] == []
    assert shopper.get(f"/orders/{bought.json['id']}").json == bought.json
