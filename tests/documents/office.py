"""An invented office that prints, signs and seals, and the register of its keys."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from engine import documents
from engine.documents import AUTHORITY, REVIEWER

NAME = "中共南屿省委社会工作部"


@dataclass(frozen=True)
class Office:
    press: documents.Press
    vault: documents.KeyVault
    now: datetime
    trust: documents.Trust

    @classmethod
    def founded(cls, press: documents.Press, folder: Path, now: datetime) -> "Office":
        vault = documents.KeyVault(folder, "口令-for-tests")
        vault.create_authority(f"{NAME}文书签名根证书", now)
        person = vault.issue("person-1", "林知远", REVIEWER, now)
        seals = [
            vault.issue("seal-authority", NAME, AUTHORITY, now),
            vault.issue("seal-acceptance", f"{NAME}（受理专用章）", AUTHORITY, now),
        ]
        known = {
            REVIEWER: {person.fingerprint: (now, None)},
            AUTHORITY: {seal.fingerprint: (now, None) for seal in seals},
        }
        return cls(press, vault, now, vault.trust(known))

    def frame(self) -> documents.Frame:
        code = "7Q4M-2K9P-XC31"
        return documents.Frame(
            "屿社工函〔2026〕18号",
            date(2026, 11, 23),
            code,
            f"https://shenhe.example.gov.cn/verify/{code}",
            {"document": "D06", "outcome": "approved"},
        )

    def rendered(self, content: documents.Content) -> documents.Rendered:
        return self.press.render(content, self.frame())

    def approved(self, rendered: documents.Rendered) -> bytes:
        assert rendered.seal
        return documents.approve(rendered.pdf, rendered.seal, self.vault.signer("person-1"), self.now, "审签")

    def sealed(self, pdf: bytes, place: documents.SealPlace | None, key: str = "seal-authority") -> bytes:
        assert place
        signer = self.vault.signer(key)
        return documents.seal(pdf, place, signer, self.now, "用印", faces=self.press.faces)

    def letter(self, content: documents.Content) -> bytes:
        rendered = self.rendered(content)
        return self.sealed(self.approved(rendered), rendered.seal)

    def notice(self, content: documents.Content) -> bytes:
        rendered = self.rendered(content)
        return self.sealed(rendered.pdf, rendered.seal, "seal-acceptance")

    def verify(self, pdf: bytes) -> documents.Verdict:
        return documents.verify(pdf, self.trust)
