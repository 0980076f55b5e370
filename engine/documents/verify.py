"""Is this file one of ours, whole, and signed as it must be?

The answer rests on the library's bottom line (cryptography, chain, permitted changes), on whether the last signature
covers the whole file, and on our register of keys. `intact` alone proves nothing: anybody can sign anything.
Nothing that a stranger uploads makes `verify` raise.
"""

import hashlib
import io
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from engine.documents.keys import AUTHORITY, REVIEWER, Trust

Code = Literal[
    "ours.valid",
    "ours.changed",
    "ours.incomplete",
    "foreign.intact",
    "unsigned",
    "broken",
    "revoked",
    "superseded",
    "unknown-to-register",
]
MOST_BYTES, MOST_RECORD, MOST_SIGNATURES = 40 * 1024 * 1024, 1024 * 1024, 8
LOCAL = ZoneInfo("Asia/Shanghai")
ROLES: dict[str, str] = {REVIEWER: "审签", AUTHORITY: "印章"}
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what strangers upload is no news


@dataclass(frozen=True)
class SignatureFacts:
    """One signature: field, the name in its certificate, the time it claims, and how it fared."""

    field: str
    name: str
    time: datetime | None
    fingerprint: str
    good: bool  # the library's bottom line
    intact: bool  # the bytes it covers are unchanged
    genuine: bool  # the signature value fits the certificate
    ours: bool  # the key is in our register for this field
    current: bool  # and was so at the signing time
    whole: bool  # it covers the whole file
    certifies: bool

    def __str__(self) -> str:
        role = ROLES.get(self.field, "签名")
        when = f"，{self.time.astimezone(LOCAL):%Y-%m-%d %H:%M}" if self.time else ""
        state = "有效" if self.good and self.ours else "完整，但不是本机关的密钥" if self.intact else "与文件内容不符"
        return f"{role}：{self.name}{when}，{state}"


@dataclass(frozen=True)
class Verdict:
    """The answer. `code` is for programs, `sentence` for people, `sha256` for the register; `record` is decision.json."""

    code: Code
    sentence: str
    sha256: str
    signatures: tuple[SignatureFacts, ...] = ()
    record: dict[str, Any] | None = field(default=None)

    def with_register(self, state: str | None, number: str | None = None, reason: str | None = None) -> "Verdict":
        """This verdict combined with the register's line for the file's SHA-256 (None: there is no such line).

        Only a valid file is looked at again; `state` is the register's: issued, revoked, superseded.
        """
        if self.code != "ours.valid":
            return self
        if state is None:
            text = "签名有效，但发文登记簿里没有这个文件，请向发文机关核实。"
            return replace(self, code="unknown-to-register", sentence=text)
        because = f"，原因：{reason}" if reason else ""
        if state == "revoked":
            return replace(self, code="revoked", sentence=f"这份文书（{number}）是真的，但已经撤销{because}。")
        if state == "superseded":
            return replace(
                self, code="superseded", sentence=f"这份文书（{number}）是真的，但已被新的文书代替{because}。"
            )
        return replace(self, sentence=f"这份文书（{number}）由本机关签发，内容完整，现行有效。")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def verify(pdf: bytes, trust: Trust) -> Verdict:
    """What can be said of these bytes. Never raises, whatever they are; the register is the caller's to ask."""
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > MOST_BYTES:
        return Verdict("broken", f"文件超过 {MOST_BYTES // 2**20} MB，不是本系统签发的文书。", digest)
    try:
        code, sentence, signatures, record = _judge(pdf, trust)
    except Exception:  # a damaged file fails in more ways than a library can name
        return Verdict("broken", "这不是完好的 PDF 文件，可能没有下载完整或已经损坏。", digest)
    return Verdict(code, sentence, digest, tuple(signatures), record)


def _judge(pdf: bytes, trust: Trust) -> tuple[Code, str, Sequence[SignatureFacts], dict[str, Any] | None]:
    reader = PdfFileReader(io.BytesIO(pdf))
    found = reader.embedded_regular_signatures
    record = _record(reader)
    if not found:
        return "unsigned", "这个文件没有电子签名，不能证明由本机关签发。", (), record
    if len(found) > MOST_SIGNATURES:
        return "broken", f"文件里有 {len(found)} 个签名，不是本系统签发的文书。", (), record
    signatures = [_facts(one, trust) for one in found]
    code, sentence = _decide(signatures)
    return code, sentence, signatures, record


