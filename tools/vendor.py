"""Copy the third-party files that our pages serve from npm packages, and write down what they are.

Raise a version in ``webapp/static/vendor/manifest.json``, install the packages anywhere
(``npm install --prefix /tmp/npm htmx.org@2.0.11 modern-normalize@3.0.1``) and run::

    python tools/vendor.py /tmp/npm/node_modules

Every file is copied as it is; the hashes are what the tests compare and what a reviewer checks against npm.
"""  # noqa: INP001  a program beside the packages, not in one

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "webapp" / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


def main(node_modules: Path) -> None:
    """Copy every file of the manifest and write its hash.

    Raises:
        SystemExit: a package is not there, or is not the version or under the licence that the manifest names.

    """
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for part in manifest["files"]:
        _require(part, json.loads((node_modules / part["name"] / "package.json").read_text(encoding="utf-8")))
        shutil.copyfile(node_modules / part["name"] / part["source"], VENDOR / part["file"])
        part["sha384"] = sha384(VENDOR / part["file"])
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def sha384(file: Path) -> str:
    """Return the hash of a file as subresource integrity writes it."""
    return base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()


def _require(part: dict[str, Any], package: dict[str, Any]) -> None:
    for key, found in (("version", package["version"]), ("licence", package["license"])):
        if part[key] != found:
            raise SystemExit(f"{part['name']}: the manifest says {key} {part[key]}, installed is {found}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
