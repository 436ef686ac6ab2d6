"""A mail to whoever must act when a step of a run fails, by the SMTP server of the environment.

    RELEVE_ALERTS_TO      who is told, separated by commas; without it nobody is
    RELEVE_ALERTS_FROM    the sender (default: the first of those)
    RELEVE_SMTP_HOST      the server (default: localhost)
    RELEVE_SMTP_SECURITY  starttls (the default), tls, or none
    RELEVE_SMTP_PORT      its port (default: 587, 465 or 25, by security)
    RELEVE_SMTP_USER and RELEVE_SMTP_PASSWORD, where the server asks for them; not with `none`
                          to another machine, which everyone on the way would read

A mail names the job, the run and the step, with the message of the failure. A server that does
not answer is a warning in the run's log: the failure itself is what counts.
"""

import logging
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

import dagster as dg

from orchestration.advice import advised
from orchestration.home import Home

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_SECONDS = 20.0
_EVERY_SECONDS = 30
_LAUNCHED_FROM_THE_GRAPH = "__ASSET_JOB"


class AlertError(ValueError):
    """The environment does not say how to send a mail; the message says what to set."""


class UntoldFailure(dg.Failure):
    """A failure that follows from another one, of which a mail has gone out."""


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out, and from whom to whom."""

    host: str
    port: int
    security: str
    sender: str
    recipients: tuple[str, ...]
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "MailServer | None":
        """The server that the environment names, or none when nobody is to be told.

        Raises AlertError for a security or a port that is none, and for a password in clear.
        """
        listed = environment.get("RELEVE_ALERTS_TO", "").split(",")
        recipients = tuple(address.strip() for address in listed if address.strip())
        if not recipients:
            return None
        security = environment.get("RELEVE_SMTP_SECURITY") or "starttls"
        if security not in _PORTS:
            raise AlertError(f"RELEVE_SMTP_SECURITY is {security!r}; it is starttls, tls or none")
        port = environment.get("RELEVE_SMTP_PORT") or str(_PORTS[security])
        if not port.isdecimal():
            raise AlertError(f"RELEVE_SMTP_PORT is {port!r}; a port is a number")
        host = environment.get("RELEVE_SMTP_HOST") or "localhost"
        if environment.get("RELEVE_SMTP_USER") and security == "none" and host not in _THIS_MACHINE:
            raise AlertError(
                f"RELEVE_SMTP_SECURITY is 'none': the password would go to {host} in clear; use"
                " starttls or tls"
            )
        return cls(
            host=host,
            port=int(port),
            security=security,
            sender=environment.get("RELEVE_ALERTS_FROM") or recipients[0],
            recipients=recipients,
            user=environment.get("RELEVE_SMTP_USER") or None,
            password=environment.get("RELEVE_SMTP_PASSWORD") or None,
        )

    def send(self, subject: str, text: str) -> None:
        """Send one mail to all; raises OSError or smtplib.SMTPException."""
        message = EmailMessage()
        message["Subject"] = " ".join(subject.split())
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message.set_content(text)
        trusted = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_SECONDS, context=trusted
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        with server:
            if self.security == "starttls":
                server.starttls(context=trusted)
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.send_message(message)


@dg.failure_hook
def alert_on_failure(context: dg.HookContext) -> None:
    """Tell who must act that a step failed, where, and what it said."""
    if isinstance(context.op_exception, UntoldFailure):
        return
    run = context.instance.get_run_by_id(context.run_id)
    if run:
        _tell(run, context.step_key, _said(context.op_exception), context.log)


@dg.run_failure_sensor(
    name="alert_on_run_failure",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=_EVERY_SECONDS,
)
def alert_on_run_failure(context: dg.RunFailureSensorContext) -> None:
    """Tell of a run that its job's hook does not tell of.

    That is one that failed before its first step (the warehouse was open elsewhere, say), or one
    that was launched from the graph of assets, which is no job of ours and has no hook.
    """
    run = context.dagster_run
    steps = context.get_step_failure_events()
    if not steps:
        _tell(run, "its start", context.failure_event.message or "", context.log)
    elif run.job_name == _LAUNCHED_FROM_THE_GRAPH:
        for step in steps:
            failed = step.step_failure_data
            described = failed.user_failure_data and failed.user_failure_data.description
            said = described or (failed.error.message if failed.error else "")
            _tell(run, step.step_key or "a step", said, context.log)


def _tell(run: dg.DagsterRun, place: str, said: str, log: logging.Logger) -> None:
    bill_date = run.tags.get("dagster/partition")
    of_date = f" of {bill_date}" if bill_date else ""
    try:
        server = MailServer.from_environment(os.environ)
        if server is not None:
            server.send(
                f"Relevé: {run.job_name}{of_date} failed",
                f"{run.job_name}{of_date} failed in {place}.\n\n"
                f"{advised(said, Home.from_environment())}\n\n"
                f"All that the run said: make dev, run {run.run_id}.\n",
            )
    except (AlertError, OSError, smtplib.SMTPException) as error:
        log.warning(f"nobody could be told by mail: {error}")


def _said(error: BaseException | None) -> str:
    """What a failure says to a person, without its stack."""
    if isinstance(error, dg.Failure) and error.description:
        return error.description
    return str(error) if error else "It gave no reason."
