"""Notices by e-mail: each at least once, to whoever holds the post and wants it; with the case number, never a name.

The notices themselves are the outbox: a look hands those of the last days to jobs, in one transaction, so that a command
costs nothing and nothing is lost.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from engine import jobs, mail
from engine.calendar import ZONE, local_date
from engine.cases.marks import is_told, unread_by
from engine.identity import held_posts
from engine.installation import Installation, Settings
from engine.mail import MailFailed
from engine.store import insert_into, reading, writing
from engine.store.tables import case, notification, person
from engine.store.tables import mail as sent

JOB = "send-mail"
YOUNG = timedelta(days=2)  # what is older is no news any more
MANY = 200
KINDS = {
    "told": "新的待办和办理情况",
    "reminder": "催办",
    "copy": "抄送",
    "slip": "督办单",
    "term": "届满和到期提醒",
}


def queue_mail(installation: Installation) -> int:
    """Hand the notices that somebody wants by e-mail to jobs; how many those are. Does nothing without a server."""
    if not installation.settings.mail_host:
        return 0
    now = installation.clock.now()
    fresh = (notification.c.queued_at.is_(None), notification.c.at >= now - YOUNG)
    wanted = _recipients(local_date(now)).exists().label("wanted")
    query = sa.select(notification.c.id, wanted).where(*fresh).order_by(notification.c.at).limit(MANY)
    with reading(installation.database) as transaction:
        if transaction.execute(sa.select(notification.c.id).where(*fresh).limit(1)).first() is None:
            return 0
    with writing(installation.database) as transaction:
        rows = transaction.execute(query.with_for_update(of=notification, skip_locked=True)).all()
        looked = sa.update(notification).where(notification.c.id.in_([row.id for row in rows]))
        transaction.execute(looked.values(queued_at=now))
        wanting = [row.id for row in rows if row.wanted]
        jobs.defer(transaction, [jobs.row(JOB, f"{JOB}:{key}", {"notification": key}, now) for key in wanting])
    return len(wanting)


def _recipients(on: Any) -> Any:
    """Who holds the post of a notice on a day, as holder or deputy, has an address, and wants its kind."""
    held = held_posts(on)
    kind = sa.literal(",") + person.c.mail_kinds + sa.literal(",")
    return (
        sa.select(person.c.id, person.c.email)
        .join(held, held.c.person_id == person.c.id)
        .where(
            is_told(held),
            person.c.active,
            person.c.email.is_not(None),
            kind.contains(sa.literal(",") + notification.c.kind + sa.literal(",")),
        )
    )


def send_mail(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: one notice to everybody who wants it and is still to read it. What was sent is recorded at once, so that a repetition leaves it out.

    A crash between the server's answer and the record sends once more, with the same Message-ID. `MailFailed` where
    somebody did not get it.
    """
    now, key = installation.clock.now(), payload["notification"]
    query = sa.select(notification.c.kind, case.c.number).join(case, case.c.id == notification.c.case_id)
    got = sa.select(sent.c.person_id).where(sent.c.notification_id == key)
    with reading(installation.database) as transaction:
        row = transaction.execute(query.where(notification.c.id == key)).one_or_none()
        missing = (notification.c.id == key, person.c.id.not_in(got), unread_by(person.c.id))
        wanting = transaction.execute(_recipients(local_date(now)).where(*missing).distinct()).all()
    failed: list[MailFailed] = []
    if row is not None and wanting:
        with mail.connection(installation.settings) as server:
            for one in wanting:
                message = letter(installation.settings, row.kind, row.number, f"{key}.{one.id}", one.email, now)
                try:
                    mail.send(server, message)
                except MailFailed as error:
                    failed.append(error)
                    continue
                _record(installation, key, one.id, now)
    if failed:
        raise failed[0]
    with writing(installation.database) as transaction:
        done(transaction)


def _record(installation: Installation, key: str, person_id: str, now: datetime) -> None:
    with writing(installation.database) as transaction:
        row = {"notification_id": key, "person_id": person_id, "sent_at": now}
        transaction.execute(insert_into(transaction, sent).on_conflict_do_nothing(), row)


def letter(settings: Settings, kind: str, number: str | None, key: str, to: str, now: datetime) -> EmailMessage:
    """What is sent: the number of the case, what kind of news, and where to read it."""
    about = f"案号 {number}" if number else "一件未提交的申请"
    message = EmailMessage()
    message["Subject"] = f"会审：{about}有{KINDS.get(kind, '消息')}"
    message["From"] = settings.mail_from or f"huishen@{_host(settings)}"
    message["To"] = to
    message["Date"] = format_datetime(now.astimezone(ZONE))
    message["Message-ID"] = f"<{key}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{about}有{KINDS.get(kind, '消息')}，请登录查看：\n{settings.public_url.rstrip('/')}/notices/\n\n"
        "本邮件由系统发出，不含人名和办理内容，请勿回复。不想再收，请登录后在“消息”的邮件提醒中取消。\n"
    )
    return message


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"
