"""Who must act is told by mail, through a real server, and a mail that fails fails nothing."""

import os
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller

from orchestration.alerts import (
    AlertError,
    MailServer,
    UntoldFailure,
    alert_on_failure,
    alert_on_run_failure,
)


class _Mailbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 kept"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Mailbox]:
    box = _Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("RELEVE_ALERTS_TO", "a@example.org, b@example.org")
    monkeypatch.setenv("RELEVE_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("RELEVE_SMTP_PORT", str(port))
    monkeypatch.setenv("RELEVE_SMTP_SECURITY", "none")
    yield box
    controller.stop()


def _failing_job() -> dg.JobDefinition:
    @dg.op
    def counts_money() -> None:
        raise dg.Failure("prices.csv, row 3: the price is missing", allow_retries=False)

    @dg.job(hooks={alert_on_failure})
    def close_something() -> None:
        counts_money()

    return close_something


def _run(job: dg.JobDefinition) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/partition": "2024-02-01"}
        )


def test_a_failed_step_is_told_with_its_reason(mailbox: _Mailbox) -> None:
    result = _run(_failing_job())
    assert not result.success
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Relevé: close_something of 2024-02-01 failed"
    assert mail["To"] == "a@example.org, b@example.org"
    text = mail.get_content()
    assert "failed in counts_money." in text
    assert "prices.csv, row 3: the price is missing" in text
    assert result.run_id in text


def test_a_run_that_fails_before_its_first_step_is_told_by_the_sensor(mailbox: _Mailbox) -> None:
    @dg.resource
    def warehouse(_context: dg.InitResourceContext) -> None:
        raise OSError("the warehouse is open in another program")

    @dg.op(required_resource_keys={"warehouse"})
    def never_starts() -> None:
        raise AssertionError

    @dg.job(hooks={alert_on_failure}, resource_defs={"warehouse": warehouse})
    def close_nothing() -> None:
        never_starts()

    with dg.DagsterInstance.ephemeral() as instance:
        result = close_nothing.execute_in_process(instance=instance, raise_on_error=False)
        (failure,) = (event for event in result.all_events if event.is_run_failure)
        assert mailbox.mails == []
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_run_failure",
            dagster_event=failure,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        alert_on_run_failure(context.for_run_failure())
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Relevé: close_nothing failed"
    assert "failed in its start." in mail.get_content()


def test_a_run_launched_from_the_graph_of_assets_is_told_by_the_sensor(mailbox: _Mailbox) -> None:
    @dg.asset
    def prices() -> None:
        raise dg.Failure("prices.csv, row 3: the price is missing", allow_retries=False)

    job = dg.Definitions(assets=[prices]).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        (failure,) = (event for event in result.all_events if event.is_run_failure)
        assert mailbox.mails == []
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_run_failure",
            dagster_event=failure,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        alert_on_run_failure(context.for_run_failure())
    (mail,) = mailbox.mails
    assert "failed in prices." in mail.get_content()
    assert "prices.csv, row 3: the price is missing" in mail.get_content()


def test_what_only_follows_from_another_failure_is_not_told(mailbox: _Mailbox) -> None:
    @dg.op
    def waits_its_turn() -> None:
        raise UntoldFailure("2024-02-01 comes before it", allow_retries=False)

    @dg.job(hooks={alert_on_failure})
    def close_later() -> None:
        waits_its_turn()

    assert not _run(close_later).success
    assert mailbox.mails == []


@pytest.mark.usefixtures("mailbox")
def test_a_server_that_does_not_answer_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEVE_SMTP_PORT", "1")
    result = _run(_failing_job())
    (failure,) = (event for event in result.all_events if event.is_step_failure)
    assert "prices.csv, row 3" in str(failure.step_failure_data.user_failure_data)
    assert not [
        event
        for event in result.all_events
        if event.is_hook_event and "ERROR" in event.event_type_value
    ]


def test_nobody_is_told_without_an_address(
    mailbox: _Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RELEVE_ALERTS_TO")
    assert not _run(_failing_job()).success
    assert mailbox.mails == []


def test_a_header_cannot_be_added_by_what_a_subject_holds(mailbox: _Mailbox) -> None:
    server = MailServer.from_environment(
        {
            "RELEVE_ALERTS_TO": "a@example.org",
            "RELEVE_SMTP_HOST": "127.0.0.1",
            "RELEVE_SMTP_PORT": os.environ["RELEVE_SMTP_PORT"],
            "RELEVE_SMTP_SECURITY": "none",
        }
    )
    assert server is not None
    server.send("a\r\nBcc: c@example.org", "text")
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "value"), [("RELEVE_SMTP_SECURITY", "ssl"), ("RELEVE_SMTP_PORT", "smtp")]
)
def test_what_the_environment_says_wrongly_is_named(name: str, value: str) -> None:
    with pytest.raises(AlertError, match=f"{name} is '{value}'"):
        MailServer.from_environment({"RELEVE_ALERTS_TO": "a@example.org", name: value})
