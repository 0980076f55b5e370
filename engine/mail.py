"""E-mail by SMTP (RFC 5321), by the standard library."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from engine.errors import Invalid, Unavailable
from engine.installation import Settings

PATIENCE = 20  # seconds for each answer of the server
SECURITY = ("none", "starttls", "tls")


class MailFailed(Unavailable):
    """The server was not there, or did not take a message: the job is tried again later."""

    code = "mail.failed"


@contextmanager
def connection(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A server that is ready for messages. `MailFailed` where it cannot be reached or refuses the login."""
    if settings.mail_security not in SECURITY:
        raise Invalid("设置 mail_security 只能是 none、starttls 或 tls，请改正。", code="settings.value")
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise _failed(error) from error
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    where = (settings.mail_host, settings.mail_port)
    if settings.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=PATIENCE, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(*where, timeout=PATIENCE)
    if settings.mail_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if settings.mail_user:
        server.login(settings.mail_user, os.environ.get("HUISHEN_MAIL_PASSWORD", ""))
    return server


def send(server: smtplib.SMTP, message: EmailMessage) -> None:
    """One message. `MailFailed` where the server does not take it."""
    try:
        server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise _failed(error) from error


def _failed(error: Exception) -> MailFailed:
    """The server's code, never the address: whoever runs the machines reads it."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    what = f"SMTP {code}" if code else type(error).__name__
    return MailFailed(f"邮件没有发出（{what}），稍后自动重试。请核对 mail_host 等设置和收件地址。", reason=what)
