"""Checks an unpacked archive bundle without the system that made it: Python 3.9 or later, nothing else.

    python3 data/verify_bundle.py [FOLDER]

FOLDER is the one with bagit.txt; without it, the one above this file. Checked: every file against the manifest, nothing
missing and nothing added; the chain of events, each hash anew; with the program openssl, each signature of each document
against root.pem. Who must be sure that root.pem is the office's compares its fingerprint, printed at the end.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

FORMAT = "huishen-event-1"
RANGE = re.compile(rb"/ByteRange \[\s*(\d+) (\d+) (\d+) (\d+)\s*\]")


def manifest_faults(bag: Path) -> List[str]:
    faults, listed = [], {}
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in (bag / name).read_text(encoding="utf-8").splitlines():
            digest, _, path = line.partition(" ")
            listed[path.strip()] = digest
    for path, digest in sorted(listed.items()):
        file = bag / path
        if not file.is_file():
            faults.append(f"缺少文件 {path}")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            faults.append(f"文件 {path} 被改动")
    present = {str(file.relative_to(bag)) for file in (bag / "data").rglob("*") if file.is_file()}
    return faults + [f"多出文件 {path}" for path in sorted(present - set(listed))]


def event_faults(text: str) -> List[str]:
    previous, number, faults = "", 0, []
    for line in text.splitlines():
        event: Dict[str, Any] = json.loads(line)
        number += 1
        names = ("chain", "seq", "at", "kind", "actor", "post_id", "body", "previous")
        parts = [FORMAT, *(event[name] for name in names)]
        digest = hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        if event["seq"] != number or event["previous"] != previous:
            faults.append(f"事件链在第 {number} 条断开")
        if digest != event["hash"]:
            faults.append(f"第 {event['seq']} 条事件被改动")
        previous = event["hash"]
    return faults if number else ["事件链是空的"]


def signature_faults(pdf: Path, root: Path) -> List[str]:
    """Each signature's digest and certificate by openssl; empty where it is not installed."""
    data, faults = pdf.read_bytes(), []
    found = list(RANGE.finditer(data))
    if not found:
        return [f"{pdf.name} 没有签名"]
    for position, one in enumerate(found, 1):
        start, first, second, last = (int(value) for value in one.groups())
        value = bytes.fromhex(data[start + first + 1 : second - 1].decode("ascii"))
        with tempfile.TemporaryDirectory() as folder:
            content, signature = Path(folder) / "content", Path(folder) / "signature"
            content.write_bytes(data[start : start + first] + data[second : second + last])
            signature.write_bytes(value)
            line = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
            line += ["-content", str(content), "-CAfile", str(root), "-purpose", "any", "-no_check_time"]
            run = subprocess.run([*line, "-out", "/dev/null"], capture_output=True, check=False)
        if run.returncode:
            faults.append(f"{pdf.name} 的第 {position} 个签名无效")
    end = max(int(one[3]) + int(one[4]) for one in found)
    return faults if end == len(data) else [*faults, f"{pdf.name} 在签名之后被追加了内容"]


def fingerprint(root: Path) -> str:
    lines = root.read_text(encoding="ascii").strip().splitlines()
    return hashlib.sha256(base64.b64decode("".join(lines[1:-1]))).hexdigest()


def main() -> int:
    bag = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    data = bag / "data"
    faults = manifest_faults(bag)
    faults += event_faults((data / "events.jsonl").read_text(encoding="utf-8"))
    if shutil.which("openssl"):
        for pdf in sorted((data / "documents").glob("*.pdf")):
            faults += signature_faults(pdf, data / "root.pem")
    else:
        print("没有找到 openssl，签名未验证")
    for fault in faults:
        print(fault)
    print("归档包完好" if not faults else f"发现 {len(faults)} 处问题")
    print(f"根证书指纹 {fingerprint(data / 'root.pem')}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
