"""Keys on a PKCS#11 token: SoftHSM2 where Debian's softhsm2 is installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from engine import documents
from engine.documents import AUTHORITY, REVIEWER
from engine.documents.token import Token
from engine.errors import Forbidden, NotFound, Unavailable
from tests.documents import samples
from tests.documents.conftest import NOW
from tests.documents.office import NAME

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: it is wanted only where keys live on a token")
if not MODULE.exists() or not shutil.which("softhsm2-util"):
    pytest.skip("SoftHSM2 is not installed: apt-get install -y softhsm2", allow_module_level=True)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(settings))
    line = ["softhsm2-util", "--init-token", "--free", "--label", "office", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run(line, check=True, capture_output=True)
    return Token(str(MODULE), "office", "1234")


def test_a_letter_is_signed_by_keys_that_never_leave_the_token(
    token: Token, press: documents.Press, tmp_path: Path
) -> None:
    vault = documents.KeyVault(tmp_path / "keys", "口令-for-tests", token)
    vault.create_authority("根证书", NOW)
    person = vault.issue("person-1", "林知远", REVIEWER, NOW)
    seal = vault.issue("seal-authority", NAME, AUTHORITY, NOW)
    assert [path.name for path in (tmp_path / "keys").glob("*.key")] == ["root.key"]
    frame = documents.Frame("屿社工函〔2026〕18号", NOW.date(), "7Q4M-2K9P-XC31", "https://shenhe.example.gov.cn/v", {})
    rendered = press.render(samples.content("D07"), frame)
    assert rendered.seal
    approved = documents.approve(rendered.pdf, rendered.seal, vault.signer("person-1"), NOW)
    sealed = documents.seal(approved, rendered.seal, vault.signer("seal-authority"), NOW, faces=press.faces)
    known = {REVIEWER: {person.fingerprint: (NOW, None)}, AUTHORITY: {seal.fingerprint: (NOW, None)}}
    assert documents.verify(sealed, vault.trust(known)).code == "ours.valid"
    vault.withdraw("person-1")
    with pytest.raises(NotFound):
        token.sign("person-1", b"data")


def test_a_key_on_a_token_cannot_be_used_without_it(token: Token, tmp_path: Path) -> None:
    vault = documents.KeyVault(tmp_path, "口令-for-tests", token)
    vault.create_authority("根证书", NOW)
    vault.issue("person-2", "林知远", REVIEWER, NOW)
    with pytest.raises(Forbidden) as caught:
        documents.KeyVault(tmp_path, "口令-for-tests").signer("person-2")
    assert caught.value.code == "document.no-token"


@pytest.mark.parametrize(("label", "pin"), [("nobody", "1234"), ("office", "0000")])
def test_a_token_that_does_not_open_is_told_in_words(token: Token, label: str, pin: str) -> None:
    with pytest.raises(Unavailable, match="密码设备"):
        Token(str(MODULE), label, pin).sign("person-1", b"data")
