"""Is this file one of ours, whole, and signed as it must be?

The answer rests on the library's bottom line (cryptography, chain, permitted changes), on whether the last signature
covers the whole file, and on our register of keys. `intact` alone proves nothing: anybody can sign anything.
With the root certificate alone (no register) the answer is about origin, wholeness, signers and times; it says that
withdrawal is not known. Nothing that a stranger uploads makes `verify` raise.
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
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from engine.documents.envelope import is_own_form, is_tidy
from engine.documents.keys import AUTHORITY, REVIEWER, Trust
from engine.documents.revisions import changes_since

Code = Literal[
    "ours.valid",
    "ours.origin",
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
    """One signature: field, the name in its certificate, the time (claimed, or stamped by an authority), how it fared."""

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
    final: bool = False  # it certifies that nothing may follow
    stamped: bool = False  # the time is a trusted authority's
    doubtful_stamp: bool = False  # there is a timestamp, of an authority that is not believed

    def __str__(self) -> str:
        role = ROLES.get(self.field, "签名")
        when = f"，{self.time.astimezone(LOCAL):%Y-%m-%d %H:%M}" if self.time else ""
        when += "（时间戳）" if self.stamped else ""
        state = "有效" if self.good and self.ours else "完整，但不是本机关的密钥" if self.intact else "与文件内容不符"
        return f"{role}：{self.name}{when}，{state}"


@dataclass(frozen=True)
class Verdict:
    """The answer. `code` is for programs, `sentence` for people, `sha256` for the register; `record` is decision.json;
    `changes` tells what was changed after the last signature of ours, revision by revision."""

    code: Code
    sentence: str
    sha256: str
    signatures: tuple[SignatureFacts, ...] = ()
    record: dict[str, Any] | None = field(default=None)
    changes: tuple[str, ...] = ()

    def with_register(
        self,
        state: str | None,
        number: str | None = None,
        reason: str | None = None,
        ended_at: datetime | None = None,
        replaced_by: str = "",
    ) -> "Verdict":
        """This verdict combined with the register's line for the file's SHA-256 (None: there is no such line).

        Only a valid file is looked at again; `state` is the register's: issued, revoked, superseded (by the document
        numbered `replaced_by`).
        """
        if self.code != "ours.valid":
            return self
        if state is None:
            text = "签名有效，但发文登记簿里没有这个文件，请向发文机关核实。"
            return replace(self, code="unknown-to-register", sentence=text)
        because = f"，原因：{reason}" if reason else ""
        when = f"于{_day(ended_at)}" if ended_at else ""
        if state == "revoked":
            text = f"这份文书（{number}）是真的，但已经{when}撤销{because}。"
            return replace(self, code="revoked", sentence=text)
        if state == "superseded":
            by = f"被{replaced_by}更正代替" if replaced_by else "被新的文书代替"
            text = f"这份文书（{number}）是真的，但已{when}{by}{because}。请以新的文书为准。"
            return replace(self, code="superseded", sentence=text)
        return replace(self, sentence=f"这份文书（{number}）由本机关签发，内容完整，现行有效。")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _day(moment: datetime) -> str:
    local = moment.astimezone(LOCAL)
    return f"{local.year}年{local.month}月{local.day}日"


def verify(pdf: bytes, trust: Trust) -> Verdict:
    """What can be said of these bytes. Never raises, whatever they are; the register is the caller's to ask."""
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > MOST_BYTES:
        return Verdict("broken", f"文件超过 {MOST_BYTES // 2**20} MB，不是本系统签发的文书。", digest)
    try:
        return _judge(pdf, trust, digest)
    except Exception:  # a damaged file fails in more ways than a library can name
        return Verdict("broken", "这不是完好的 PDF 文件，可能没有下载完整或已经损坏。", digest)


def _judge(pdf: bytes, trust: Trust, digest: str) -> Verdict:
    reader = PdfFileReader(io.BytesIO(pdf))
    found = reader.embedded_regular_signatures
    record = _record(reader)
    if not found:
        return Verdict("unsigned", "这个文件没有电子签名，不能证明由本机关签发。", digest, (), record)
    if len(reader.embedded_signatures) > MOST_SIGNATURES:
        return Verdict("broken", f"文件里有 {len(found)} 个签名，不是本系统签发的文书。", digest, (), record)
    archived = _archived(reader, trust)
    signatures = tuple(_facts(one, trust, archived) for one in found)
    tidy = all(is_tidy(one, pdf) for one in reader.embedded_signatures)
    own_form = all(is_own_form(one, pdf, trust.root) for one in found)
    code, sentence = _decide(signatures, trust.known is None, tidy, own_form)
    ours = [one for one, facts in zip(found, signatures, strict=True) if facts.ours and facts.intact]
    changes = changes_since(reader, ours[-1].signed_revision) if code == "ours.changed" and ours else ()
    return Verdict(code, sentence, digest, signatures, record, changes)


def _archived(reader: Any, trust: Trust) -> bool:
    """The file ends with a timestamp over all of it, by an authority that is believed."""
    found = reader.embedded_timestamp_signatures
    if not found or not trust.timestamp_roots:
        return False
    try:
        status = validate_pdf_timestamp(found[-1], _context(trust.timestamp_roots, _stamp_time(found[-1])))
    except Exception:  # malformed in a way the library has no status for
        return False
    return bool(status.intact and status.valid and status.trusted) and status.coverage == (
        SignatureCoverageLevel.ENTIRE_FILE
    )


