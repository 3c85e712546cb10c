"""Competitors, their products and prices, scans, alerts, and suppliers who sell the same."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ALERT_TYPE = (
    "alert_type IN ('price_drop', 'price_increase', 'new_product', 'out_of_stock', 'back_in_stock')"
)

_WITHOUT_CENTS = (
    "'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', "
    "'XAF', 'XOF', 'XPF'"
)
_IN_THOUSANDTHS = "'BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'"
_MAJOR = (
    f"price_amount / CASE WHEN currency IN ({_WITHOUT_CENTS}) THEN 1.0"
    f" WHEN currency IN ({_IN_THOUSANDTHS}) THEN 1000.0 ELSE 100.0 END"
)
_ORDERS = {
    "last_seen": "last_seen",
    "first_seen": "first_seen",
    "price": "sort_price",
    "title": "sort_title",
}


def upgrade() -> None:
    op.create_table(
        "competitors",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("detected_platform", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("product_count", sa.Integer(), nullable=False),
        sa.Column("last_scanned", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_scan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "platform IN ('shopify', 'woocommerce', 'custom')", name=op.f("ck_competitors_platform")
        ),
        sa.CheckConstraint(
            "status IN ('active', 'paused', 'error')", name=op.f("ck_competitors_status")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_competitors_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitors")),
    )
    op.create_index("ix_competitors_next_scan_at", "competitors", ["next_scan_at"])
    op.create_index("ix_competitors_user_id_created_at", "competitors", ["user_id", "created_at"])

    op.create_table(
        "source_searches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("after_product_id", sa.String(length=36), nullable=True),
        sa.Column("products_count", sa.Integer(), nullable=False),
        sa.Column("sources_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'completed', 'failed')", name=op.f("ck_source_searches_status")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_source_searches_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_searches")),
    )
    op.create_index(
        "ix_source_searches_user_id_created_at", "source_searches", ["user_id", "created_at"]
    )

    op.create_table(
        "supplier_feeds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("offers_count", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_supplier_feeds_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_feeds")),
    )
    op.create_index(
        "ix_supplier_feeds_user_id_created_at", "supplier_feeds", ["user_id", "created_at"]
    )

    op.create_table(
        "competitor_products",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("competitor_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sort_title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("image_url", sa.String(), nullable=True),
        sa.Column("price_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("sort_price", sa.Double(), sa.Computed(_MAJOR, persisted=True), nullable=True),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("gtin", sa.String(), nullable=True),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seen_in", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'removed')", name=op.f("ck_competitor_products_status")
        ),
        sa.ForeignKeyConstraint(
            ["competitor_id"],
            ["competitors.id"],
            name=op.f("fk_competitor_products_competitor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitor_products")),
        sa.UniqueConstraint(
            "competitor_id", "key", name=op.f("uq_competitor_products_competitor_id_key")
        ),
    )
    op.create_index(
        "ix_competitor_products_competitor_scan",
        "competitor_products",
        ["competitor_id", "status", "seen_in"],
    )
    op.create_index(
        "ix_competitor_products_competitor_url",
        "competitor_products",
        ["competitor_id", "url"],
    )
    for whose in ("user", "competitor"):
        for order, column in _ORDERS.items():
            op.create_index(
                f"ix_competitor_products_{whose}_{order}",
                "competitor_products",
                [f"{whose}_id", column, "id", "status"],
            )

    op.create_table(
        "scanned_pages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("competitor_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competitor_id"],
            ["competitors.id"],
            name=op.f("fk_scanned_pages_competitor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanned_pages")),
        sa.UniqueConstraint(
            "competitor_id", "url", name=op.f("uq_scanned_pages_competitor_id_url")
        ),
    )
    op.create_table(
        "scans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("competitor_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("pages_read", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("products_seen", sa.Integer(), nullable=False),
        sa.Column("products_skipped", sa.Integer(), nullable=False),
        sa.Column("new_products_count", sa.Integer(), nullable=False),
        sa.Column("removed_products_count", sa.Integer(), nullable=False),
        sa.Column("price_changes_count", sa.Integer(), nullable=False),
        sa.Column("reappeared_products_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed')", name=op.f("ck_scans_status")
        ),
        sa.ForeignKeyConstraint(
            ["competitor_id"],
            ["competitors.id"],
            name=op.f("fk_scans_competitor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint("competitor_id", "number", name=op.f("uq_scans_competitor_id_number")),
    )
    op.create_index("ix_scans_competitor_id_created_at", "scans", ["competitor_id", "created_at"])
    op.create_index(
        "ix_scans_under_way",
        "scans",
        ["competitor_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('queued', 'running')"),
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )

    op.create_table(
        "supplier_offers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("feed_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("gtin", sa.String(), nullable=True),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["supplier_feeds.id"],
            name=op.f("fk_supplier_offers_feed_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_offers")),
        sa.UniqueConstraint(
            "feed_id", "position", name=op.f("uq_supplier_offers_feed_id_position")
        ),
    )
    op.create_index("ix_supplier_offers_user_id_gtin", "supplier_offers", ["user_id", "gtin"])
    op.create_index("ix_supplier_offers_user_id_sku", "supplier_offers", ["user_id", "sku"])

    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("alert_type", sa.String(), nullable=False),
        sa.Column("threshold_hundredths", sa.Integer(), nullable=False),
        sa.Column("competitor_id", sa.String(length=36), nullable=True),
        sa.Column("product_id", sa.String(length=36), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            _ALERT_TYPE,
            name=op.f("ck_alerts_alert_type"),
        ),
        sa.ForeignKeyConstraint(
            ["competitor_id"],
            ["competitors.id"],
            name=op.f("fk_alerts_competitor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["competitor_products.id"],
            name=op.f("fk_alerts_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_alerts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_competitor_id", "alerts", ["competitor_id"])
    op.create_index("ix_alerts_product_id", "alerts", ["product_id"])
    op.create_index("ix_alerts_user_id_created_at", "alerts", ["user_id", "created_at"])

    op.create_table(
        "price_points",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["competitor_products.id"],
            name=op.f("fk_price_points_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_price_points")),
    )
    op.create_index("ix_price_points_product_id_number", "price_points", ["product_id", "number"])

    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("confidence_hundredths", sa.Integer(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["supplier_offers.id"],
            name=op.f("fk_sources_offer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["competitor_products.id"],
            name=op.f("fk_sources_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("product_id", "offer_id", name=op.f("uq_sources_product_id_offer_id")),
    )
    op.create_index("ix_sources_offer_id", "sources", ["offer_id"])

    op.create_table(
        "alert_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("scan_id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("alert_type", sa.String(), nullable=False),
        sa.Column("product_title", sa.String(), nullable=False),
        sa.Column("product_url", sa.String(), nullable=False),
        sa.Column("competitor_name", sa.String(), nullable=False),
        sa.Column("old_price_amount", sa.BigInteger(), nullable=True),
        sa.Column("new_price_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("change_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            _ALERT_TYPE,
            name=op.f("ck_alert_events_alert_type"),
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["competitor_products.id"],
            name=op.f("fk_alert_events_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scans.id"], name=op.f("fk_alert_events_scan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_events")),
        sa.UniqueConstraint(
            "alert_id",
            "scan_id",
            "product_id",
            name=op.f("uq_alert_events_alert_id_scan_id_product_id"),
        ),
    )
    op.create_index(
        "ix_alert_events_alert_id_created_at", "alert_events", ["alert_id", "created_at"]
    )
    op.create_index("ix_alert_events_product_id", "alert_events", ["product_id"])
    op.create_index("ix_alert_events_scan_id", "alert_events", ["scan_id"])


def downgrade() -> None:
    for table in (
        "alert_events",
        "sources",
        "price_points",
        "alerts",
        "supplier_offers",
        "scans",
        "scanned_pages",
        "competitor_products",
        "supplier_feeds",
        "source_searches",
        "competitors",
    ):
        op.drop_table(table)
