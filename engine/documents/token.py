"""Keys on a PKCS#11 token: made there, never leaving it. Needs the package python-pkcs11 and the token's own library."""

import threading
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from engine.errors import NotFound, Unavailable


class Token:
    """A token by the path of its library, its label and its PIN. Safe to share between threads, one at a time.

    `Unavailable` (code document.token) when the library or the token is not there, or the PIN is wrong.
    """

    def __init__(self, module: str, label: str, pin: str) -> None:
        self._module, self._label, self._pin = module, label, pin
        self._lock = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        try:
            import pkcs11
        except ModuleNotFoundError as error:
            line = ".venv/bin/pip install python-pkcs11"
            raise Unavailable(f"缺少程序库 python-pkcs11，请运行：{line}", code="document.token", line=line) from error
        try:
            found = pkcs11.lib(self._module).get_token(token_label=self._label)
            return found.open(user_pin=self._pin, rw=True)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            message = f"打不开密码设备“{self._label}”，请检查 pkcs11_module、pkcs11_token 和口令"
            raise Unavailable(message, code="document.token") from error

    def create(self, key_id: str) -> ec.EllipticCurvePublicKey:
        """A new P-256 key pair under this id; its public half."""
        from cryptography.hazmat.primitives.serialization import load_der_public_key
        from pkcs11 import KeyType
        from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

        with self._lock:
            parameters = self._session.create_domain_parameters(
                KeyType.EC, {_attribute("EC_PARAMS"): encode_named_curve_parameters("secp256r1")}, local=True
            )
            public, _ = parameters.generate_keypair(store=True, label=key_id)
            loaded = load_der_public_key(encode_ec_public_key(public))
        assert isinstance(loaded, ec.EllipticCurvePublicKey)
        return loaded

    def sign(self, key_id: str, data: bytes) -> bytes:
        """ECDSA over SHA-256 in its DER form; `NotFound` when the token has no such key."""
        import hashlib

        from pkcs11 import Mechanism
        from pkcs11.util.ec import encode_ecdsa_signature

        with self._lock:
            key = self._key(key_id, "PRIVATE_KEY")
            return bytes(encode_ecdsa_signature(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)))

    def destroy(self, key_id: str) -> None:
        """Remove both halves of a key."""
        with self._lock:
            for kind in ("PRIVATE_KEY", "PUBLIC_KEY"):
                self._key(key_id, kind).destroy()

    def _key(self, key_id: str, kind: str) -> Any:
        import pkcs11

        try:
            return self._session.get_key(object_class=getattr(pkcs11.ObjectClass, kind), label=key_id)
        except pkcs11.NoSuchKey as error:
            raise NotFound(f"密码设备里没有密钥 {key_id}", code="document.no-key") from error


def _attribute(name: str) -> Any:
    import pkcs11

    return getattr(pkcs11.Attribute, name)