def _stamp_time(embedded: Any) -> datetime | None:
    time = embedded.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return time if isinstance(time, datetime) else None


def _context(roots: Sequence[bytes], moment: datetime | None) -> ValidationContext:
    anchors = [asn1_x509.Certificate.load(root) for root in roots]
    return ValidationContext(trust_roots=anchors, allow_fetching=False, moment=moment)


def _facts(embedded: Any, trust: Trust, archived: bool) -> SignatureFacts:
    name = str(embedded.field_name)
    time = _signing_time(embedded)
    try:
        fingerprint = hashlib.sha256(embedded.signer_cert.dump()).hexdigest()
        person = str(embedded.signer_cert.subject.native.get("common_name", ""))
    except Exception:  # no certificate to be read in it
        return SignatureFacts(name, "", time, "", False, False, False, False, False, False, False)
    status = _status(embedded, trust, time)
    stamp = status.timestamp_validity if status else None
    stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
    time = stamp.timestamp if stamp and stamped else time
    window = _window(embedded, trust, name, fingerprint, status)
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
        whole=bool(status) and _whole(status, archived),
        certifies=embedded.docmdp_level in (MDPPerm.FILL_FORMS, MDPPerm.NO_CHANGES),
        final=embedded.docmdp_level == MDPPerm.NO_CHANGES,
        stamped=stamped,
        doubtful_stamp=bool(stamp) and not stamped,
    )


def _window(
    embedded: Any, trust: Trust, field_name: str, fingerprint: str, status: Any
) -> tuple[datetime, datetime | None] | None:
    """When the key was ours for the field: by the register, or without one by our root and the certificate's own dates."""
    if trust.known is not None:
        return trust.known.get(field_name, {}).get(fingerprint)
    certificate = embedded.signer_cert
    unit = certificate.subject.native.get("organizational_unit_name")
    if not status or not status.trusted or unit != field_name or field_name not in ROLES:
        return None
    return certificate.not_valid_before, certificate.not_valid_after


def _whole(status: Any, archived: bool) -> bool:
    """It covers the file, or all that follows is material for archiving under a timestamp over the whole."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    return archived and bool(status.docmdp_ok) and status.modification_level == ModificationLevel.LTA_UPDATES


def _signing_time(embedded: Any) -> datetime | None:
    try:
        time = embedded.self_reported_timestamp
    except Exception:  # an unreadable date
        return None
    return time if isinstance(time, datetime) and time.tzinfo else None


def _status(embedded: Any, trust: Trust, time: datetime | None) -> Any:
    """The library's status at the time the signature claims; None when it cannot be read."""
    try:
        stamps = _context(trust.timestamp_roots, time)
        return validate_pdf_signature(embedded, _context([trust.root], time), ts_validation_context=stamps)
    except Exception:  # malformed in a way the library has no status for
        return None


def _within(time: datetime, since: datetime, until: datetime | None) -> bool:
    return since.replace(microsecond=0) <= time and (until is None or time < until)


def _decide(
    signatures: Sequence[SignatureFacts], without_register: bool, tidy: bool, own_form: bool
) -> tuple[Code, str]:
    if not any(one.ours for one in signatures):
        if all(one.intact and one.genuine for one in signatures) and signatures[-1].whole:
            return "foreign.intact", "文件的签名完整，但不是本机关签发的。"
        return "broken", "文件不是本机关签发的，其签名也与内容不符。"
    changed = _changed(signatures)
    if not changed and not tidy:
        changed = "文书里存放签名值的位置被改动，已经无效。"
    if not changed and not own_form:
        changed = "文书上的签名值被改写，不是签名时的原样，已经无效。"
    if changed:
        return "ours.changed", changed
    withdrawn = [one for one in signatures if not one.current]
    if withdrawn:
        return "revoked", f"签名所用的密钥（{withdrawn[0].name}）在签名的时间不在使用中，文书无效。"
    first, names = signatures[0], [one.field for one in signatures]
    if names == [REVIEWER] and first.certifies and not first.final:
        return "ours.incomplete", "文书已由本机关人员审签，但还没有加盖印章，尚未生效。"
    letter = names == [REVIEWER, AUTHORITY] and first.certifies and not first.final
    alone = names in ([AUTHORITY], [REVIEWER]) and first.final  # a notice; minutes, which are not sealed
    if not letter and not alone:
        return "ours.changed", "文书带有本机关的签名，但签名的种类或次序不对，不能认定有效。"
    if without_register:
        text = "文书由本机关的密钥签名，内容完整，没有改动；是否已经撤销或被代替，需要查发文登记簿或其签名的清单。"
        return "ours.origin", text
    return "ours.valid", "文书由本机关签发，内容完整，没有改动。"


def _changed(signatures: Sequence[SignatureFacts]) -> str:
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
    doubtful = [one for one in signatures if one.doubtful_stamp]
    if doubtful:
        return f"文书上的签名（{doubtful[0].name}）带有时间戳，但出具时间戳的机构不受信任，不能认定有效。"
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
