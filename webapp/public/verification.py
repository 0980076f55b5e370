"""Is this document genuine? By its file, by the code beside the QR code, by the QR code itself."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from engine import cases
from engine.cases.words import OUTCOMES
from engine.cases.words import name as word
from webapp.current import installation
from webapp.public.blueprint import pages
from webapp.security import limiter

MOST_BYTES = 20 * 1024 * 1024
CODE_LENGTH = 12
VERDICTS = {
    "ours.valid": ("ok", "真实有效"),
    "ours.changed": ("bad", "内容被改动"),
    "ours.incomplete": ("bad", "签名不全，还没有生效"),
    "foreign.intact": ("bad", "非本机关签发"),
    "unsigned": ("bad", "没有电子签名"),
    "broken": ("bad", "不是完好的文书"),
    "revoked": ("warn", "已撤销"),
    "superseded": ("warn", "已被新文书代替"),
    "unknown-to-register": ("warn", "登记簿里没有这份文件"),
}


@pages.route("/verify", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def verify() -> Any:
    """By upload; nothing of the file is kept."""
    if request.method != "POST":
        return render_template("public/verify.html")
    sent = request.files.get("file")
    data = sent.read(MOST_BYTES + 1) if sent is not None else b""
    if not data or len(data) > MOST_BYTES:
        fault = "请选择要验的 PDF 文件" if not data else "文件超过 20 MB，请选择从本系统下载的原件"
        return render_template("public/verify.html", faults={"file": fault}), 422
    verdict = cases.verify_bytes(installation(), data)
    facts = cases.facts_of_file(installation(), verdict.sha256)
    name = sent.filename if sent is not None else ""
    kind, title = VERDICTS.get(verdict.code, ("bad", "不能认定"))
    decided = decision_rows(verdict.record or {}) if kind != "bad" else []
    return render_template(
        "public/verdict.html", verdict=verdict, facts=facts, decided=decided, file_name=name, kind=kind, title=title
    )


def decision_rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the decision record of a file says, as (about whom or what, in words)."""
    rows = [("案号", str(record.get("case") or ""))]
    for one in record.get("items") or []:
        post = f"拟任{one['post']}，" if one.get("post") else ""
        rows.append((str(one.get("name") or ""), post + word(OUTCOMES, one.get("result"))))
    return [row for row in rows if all(row)]


@pages.get("/verify/by-code")
@limiter.limit("60 per minute")
def typed_code() -> Any:
    """A code that was typed, however it was written."""
    text = request.args.get("code", "")
    letters = "".join(char for char in text.upper() if char.isalnum())
    if len(letters) != CODE_LENGTH or not letters.isascii():
        fault = "验证码是 12 位字母和数字，请对照文书核对"
        return render_template("public/verify.html", faults={"code": fault}, code=text[:40]), 422
    return redirect(url_for(".code", code="-".join((letters[:4], letters[4:8], letters[8:]))))


@pages.get("/verify/<code>")
@limiter.limit("60 per minute")
def code(code: str) -> Any:
    """What the register says of a code; to this address the QR code leads."""
    facts = cases.verify_code(installation(), code)
    scanned = request.args.get("d", "")
    other = facts is not None and scanned not in {"", facts.decision}
    page = render_template("public/register.html", code=code[:40], facts=facts, other=other)
    return page if facts is not None else (page, 404)
