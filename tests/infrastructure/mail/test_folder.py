import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from loguru import logger
from support.letters import LETTER, SENDER, a_message, body_of

from domain.notice.errors import MailRefused, MailUnavailable
from infrastructure.mail.folder import FolderMailer


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "var" / "mail"


@pytest.fixture
def mailer(folder) -> FolderMailer:
    return FolderMailer(folder, SENDER)


def test_a_message_is_a_file_that_mail_programs_open(run, folder, mailer) -> None:
    run(mailer.send(a_message()))

    (path,) = folder.iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["Message-ID"], mail["To"]) == (a_message().id, "ada@example.com")
    assert body_of(mail, "plain") == LETTER.text
    assert body_of(mail, "html") == LETTER.html


def test_files_are_named_by_their_time_and_kind(run, folder, mailer) -> None:
    run(mailer.send(a_message()))

    (path,) = folder.iterdir()
    assert path.name.startswith("20261001T093000.000000Z-order-confirmed-")
    assert path.suffix == ".eml"


def test_a_repeated_message_makes_no_second_file(run, folder, mailer) -> None:
    run(mailer.send(a_message(1)))
    run(mailer.send(a_message(2)))
    before = {path: path.read_bytes() for path in folder.iterdir()}

    run(FolderMailer(folder, SENDER).send(a_message(1)))

    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert len(before) == 2


def test_a_draft_that_a_crash_left_is_in_nobodys_way(run, folder, mailer) -> None:
    run(mailer.send(a_message()))
    (path,) = folder.iterdir()
    digest = path.stem.rpartition("-")[2]
    path.unlink()
    (folder / f".{digest}.0a1b2c3d").write_bytes(b"half a mai")

    run(mailer.send(a_message()))

    assert [path.name for path in folder.glob("*.eml")] == [path.name]


def test_other_people_on_the_machine_cannot_read_it(run, folder, mailer) -> None:
    run(mailer.send(a_message()))

    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_log_says_where_it_is(run, folder, mailer) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}")

    run(mailer.send(a_message()))
    logger.remove(sink)

    (path,) = folder.iterdir()
    assert any(str(path) in line for line in lines)
    assert not any("ada@example.com" in line for line in lines)


def test_a_folder_that_cannot_be_made_is_worth_a_retry(run, folder, mailer) -> None:
    folder.parent.parent.mkdir(exist_ok=True)
    folder.parent.write_text("a file, where the folder should be")

    with pytest.raises(MailUnavailable, match="mail"):
        run(mailer.send(a_message()))
    folder.parent.unlink()
    run(mailer.send(a_message()))

    assert len(list(folder.iterdir())) == 1


def test_nothing_is_written_for_what_is_no_address(run, folder, mailer) -> None:
    with pytest.raises(MailRefused):
        run(mailer.send(a_message(to="nobody at all")))

    assert not folder.exists()
