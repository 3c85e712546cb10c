"""Guest carts, payment sessions and intents, refunds, webhook events, messages sent."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("carts") as carts:
        carts.alter_column("user_id", existing_type=sa.String(length=36), nullable=True)
        carts.add_column(sa.Column("session_id", sa.String(), nullable=True))
        carts.create_unique_constraint("uq_carts_session_id", ["session_id"])
        carts.create_check_constraint(
            op.f("ck_carts_one_holder"), "(user_id IS NULL) <> (session_id IS NULL)"
        )
    op.create_index(
        "ix_carts_updated_at",
        "carts",
        ["updated_at"],
        sqlite_where=sa.text("session_id IS NOT NULL"),
        postgresql_where=sa.text("session_id IS NOT NULL"),
    )
    op.add_column(
        "cart_items", sa.Column("metadata", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column(
        "order_items", sa.Column("restocked", sa.Integer(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("payments") as payments:
        payments.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="CHARGE"))
        payments.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"))
        payments.add_column(sa.Column("charge", sa.String(), nullable=True))
        payments.add_column(sa.Column("client_secret", sa.String(), nullable=True))
        payments.add_column(sa.Column("url", sa.String(), nullable=True))
        payments.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        payments.create_check_constraint(
            op.f("ck_payments_kind"), "kind IN ('CHARGE', 'INTENT', 'SESSION')"
        )
    op.execute("UPDATE payments SET charge = reference WHERE status = 'SUCCEEDED'")
    op.create_index("ix_payments_reference", "payments", ["reference"])
    op.create_index("ix_payments_charge", "payments", ["charge"])

    op.create_table(
        "refunds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("restock", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('PENDING', 'SUCCEEDED', 'FAILED')", name=op.f("ck_refunds_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name="fk_refunds_order_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_refunds_payment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])

    op.create_table(
        "webhook_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("reruns", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'PROCESSED', 'IGNORED', 'FAILED')",
            name=op.f("ck_webhook_events_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_events"),
    )
    op.create_index("ix_webhook_events_received_at", "webhook_events", ["received_at"])
    op.create_index(
        "ix_webhook_events_status_received_at", "webhook_events", ["status", "received_at"]
    )

    op.create_table(
        "sent_messages",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_sent_messages"),
    )

    op.create_table(
        "stand_in_objects",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("asked", sa.String(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stand_in_objects"),
        sa.UniqueConstraint("key", name="uq_stand_in_objects_key"),
    )
    _keep_charges()
    op.drop_table("stand_in_charges")


def downgrade() -> None:
    for table in (
        "stand_in_objects",
        "sent_messages",
        "webhook_events",
        "refunds",
    ):
        op.drop_table(table)
    op.create_table(
        "stand_in_charges",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("decline_code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_stand_in_charges"),
    )
    op.drop_index("ix_payments_charge", "payments")
    op.drop_index("ix_payments_reference", "payments")
    with op.batch_alter_table("payments") as payments:
        payments.drop_constraint(op.f("ck_payments_kind"), type_="check")
        for column in ("kind", "terms", "charge", "client_secret", "url", "expires_at"):
            payments.drop_column(column)
    op.drop_column("order_items", "restocked")
    op.drop_column("cart_items", "metadata")
    op.drop_index("ix_carts_updated_at", "carts")
    op.execute(
        "DELETE FROM cart_items WHERE cart_id IN (SELECT id FROM carts WHERE user_id IS NULL)"
    )
    op.execute("DELETE FROM carts WHERE user_id IS NULL")
    with op.batch_alter_table("carts") as carts:
        carts.drop_constraint(op.f("ck_carts_one_holder"), type_="check")
        carts.drop_constraint("uq_carts_session_id", type_="unique")
        carts.drop_column("session_id")
        carts.alter_column("user_id", existing_type=sa.String(length=36), nullable=False)


def _keep_charges() -> None:
    """Take what the stand-in has charged over into its new books, for refunds to find it there."""
    charges = sa.table(
        "stand_in_charges",
        *map(sa.column, ("key", "reference", "amount", "currency", "paid", "decline_code")),
    )
    objects = sa.table(
        "stand_in_objects",
        *map(sa.column, ("id", "kind", "key")),
        sa.column("body", sa.JSON()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    now = datetime.now(UTC)
    kept = [
        {"id": old.reference, "kind": "charge", "key": old.key, "body": _body(old, now),
         "created_at": now}
        for old in op.get_bind().execute(sa.select(charges))
    ]  # fmt: skip
    if kept:
        op.bulk_insert(objects, kept)


def _body(old: Any, now: datetime) -> dict[str, Any]:
    error = {"code": old.decline_code, "decline_code": old.decline_code}
    return {
        "id": old.reference,
        "object": "charge",
        "amount": old.amount,
        "amount_refunded": 0,
        "created": int(now.timestamp()),
        "currency": old.currency.lower(),
        "last_payment_error": None if old.paid else error,
        "livemode": False,
        "metadata": {"payment_id": old.key},
        "paid": bool(old.paid),
        "payment_intent": None,
        "refunded": False,
        "status": "succeeded" if old.paid else "failed",
    }
