FROM python:3.13-slim

COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never

# What we stand on changes less often than we do: a layer of its own.
WORKDIR /shop
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --extra postgres --extra redis --no-install-project

COPY alembic.ini asgi.py ./
COPY migrations migrations
COPY src src
RUN uv sync --frozen --no-dev --extra postgres --extra redis

# Without a DATABASE_URL the shop lives in /data: mount a volume there.
# On Postgres, mails that have no SMTP_URL to go to are in /shop/var.
RUN useradd --system shop && install --directory --owner=shop /data /shop/var
USER shop
ENV PATH="/shop/.venv/bin:$PATH" DEBUG=False SQLITE_URI=sqlite:////data/peregrine.db

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["uvicorn", "asgi:application", "--host", "0.0.0.0", "--port", "8000", \
  "--loop", "uvloop", "--http", "httptools", "--lifespan", "on", \
  "--no-access-log", "--no-proxy-headers", "--no-server-header"]
