"""How long a signature can be proven: the PAdES level, the authority that stamps time, what is embedded for later.

B-B rests on the signing time that the file itself states. B-T adds the time of a timestamp authority (RFC 3161). B-LTA
also embeds certificates and revocation lists and stamps the whole file, so that it can be judged when they are gone.
"""

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Literal

from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.timestamps import TimeStamper

from engine.errors import HuishenError, Invalid

Level = Literal["B-B", "B-T", "B-LTA"]
LEVELS: tuple[Level, ...] = ("B-B", "B-T", "B-LTA")
MOST_ANSWER = 1024 * 1024


class TimestampFailed(HuishenError):
    """The timestamp authority did not answer, or not with a timestamp; nothing was signed."""

    code = "document.timestamp"


class TimestampAuthority(TimeStamper):  # type: ignore[misc]
    """An authority reached over HTTP, as RFC 3161 section 3.4 has it."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        super().__init__()
        if not url.startswith(("http://", "https://")):
            raise Invalid(f"时间戳服务的地址“{url}”应当以 http:// 或 https:// 开头", code="document.timestamp-url")
        self._url, self._timeout = url, timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        kind = {"Content-Type": "application/timestamp-query"}
        request = urllib.request.Request(self._url, req.dump(), kind)  # noqa: S310  the scheme is checked above
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return tsp.TimeStampResp.load(answer.read(MOST_ANSWER))
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise TimestampFailed(f"时间戳服务没有应答，请检查 {self._url} 后重试") from error


@dataclass(frozen=True)
class Assurance:
    """`certificates` (DER) and `revocation_lists` (DER) are embedded at B-LTA: the chains of signers and authority."""

    level: Level = "B-B"
    authority: TimeStamper | None = None
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation_lists: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise Invalid(f"签名级别“{self.level}”只能是 {'、'.join(LEVELS)}", code="document.level")
        if self.level != "B-B" and self.authority is None:
            raise Invalid(f"签名级别 {self.level} 需要时间戳服务，请设置 timestamp_url", code="document.level")

    def embedded(self) -> dict[str, Any]:
        """What the document security store is given."""
        return {
            "certs": [asn1_x509.Certificate.load(one) for one in self.certificates],
            "crls": [asn1_crl.CertificateList.load(one) for one in self.revocation_lists],
        }


PLAIN = Assurance()
