"""The key and the mail server's password: nowhere in a home, a log or a message."""

import socket
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from orchestration.alerts import AlertError, MailServer, alert_on_failure
from orchestration.cli import main
from orchestration.home import Home
from tests.security.homes import KEY, MAIL_LOGIN, OTHER_KEY, files, files_with


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """The port of a mail server that takes nobody's password."""

    def refuse(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(
        object(), hostname="127.0.0.1", port=port, authenticator=refuse, auth_require_tls=False
    )
    controller.start()
    yield port
    controller.stop()


def test_no_file_of_a_home_holds_a_secret(locked: Home) -> None:
    """Manifest, compiled SQL and logs of dbt, Dagster's events and output, locks, documents."""
    kinds = {path.suffix for path in files(locked.root)}
    assert {".json", ".msgpack", ".db", ".err", ".out", ".html", ".duckdb"} <= kinds
    for secret in (KEY, MAIL_LOGIN):
        assert files_with(locked.root, secret) == set()


def test_a_run_that_a_wrong_key_stops_records_none(
    locked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVE_KEY", OTHER_KEY)
    assert main(["land"]) == 1
    assert files_with(locked.dagster, "is encrypted under another key")
    assert files_with(locked.root, OTHER_KEY) == set()


def test_a_mail_server_that_refuses_the_password_is_told_of_without_it(
    refusing_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "RELEVE_ALERTS_TO": "ops@example.org",
        "RELEVE_SMTP_HOST": "127.0.0.1",
        "RELEVE_SMTP_PORT": str(refusing_port),
        "RELEVE_SMTP_SECURITY": "none",
        "RELEVE_SMTP_USER": "releve",
        "RELEVE_SMTP_PASSWORD": MAIL_LOGIN,
    }.items():
        monkeypatch.setenv(name, value)

    @dg.op
    def fails() -> None:
        raise dg.Failure("no", allow_retries=False)

    @dg.job(hooks={alert_on_failure})
    def close_something() -> None:
        fails()

    with dg.DagsterInstance.ephemeral() as instance:
        run = close_something.execute_in_process(instance=instance, raise_on_error=False)
        said = "\n".join(str(entry) for entry in instance.all_logs(run.run_id))
    assert "nobody could be told by mail: (535, b'5.7.8" in said
    assert MAIL_LOGIN not in said


def test_a_password_is_not_shown_and_not_sent_in_clear_to_another_machine() -> None:
    environment = {
        "RELEVE_ALERTS_TO": "ops@example.org",
        "RELEVE_SMTP_HOST": "mail.example.org",
        "RELEVE_SMTP_USER": "releve",
        "RELEVE_SMTP_PASSWORD": MAIL_LOGIN,
    }
    server = MailServer.from_environment(environment)
    assert server is not None
    assert server.password == MAIL_LOGIN
    assert MAIL_LOGIN not in f"{server} {server!r}"
    with pytest.raises(AlertError, match=r"the password would go to mail\.example\.org in clear"):
        MailServer.from_environment(environment | {"RELEVE_SMTP_SECURITY": "none"})
