"""Every command: ``peregrine …``."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from app.container import Container, assemble
from app.demo.load import load_demo
from app.logging_conf import configure_logging
from app.openapi import describe
from app.routes import routes
from app.settings import Settings, SettingsWrong, load_settings
from common.errors import DomainError
from domain.identity.caller import Role
from domain.identity.users import NewUser
from infrastructure.databases.migrations import SchemaOutdated

cli = typer.Typer(
    help="Peregrine, a small commerce backend.", no_args_is_help=True, add_completion=False
)


@cli.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Fill the shop, and print logins.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the shop over HTTP."""
    import uvicorn  # noqa: PLC0415 (the other commands start faster without it)

    settings = load_settings()
    configure_logging(level=settings.log_level, json=settings.log_json)
    if demo:
        welcome = _in_shop(settings, load_demo)
        typer.echo(welcome.text(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"))  # noqa: S104
    else:
        _in_shop(settings, _nothing)  # says in one line what would stop the start
    from app.factory import create_app  # noqa: PLC0415

    uvicorn.run(
        create_app(assemble(settings)),
        host=host,
        port=port,
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )


@cli.command()
def create_admin(
    email: Annotated[str, typer.Option(prompt="E-mail")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, min=8)],
) -> None:
    """Open an administrator's account."""

    async def create(shop: Container) -> None:
        user = await shop.users.register(NewUser(email.lower(), password, role=Role.ADMIN))
        typer.echo(f"{user.role} {user.email} {user.id}")

    _in_shop(load_settings(), create)
