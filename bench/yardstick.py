"""The yardstick: the same two reads, written the way they usually are.

FastAPI, an ``AsyncSession`` per request over aiosqlite, entities with ``selectinload``, and
pydantic models made from them. Conventional, and done with care: WAL, and both queries indexed.
"""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import JSON, ForeignKey, event, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Variant(Base):
    __tablename__ = "variants"

    id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    position: Mapped[int]
    title: Mapped[str]
    sku: Mapped[str | None]
    price_cents: Mapped[int] = mapped_column("price_amount")
    stock: Mapped[int]
    image_url: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)

    @property
    def price(self) -> float:
        return self.price_cents / 100

    @property
    def is_default(self) -> bool:
        return self.position == 0


class Product(Base):
    __tablename__ = "products"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    author: Mapped[str | None]
    series: Mapped[str | None]
    description: Mapped[str | None]
    currency: Mapped[str]
    is_active: Mapped[bool]
    image_url: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    variants: Mapped[list[Variant]] = relationship(order_by=Variant.position)

    @property
    def price(self) -> float:
        return self.variants[0].price

    @property
    def price_cents(self) -> int:
        return self.variants[0].price_cents

    @property
    def stock(self) -> int:
        return self.variants[0].stock


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


Moment = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=UTC))]
Metadata = Annotated[dict[str, Any], Field(validation_alias="attributes")]


class VariantView(View):
    id: str
    title: str
    sku: str | None
    price: float
    price_cents: int
    stock: int
    image_url: str | None
    metadata: Metadata
    is_default: bool


class ProductView(View):
    id: str
    title: str
    author: str | None
    series: str | None
    description: str | None
    price: float
    price_cents: int
    currency: str
    stock: int
    is_active: bool
    image_url: str | None
    metadata: Metadata
    variants: list[VariantView]
    created_at: Moment
    updated_at: Moment


class PageView(View):
    items: list[ProductView]
    total: int
    page: int
    per_page: int


engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['BENCH_DATABASE']}")
sessions = async_sessionmaker(engine, expire_on_commit=False)
application = FastAPI()


@event.listens_for(engine.sync_engine, "connect")
def connected(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


@application.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@application.get("/products", response_model=PageView)
async def list_products(
    session: Session,
    page: Annotated[int, Query(ge=1)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    for_sale = select(Product).where(Product.is_active)
    total = await session.scalar(select(func.count()).select_from(for_sale.subquery()))
    items = await session.scalars(
        for_sale.options(selectinload(Product.variants))
        .order_by(Product.created_at.desc(), Product.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return {"items": items.all(), "total": total, "page": page, "per_page": per_page}


@application.get("/products/{product_id}", response_model=ProductView)
async def get_product(session: Session, product_id: str) -> Any:
    product = await session.get(Product, product_id, options=[selectinload(Product.variants)])
    if product is None or not product.is_active:
        raise HTTPException(404, "no such product")
    return product
