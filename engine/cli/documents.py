"""The commands about documents: verification here and elsewhere, revocation, the signing keys."""

import json
import sys
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import archive, cases, documents
from engine.cli.frame import group, opened, speaks
from engine.errors import Invalid
from engine.keys import replace_key, revocation_list, withdraw_key

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
TARGET = click.Path(path_type=Path, dir_okay=False)


@group.command(help="验证文书：是否由本部签发、是否完整、是否已撤销。退出码 0 有效，1 无效。")
@click.argument("file", type=FILE)
@click.option("--root", type=FILE, help="只凭这个根证书（PEM）离线验证，不打开安装实例。")
@click.option("--register", type=FILE, help="与 --root 同用：发文登记簿的签名清单（document export 导出）。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
@speaks
def verify(context: click.Context, file: Path, root: Path | None, register: Path | None, as_json: bool) -> None:
    if register and not root:
        raise click.UsageError("--register 要与 --root 同用。")
    verdict = _offline(file, root, register) if root else cases.verify_bytes(opened(context), file.read_bytes())
    if as_json:
        click.echo(json.dumps(verdict.to_dict(), ensure_ascii=False, indent=1, default=str))
    else:
        click.echo(verdict.sentence)
        for line in (*verdict.signatures, *verdict.changes):
            click.echo(f"  {line}")
        if verdict.record:
            click.echo(f"  决定记录：{json.dumps(verdict.record, ensure_ascii=False)}")
    sys.exit(0 if verdict.code in ("ours.valid", "ours.origin") else 1)


def _offline(file: Path, root: Path, register: Path | None) -> documents.Verdict:
    try:
        der = x509.load_pem_x509_certificate(root.read_bytes()).public_bytes(Encoding.DER)
    except ValueError as error:
        raise Invalid(f"{root} 不是 PEM 格式的证书。", code="verify.root") from error
    listed = documents.read_register(register.read_bytes(), der) if register else None
    return documents.verify_offline(file.read_bytes(), der, listed)


@group.group(help="文书登记：撤销、导出签名清单。")
def document() -> None:
    pass


@document.command(help="撤销已生效的文书。文号和理由留在登记簿，验真页随即显示已撤销。")
@click.argument("number")
@click.option("--reason", required=True, help="撤销的理由，会显示在验真页。")
@click.pass_context
@speaks
def revoke(context: click.Context, number: str, reason: str) -> None:
    cases.revoke_document(opened(context), None, number, reason)
    click.echo(f"{number} 已撤销")


@document.command(name="export", help="导出发文登记簿的签名清单，供离线验证（huishen verify --root --register）。")
@click.argument("file", type=TARGET)
@click.pass_context
@speaks
def export_register(context: click.Context, file: Path) -> None:
    file.write_bytes(cases.register_list(opened(context)))
    click.echo(f"已导出到 {file}")


@group.group(help="签名密钥：列出、更换、停用、导出根证书和吊销列表。")
def key() -> None:
    pass


@key.command(name="list", help="列出在用的密钥。")
@click.pass_context
@speaks
def list_keys(context: click.Context) -> None:
    vault = opened(context).vault
    for key_id in vault.key_ids():
        one = vault.certificate(key_id)
        click.echo(f"{key_id}\t{one.common_name}\t{one.field}\t至 {one.not_after:%Y-%m-%d}\t{one.fingerprint[:16]}")


@key.command(name="replace", help="更换密钥：旧密钥从现在起不再有效，此前的签名不受影响。")
@click.argument("key_id")
@click.option("--reason", required=True, help="更换的理由，记入事件链。")
@click.pass_context
@speaks
def replace(context: click.Context, key_id: str, reason: str) -> None:
    fingerprint = replace_key(opened(context), key_id, reason)
    click.echo(f"{key_id} 已更换，新证书指纹 {fingerprint}")


@key.command(name="withdraw", help="停用密钥，不再签发新的，例如持有人离岗或密钥可能外泄。")
@click.argument("key_id")
@click.option("--reason", required=True, help="停用的理由，记入事件链。")
@click.pass_context
@speaks
def withdraw(context: click.Context, key_id: str, reason: str) -> None:
    withdraw_key(opened(context), key_id, reason)
    click.echo(f"{key_id} 已停用")


@key.command(name="root", help="导出根证书（PEM），供离线验证。")
@click.argument("file", type=TARGET)
@click.pass_context
@speaks
def export_root(context: click.Context, file: Path) -> None:
    root = x509.load_der_x509_certificate(opened(context).vault.root())
    file.write_bytes(root.public_bytes(Encoding.PEM))
    click.echo(f"已导出到 {file}")


@key.command(name="revocations", help="导出吊销列表（CRL，DER）。")
@click.argument("file", type=TARGET)
@click.pass_context
@speaks
def export_revocations(context: click.Context, file: Path) -> None:
    file.write_bytes(revocation_list(opened(context)))
    click.echo(f"已导出到 {file}")


@group.group(name="archive", help="归档包：生成、检查。")
def bundles() -> None:
    pass


@bundles.command(name="make", help="生成已办结案件的归档包（BagIt，ZIP）。")
@click.argument("number")
@click.argument("file", type=TARGET)
@click.pass_context
@speaks
def make_archive(context: click.Context, number: str, file: Path) -> None:
    file.write_bytes(archive.make_bundle(opened(context), number))
    click.echo(f"已写入 {file}")


@bundles.command(name="verify", help="四性检查：真实、完整、可用、安全。不打开安装实例。退出码 0 全部通过，1 有问题。")
@click.argument("file", type=FILE)
@click.option("--root", type=FILE, help="发文机关的根证书（PEM）；不给时用包内的，不能证明包是谁的。")
@speaks
def verify_archive(file: Path, root: Path | None) -> None:
    checks = archive.check_bundle(file.read_bytes(), root.read_bytes() if root else None)
    for check in checks:
        click.echo(f"{check.name}：{'通过' if check.passed else '不通过'}")
        for fault in check.faults:
            click.echo(f"  {fault}")
    sys.exit(0 if all(check.passed for check in checks) else 1)
