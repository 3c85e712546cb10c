import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_package_is_shipped(tmp_path) -> None:
    subprocess.run(
        ["uv", "build", "--wheel", "--out-dir", str(tmp_path), "--quiet"], cwd=ROOT, check=True
    )
    shipped = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    written = {
        str(file.relative_to(ROOT / "src"))
        for kind in ("*.py", "*.json", "*.txt", "*.html", "*.css", "*.js")
        for file in (ROOT / "src").rglob(kind)
    }

    assert written <= shipped


def test_a_tests_folder_hides_no_package_of_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["uv"]["build-backend"]["module-name"]

    hiding = [name for name in packages if (ROOT / "tests" / name / "__init__.py").exists()]

    assert hiding == []


def test_importing_the_shop_touches_nothing(tmp_path) -> None:
    code = "import app.factory, app.cli, infrastructure.databases.db"

    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)

    assert list(tmp_path.iterdir()) == []


def test_a_start_loads_only_what_it_uses(tmp_path) -> None:
    code = (
        "import sys, app.factory\n"
        "unused = {'aiosmtplib', 'alembic', 'asyncpg', 'coredis', 'jinja2', 'offapi', "
        "'price_parser', 'prometheus_client', 'protego', 'selectolax', 'stripe', 'typer'}\n"
        "sys.exit(repr(unused & set(sys.modules)) if unused & set(sys.modules) else 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
