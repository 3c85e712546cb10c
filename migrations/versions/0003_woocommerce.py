"""What a WooCommerce store makes of our products and orders, and when stock moved."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "variants", sa.Column("stock_changed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "variants", sa.Column("ordered", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_table(
        "woocommerce_products",
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("woo_id", sa.BigInteger(), nullable=True),
        sa.Column("picture_url", sa.String(), nullable=True),
        sa.Column("picture_id", sa.BigInteger(), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name="fk_woocommerce_products_product_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", name="pk_woocommerce_products"),
        sa.UniqueConstraint("woo_id", name="uq_woocommerce_products_woo_id"),
    )
    op.create_table(
        "woocommerce_variants",
        sa.Column("variant_id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("woo_id", sa.BigInteger(), nullable=True),
        sa.Column("picture_url", sa.String(), nullable=True),
        sa.Column("picture_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed_stock", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("pushing_stock", sa.BigInteger(), nullable=True),
        sa.Column("pushing_told", sa.BigInteger(), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["variants.id"],
            name="fk_woocommerce_variants_variant_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["woocommerce_products.product_id"],
            name="fk_woocommerce_variants_product_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("variant_id", name="pk_woocommerce_variants"),
    )
    op.create_index("ix_woocommerce_variants_product_id", "woocommerce_variants", ["product_id"])
    op.create_table(
        "woocommerce_orders",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("woo_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name="fk_woocommerce_orders_order_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", name="pk_woocommerce_orders"),
        sa.UniqueConstraint("woo_id", name="uq_woocommerce_orders_woo_id"),
    )
    op.create_table(
        "woocommerce_syncs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failed_in_a_row", sa.Integer(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("last_product_id", sa.String(length=36), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'completed', 'failed')",
            name=op.f("ck_woocommerce_syncs_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_woocommerce_syncs"),
    )
    op.create_index(
        "uq_woocommerce_syncs_running",
        "woocommerce_syncs",
        ["status"],
        unique=True,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("ix_woocommerce_syncs_started_at", "woocommerce_syncs", ["started_at"])


def downgrade() -> None:
    op.drop_table("woocommerce_syncs")
    op.drop_table("woocommerce_orders")
    op.drop_table("woocommerce_variants")
    op.drop_table("woocommerce_products")
    with op.batch_alter_table("variants") as variants:
        variants.drop_column("ordered")
        variants.drop_column("stock_changed_at")
