"""Mobile numbers, mail addresses and numbers of other documents."""

import re
import unicodedata

from engine.errors import Invalid

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_DOCUMENT = re.compile(r"[A-Z0-9()/-]{4,30}")


def mobile(text: str) -> str:
    """Check a mobile number of the mainland; spaces, hyphens, full-width digits and +86 are mended.

    Raises `Invalid` (`mobile.form`).
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    number = number.removeprefix("+86")
    if not _MOBILE.fullmatch(number):
        raise Invalid("手机号码须为 11 位数字，以 13 至 19 开头，例如 13800000000", code="mobile.form")
    return number


def mail_address(text: str) -> str:
    """Check the form of a mail address. Raises `Invalid` (`mail.form`)."""
    address = unicodedata.normalize("NFKC", text).strip()
    if len(address) > 254 or not _MAIL.fullmatch(address):
        raise Invalid("电子邮箱须像 name@example.cn 这样填写", code="mail.form")
    return address


def other_document(text: str) -> str:
    """Check the number of a document that is not a resident identity card. Raises `Invalid` (`document.form`)."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not _DOCUMENT.fullmatch(number):
        raise Invalid("证件号码须为 4 至 30 位字母和数字，请照证件填写", code="document.form")
    return number
