"""The deployment packages of functions and layer: zip files that are the same for the same sources."""

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

UNCHANGING = (1980, 1, 1, 0, 0, 0)


def function_package(folder: Path) -> bytes:
    """The zip of one function's folder."""
    return _zip(folder, "")


def layer_package(folder: Path) -> bytes:
    """The zip of our own part of the layer, with its bytecode: each start of a function unpacks it anew.

    What `requirements.txt` names is left out: locally the functions run on MiniStack's interpreter and packages.
    """
    with TemporaryDirectory() as built:
        copy = Path(built) / "lending"
        shutil.copytree(folder / "lending", copy, ignore=shutil.ignore_patterns("__pycache__"))
        # In a process of its own: what else is loaded shows in bytecode.
        command = [
            sys.executable,
            "-m",
            "compileall",
            "-q",
            "-s",
            built,
            "--invalidation-mode",
            "unchecked-hash",
            str(copy),
        ]
        subprocess.run(command, check=True)
        return _zip(copy, "python/lending/")


def _zip(folder: Path, prefix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(prefix + path.relative_to(folder).as_posix(), UNCHANGING)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
