from collections.abc import Iterator
from importlib.metadata import version
from uuid import uuid4

import pytest
from falcon.testing import Result
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from support.client import Client
from support.plans import subscribed
from support.shopping import buy
from support.worker import waiting

from app.container import assemble
from app.factory import create_app

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
"""What Prometheus 3 says that it accepts."""

type Labels = dict[str, str]


@pytest.fixture
def public(run, settings, clock) -> Iterator[Client]:
    """A guest of a shop whose metrics anybody may read."""
    shop = assemble(settings.model_copy(update={"metrics_public": True}), clock=clock)
    with Client.of(run, create_app(shop), shop) as client:
        yield client


def figures(result: Result) -> dict[str, list[tuple[Labels, float]]]:
    """Read metrics as Prometheus would: by name, the value under each set of labels."""
    assert result.status_code == 200, result.text
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(result.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def value(result: Result, name: str, **labels: str) -> float:
    """Tell one value; nothing that was never counted is 0."""
    return sum(
        value for found, value in figures(result).get(name, []) if labels.items() <= found.items()
    )


def routes_of(result: Result) -> set[str]:
    return {labels["route"] for labels, _ in figures(result)["http_requests_total"]}


def test_administrators_read_metrics_in_the_words_of_prometheus(admin) -> None:
    read = admin.get("/metrics")

    assert read.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert read.headers["cache-control"] == "no-store"
    assert value(read, "peregrine_build_info", version=version("peregrine")) == 1


def test_nobody_else_does(client, shopper) -> None:
    key = subscribed(shopper).post("/api/v1/api-keys", {}).json["key"]

    assert client.get("/metrics").json["error"] == "authentication_required"
    assert shopper.get("/metrics").json["error"] == "permission_denied"
    assert client.get("/metrics", X_API_Key=key).json["error"] == "permission_denied"


@pytest.mark.parametrize(("scope", "status"), [("read", 200), ("write", 403)])
def test_an_administrators_key_reads_metrics_if_it_may_read(client, admin, scope, status) -> None:
    key = admin.post("/api/v1/api-keys", {"scopes": [scope]}).json["key"]

    assert client.get("/metrics", X_API_Key=key).status_code == status


def test_where_metrics_are_public_anybody_reads_them_whatever_they_bring(public) -> None:
    nobody = public.get("/metrics")
    somebody = public.get("/metrics", Authorization="Bearer of bad news")

    assert value(nobody, "http_requests_in_progress") == 1
    assert somebody.status_code == 200


def test_the_description_says_who_may_read_them(client, public) -> None:
    private = client.get("/openapi.json").json["paths"]["/metrics"]["get"]
    open_ = public.get("/openapi.json").json["paths"]["/metrics"]["get"]

    assert {"401", "403"} < set(private["responses"])
    assert {"401", "403"}.isdisjoint(open_["responses"])
    assert set(private["responses"]["200"]["content"]) == {
        "text/plain",
        "application/openmetrics-text",
    }


def test_prometheus_gets_the_format_it_likes_best(public) -> None:
    public.get("/products")

    read = public.get("/metrics", Accept=PROMETHEUS)

    families = {each.name: each for each in openmetrics.text_string_to_metric_families(read.text)}
    assert read.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert families["http_requests"].type == "counter"
    assert families["http_request_duration_seconds"].type == "histogram"


@pytest.mark.parametrize(
    "accepted",
    ["", "application/json", "text/html;q=nonsense", "application/openmetrics-text; version=abc"],
)
def test_whatever_is_accepted_there_is_an_answer(public, accepted) -> None:
    assert public.get("/metrics", Accept=accepted).status_code == 200


def test_requests_are_counted_by_route_method_and_status(public) -> None:
    for _ in range(3):
        public.get(f"/products/{uuid4()}")
    public.get("/products/malformed")
    public.post("/login", {})

    read = public.get("/metrics")

    product = {"route": "/products/{product_id}", "method": "GET"}
    assert value(read, "http_requests_total", **product, status="404") == 3
    assert value(read, "http_requests_total", **product, status="400") == 1
    assert value(read, "http_requests_total", route="/login", method="POST", status="422") == 1


def test_paths_that_are_none_of_ours_are_counted_under_one_name(public) -> None:
    for path in ("/nowhere", "/wp-login.php", '/"} 1\nmade_up{x="', "/%22%0a"):
        public.get(path)

    read = public.get("/metrics")

    assert value(read, "http_requests_total", route="unmatched", status="404") == 4
    assert routes_of(read) == {"unmatched"}


def test_methods_that_are_none_of_http_are_counted_under_one_name(public) -> None:
    for method in ("PROPFIND", "MKCOL"):
        public.send(method, "/products")

    read = public.get("/metrics")

    assert value(read, "http_requests_total", route="/products", method="other") == 2
    assert {labels["method"] for labels, _ in figures(read)["http_requests_total"]} == {"other"}


def test_a_method_that_a_route_does_not_have_is_counted_there(public) -> None:
    public.send("PUT", "/products")
    public.send("HEAD", "/products")

    read = public.get("/metrics")

    assert value(read, "http_requests_total", route="/products", method="PUT", status="405") == 1
    assert value(read, "http_requests_total", route="/products", method="GET", status="200") == 1


def test_how_long_requests_took_adds_up(public) -> None:
    for _ in range(5):
        public.get("/products")
    public.get("/products?page=0")

    read = public.get("/metrics")

    listed = {"route": "/products", "method": "GET"}
    buckets = [
        value
        for labels, value in figures(read)["http_request_duration_seconds_bucket"]
        if listed.items() <= labels.items()
    ]
    assert len(buckets) == 14
    assert buckets == sorted(buckets)
    assert value(read, "http_request_duration_seconds_bucket", **listed, le="+Inf") == 6
    assert value(read, "http_request_duration_seconds_count", **listed) == 6
    assert 0 < value(read, "http_request_duration_seconds_sum", **listed) < 60


def test_two_shops_in_one_process_count_for_themselves(client, public) -> None:
    client.get("/products")

    assert value(public.get("/metrics"), "http_requests_total", route="/products") == 0


def test_workflows_are_counted_by_status(public, carried_out) -> None:
    buy(public.as_shopper(), public.as_admin().product())
    number = len(waiting(public.shop))

    read = public.get("/metrics")

    assert number > 0
    assert value(read, "peregrine_workflows", status="waiting") == number
    statuses = {labels["status"] for labels, _ in figures(read)["peregrine_workflows"]}
    assert statuses == {"waiting", "running", "failed", "canceled"}


def test_workflows_are_not_counted_again_for_a_moment(public) -> None:
    before = public.get("/metrics")
    buy(public.as_shopper(), public.as_admin().product())

    after = public.get("/metrics")

    assert value(before, "peregrine_workflows") == value(after, "peregrine_workflows") == 0


def test_without_a_queue_there_are_the_other_figures(public, without_a_queue) -> None:
    assert public.get("/readyz").status_code == 503

    read = public.get("/metrics")

    assert "peregrine_workflows" not in figures(read)
    assert value(read, "http_requests_total", route="/readyz", status="503") == 1


def test_the_way_to_the_database_and_the_process_are_measured(public) -> None:
    read = figures(public.get("/metrics"))

    ways = {name for name in read if name.startswith("peregrine_database_")}
    lanes = {"peregrine_database_reader_queue", "peregrine_database_writer_queue"}
    pool = {
        f"peregrine_database_pool_{name}" for name in ("size", "checked_out", "overflow", "waiting")
    }
    assert ways in (lanes, pool)
    assert {"python_info", "python_gc_collections_total"} <= set(read)
    assert read["process_resident_memory_bytes"][0][1] > 1_000_000
