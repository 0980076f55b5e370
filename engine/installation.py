"""One installation: where it keeps its things, and the parts that every command is handed."""

import os
import secrets
import tomllib
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from engine import calendar, documents, packages, store
from engine.calendar import Clock, SystemClock, WorkingDays
from engine.decisions import Clauses
from engine.errors import Invalid
from engine.packages import CompiledPackage
from engine.packages.register import load_clauses


@dataclass(frozen=True)
class Settings:
    """Read from `settings.toml` of the folder, then from `HUISHEN_...` variables, which win."""

    database_url: str = ""
    public_url: str = "http://127.0.0.1:8000"  # printed into the QR code of every document
    contact: str = "行业协会商会处"  # whom an applicant may ask, printed on notices
    telephone: str = ""
    isolated_rendering: bool = True  # render in a process of its own, with limits
    signature_level: str = "B-B"  # B-T and B-LTA need a timestamp authority
    timestamp_url: str = ""
    timestamp_certificates: str = ""  # PEM file of the authority's chain; the self-signed ones are believed
    pkcs11_module: str = ""  # library of the token on which new keys are made; empty: encrypted files
    pkcs11_token: str = ""  # the token's label; its PIN is HUISHEN_PKCS11_PIN
    mail_host: str = ""  # SMTP server; empty: no e-mail
    mail_port: int = 25
    mail_security: str = "none"  # none | starttls | tls
    mail_user: str = ""  # its password is HUISHEN_MAIL_PASSWORD
    mail_from: str = ""
    trusted_proxies: int = (
        0  # how many reverse proxies stand before `serve`: whose word on the visitor's address counts
    )

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        path = folder / "settings.toml"
        given = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known = {item.name: item for item in fields(cls)}
        if unknown := sorted(set(given) - set(known)):
            raise Invalid(
                f"settings.toml 中有不认识的设置：{'、'.join(unknown)}。请删去或改正。", code="settings.unknown"
            )
        for name, item in known.items():
            if (text := os.environ.get(f"HUISHEN_{name.upper()}")) is not None:
                given[name] = _from_text(name, item.type, text)
            elif name in given and type(given[name]).__name__ != item.type:
                raise _wrong_setting(name, item.type)
        return cls(**given)


def _from_text(name: str, kind: object, text: str) -> object:
    if kind == "int":
        if not text.strip().isdecimal():
            raise _wrong_setting(name, kind)
        return int(text)
    return text.lower() in {"1", "true", "yes"} if kind == "bool" else text


def _wrong_setting(name: str, kind: object) -> Invalid:
    wanted = {"int": "不小于 0 的整数", "bool": "true 或 false"}.get(str(kind), "加引号的文字")
    return Invalid(f"设置 {name} 应是{wanted}。请改正 settings.toml 或 HUISHEN_{name.upper()}。", code="settings.value")


@dataclass
class _Cache:
    packages: dict[str, CompiledPackage] = field(default_factory=dict)
    clauses: dict[str, Clauses] = field(default_factory=dict)
    calendar: tuple[object, WorkingDays] | None = None


@dataclass(frozen=True)
class Installation:
    """Given to every command and query; holds no state of a case."""

    folder: Path
    settings: Settings
    clock: Clock
    database: Engine
    files: store.Files
    cipher: store.Cipher
    vault: documents.KeyVault
    press: documents.Press
    examiner: documents.Examiner  # looks at what strangers upload
    passphrase: bytes = field(repr=False)  # opens the keys that sign
    _cache: _Cache = field(default_factory=_Cache)

    CALENDAR_AGE = timedelta(minutes=10)  # after which another process's import is seen here

    def calendar(self) -> WorkingDays:
        """The working days as imported."""
        now = self.clock.now()
        kept = self._cache.calendar
        if kept is None or not timedelta() <= now - kept[0] < self.CALENDAR_AGE:  # type: ignore[operator]
            with store.reading(self.database) as transaction:
                kept = (now, calendar.load(transaction))
            self._cache.calendar = kept
        return kept[1]

    def forget_calendar(self) -> None:
        """After an import of this process: the next command reads the working days anew."""
        self._cache.calendar = None

    def package(self, transaction: store.Transaction, version_id: str) -> CompiledPackage:
        """A version never changes, so it is compiled once a process."""
        if version_id not in self._cache.packages:
            self._cache.packages[version_id] = packages.load_version(transaction, version_id)
        return self._cache.packages[version_id]

    def holding(self, version_id: str, package: CompiledPackage) -> "Installation":
        """This installation where that version is this package: for trying what another value of a parameter does."""
        return replace(self, _cache=_Cache({version_id: package}, dict(self._cache.clauses), self._cache.calendar))

    def clauses(self, transaction: store.Transaction, version_id: str, on: date) -> Clauses:
        """A version of the register of rules as it stands on a day; the empty id is the empty register."""
        if version_id not in self._cache.clauses:
            self._cache.clauses[version_id] = load_clauses(transaction, version_id)
        return self._cache.clauses[version_id].on(on)


def open_installation(folder: Path, *, clock: Clock | None = None, settings: Settings | None = None) -> Installation:
    """Open (and bring up to date) the installation in a folder; makes its keys at first use."""
    folder.mkdir(parents=True, exist_ok=True)
    os.umask(0o077)  # what an installation writes is for its own user
    settings = settings or Settings.read(folder)
    database = store.open_database(settings.database_url or f"sqlite:///{folder / 'huishen.db'}")
    store.migrate(database)
    calendar.ensure(database)
    passphrase = _passphrase(folder)
    return Installation(
        folder=folder,
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        files=store.Files(folder / "files"),
        cipher=store.open_cipher(folder / "keys" / "fields"),
        vault=documents.KeyVault(folder / "keys" / "signing", passphrase, _token(settings)),
        passphrase=passphrase,
        examiner=documents.Examiner(),
        press=documents.Press(fonts_folder(folder), isolated=settings.isolated_rendering),
    )


def fonts_folder(folder: Path) -> Path:
    """Where the fonts are: `HUISHEN_FONTS`, else `fonts/` of the installation."""
    return Path(os.environ.get("HUISHEN_FONTS") or folder / "fonts")


def _token(settings: Settings) -> documents.TokenStore | None:
    """Where new signing keys are made when not in files; opened at first use."""
    if not settings.pkcs11_module:
        return None
    pin = os.environ.get("HUISHEN_PKCS11_PIN", "")
    return documents.Token(settings.pkcs11_module, settings.pkcs11_token, pin)


def _passphrase(folder: Path) -> bytes:
    """Of the signing keys: `HUISHEN_KEY_PASSPHRASE`, else a file that only its owner reads, made at first use."""
    if text := os.environ.get("HUISHEN_KEY_PASSPHRASE"):
        return text.encode()
    path = folder / "keys" / "passphrase"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        store.write_secret(path, secrets.token_urlsafe(32).encode())
    return path.read_bytes()
