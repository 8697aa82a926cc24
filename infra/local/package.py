"""The deployment packages of functions and layer: zip files that are the same for the same sources."""

import io
import zipfile
from pathlib import Path

UNCHANGING = (1980, 1, 1, 0, 0, 0)


def function_package(folder: Path) -> bytes:
    """The zip of one function's folder."""
    return _zip(folder, "")


def layer_package(folder: Path) -> bytes:
    """The zip of our own part of the layer.

    What `requirements.txt` names is left out: locally the functions run on MiniStack's interpreter and packages.
    """
    return _zip(folder / "lending", "python/lending/")


def _zip(folder: Path, prefix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(prefix + path.relative_to(folder).as_posix(), UNCHANGING)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
