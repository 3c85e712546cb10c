"""Every command: ``peregrine …``."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.container import Container, assemble
from app.demo.load import load_demo
from app.logging_conf import configure_logging
from app.memory import settle_in
from app.openapi import describe
from app.resources.users import OpenAccount
from app.routes import routes
from app.settings import Settings, SettingsWrong, load_settings
from common.errors import DomainError
from domain.identity.caller import Role
from domain.identity.users import NewUser
from infrastructure.databases.migrations import SchemaOutdated

cli = typer.Typer(
    help="Peregrine, a small commerce backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104


@cli.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Fill the shop, and print logins.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the shop over HTTP."""
    import uvicorn

    from app.factory import create_app

    url = _url_at(host, port)
    settings = load_settings().served_at(url)
    configure_logging(
        level=settings.log_level, json=settings.log_json, service=settings.service_name
    )
    if demo:
        welcome = _in_shop(settings, load_demo)
        typer.echo(welcome.text(url))
    else:
        _in_shop(settings, _nothing)  # what would stop the start is said in one line
    application = create_app(assemble(settings))
    settle_in()
    uvicorn.run(
        application,
        host=host,
        port=port,
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )


@cli.command()
def worker() -> None:
    """Run workflows in a process of their own, beside those that serve HTTP."""
    from app.worker import work

    settings = load_settings()
    configure_logging(
        level=settings.log_level, json=settings.log_json, service=settings.service_name
    )
    asyncio.run(work(assemble(settings)))


@cli.command()
def create_admin(
    email: Annotated[str, typer.Option(prompt="E-mail")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True)],
) -> None:
    """Open an administrator's account."""
    account = OpenAccount(email=email, password=password, role=Role.ADMIN)

    async def create(shop: Container) -> None:
        user = await shop.users.register(
            NewUser(account.email, account.password, role=account.role)
        )
        typer.echo(f"{user.role} {user.email} {user.id}")

    _in_shop(load_settings(), create)


@cli.command()
def openapi() -> None:
    """Print the API's description as JSON."""
    shop = assemble(load_settings())
    typer.echo(json.dumps(describe(routes(shop)), indent=2))


@cli.command(name="routes")
def list_routes() -> None:
    """List every endpoint: who may use it, and what it does."""
    shop = assemble(load_settings())
    for route in routes(shop):
        for verb, operation in route.operations():
            summary = operation.summary.partition("\n")[0]
            typer.echo(f"{verb:<7} {route.path:<36} {operation.access:<7} {summary}")


def run() -> None:
    """Run a command; what stops it is said in one line."""
    try:
        cli()
    except (SettingsWrong, SchemaOutdated, DomainError) as error:
        sys.exit(str(error))
    except ValidationError as error:
        sys.exit("; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors()))
    except (DBAPIError, OSError) as error:
        sys.exit(f"The database cannot be used: {error.__cause__ or error}")


def _url_at(host: str, port: int) -> str:
    """Tell by what a browser on this machine finds what listens there."""
    name = "localhost" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _in_shop[T](settings: Settings, work: Callable[[Container], Awaitable[T]]) -> T:
    """Open a shop for the length of some work."""
    return asyncio.run(_work_in(assemble(settings), work))


async def _work_in[T](shop: Container, work: Callable[[Container], Awaitable[T]]) -> T:
    await shop.migrations.open()
    await shop.database.open()
    await shop.passwords.open()
    try:
        return await work(shop)
    finally:
        await shop.database.close()
        await shop.passwords.close()


async def _nothing(shop: Container) -> None:
    """Do nothing in the shop but find that it can be opened."""