def _facts(embedded: Any, trust: Trust) -> SignatureFacts:
    name = str(embedded.field_name)
    time = _signing_time(embedded)
    try:
        fingerprint = hashlib.sha256(embedded.signer_cert.dump()).hexdigest()
        person = str(embedded.signer_cert.subject.native.get("common_name", ""))
    except Exception:  # no certificate to be read in it
        return SignatureFacts(name, "", time, "", False, False, False, False, False, False, False)
    window = trust.known.get(name, {}).get(fingerprint)
    status = _status(embedded, trust, time)
    return SignatureFacts(
        field=name,
        name=person,
        time=time,
        fingerprint=fingerprint,
        good=bool(status and status.bottom_line),
        intact=bool(status and status.intact),
        genuine=bool(status and status.valid),
        ours=window is not None,
        current=window is not None and time is not None and _within(time, *window),
        whole=bool(status and status.coverage == SignatureCoverageLevel.ENTIRE_FILE),
        certifies=_certifies(embedded, name),
    )


def _certifies(embedded: Any, name: str) -> bool:
    """A letter's approval allows form filling; a notice's seal allows nothing."""
    wanted = MDPPerm.FILL_FORMS if name == REVIEWER else MDPPerm.NO_CHANGES
    return bool(embedded.docmdp_level == wanted)


def _signing_time(embedded: Any) -> datetime | None:
    try:
        time = embedded.self_reported_timestamp
    except Exception:  # an unreadable date
        return None
    return time if isinstance(time, datetime) and time.tzinfo else None


def _status(embedded: Any, trust: Trust, time: datetime | None) -> Any:
    """The library's status at the time the signature claims; None when it cannot be read."""
    root = asn1_x509.Certificate.load(trust.root)
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=time)
    try:
        return validate_pdf_signature(embedded, context)
    except Exception:  # malformed in a way the library has no status for
        return None


def _within(time: datetime, since: datetime, until: datetime | None) -> bool:
    return since.replace(microsecond=0) <= time and (until is None or time < until)


def _decide(signatures: list[SignatureFacts]) -> tuple[Code, str]:
    if not any(one.ours for one in signatures):
        if all(one.intact and one.genuine for one in signatures) and signatures[-1].whole:
            return "foreign.intact", "文件的签名完整，但不是本机关签发的。"
        return "broken", "文件不是本机关签发的，其签名也与内容不符。"
    changed = _changed(signatures)
    if changed:
        return "ours.changed", changed
    withdrawn = [one for one in signatures if not one.current]
    if withdrawn:
        return "revoked", f"签名所用的密钥（{withdrawn[0].name}）在签名的时间不在使用中，文书无效。"
    names = [one.field for one in signatures]
    if names == [REVIEWER] and signatures[0].certifies:
        return "ours.incomplete", "文书已由本机关人员审签，但还没有加盖印章，尚未生效。"
    whole = names in ([REVIEWER, AUTHORITY], [AUTHORITY])
    if whole and signatures[0].certifies:
        return "ours.valid", "文书由本机关签发，内容完整，没有改动。"
    return "ours.changed", "文书带有本机关的签名，但签名的种类或次序不对，不能认定有效。"


def _changed(signatures: list[SignatureFacts]) -> str:
    """What was done to a document that bears a signature of ours; empty when nothing was."""
    for one in signatures:
        role = ROLES.get(one.field, "签名")
        if not one.intact:
            return f"文书在{role}（{one.name}）之后内容被改动，已经无效。"
        if not one.genuine:
            return f"文书上的{role}（{one.name}）不是由该密钥作出的，系伪造。"
    if not signatures[-1].whole:
        return "文书在最后一个签名之后被追加了修订，已经无效。"
    strangers = [one for one in signatures if not one.ours]
    if strangers:
        return f"文书上有不属于本机关的签名（{strangers[0].name}），不能认定有效。"
    if not all(one.good for one in signatures):
        return "文书在审签之后作了不允许的修改，已经无效。"
    return ""


def _record(reader: Any) -> dict[str, Any] | None:
    """decision.json, or None when there is none that can be read."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        stream = names[1]["/EF"]["/F"]
        if len(stream.encoded_data) > MOST_RECORD:
            return None
        data = json.loads(stream.data)
    except Exception:  # absent or damaged: the signatures decide, not this
        return None
    return data if isinstance(data, dict) else None
