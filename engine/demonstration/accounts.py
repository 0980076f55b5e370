"""The file with the passwords of the demonstration: random, made once, readable by its owner only."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from engine.demonstration.people import ORGANISATIONS, PEOPLE
from engine.store import write_secret

FILE = "demo-accounts.txt"
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_password() -> str:
    """Sixteen characters that can be typed from paper: 79 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def write_accounts(folder: Path, passwords: Mapping[str, str]) -> Path:
    path = folder / FILE
    lines = ["# 演示账号：登录名　密码　姓名　岗位。密码为本机随机生成，只有本文件有。", *account_lines(passwords)]
    write_secret(path, ("\n".join(lines) + "\n").encode())
    return path


def account_lines(passwords: Mapping[str, str]) -> list[str]:
    names = {organisation.key: organisation.name for organisation in ORGANISATIONS}
    return [
        f"{person.login}\t{passwords[person.login]}\t{person.name}\t"
        + "、".join(f"{names[organisation]} {title}" for _, organisation, title in person.posts)
        for person in PEOPLE
        if person.login in passwords
    ]


def read_accounts(folder: Path) -> dict[str, str]:
    """Login -> password, empty where there is no demonstration."""
    path = folder / FILE
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row[0]: row[1] for row in rows if len(row) > 1}
