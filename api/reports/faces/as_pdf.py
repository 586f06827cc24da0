"""The report as PDF: A4, set by typst from a template of ours and the document as data.

Texts of the data are never markup: the template reads them as values. Fonts are those that typst
brings; nothing is fetched. The same data set gives the same document.
"""

import shutil
import tempfile
from pathlib import Path

import orjson
import typst

from api.reports.dataset import Report
from api.reports.faces.document import document
from api.reports.wanted import LogoError

TEMPLATE = Path(__file__).with_name("report.typ")
_LARGEST_LOGO = 5_000_000
"""Bytes."""


def as_pdf(report: Report, language: str, logo: str | None) -> bytes:
    """Return the document. `logo`: path of a PNG, SVG or JPEG. Raises LogoError."""
    content = document(report, language)
    with tempfile.TemporaryDirectory(prefix="pantau-report-") as name:
        folder = Path(name)
        content["logo"] = None if logo is None else _logo(Path(logo), folder)
        (folder / "report.json").write_bytes(orjson.dumps(content))
        shutil.copyfile(TEMPLATE, folder / TEMPLATE.name)
        return _set(folder)


def _set(folder: Path) -> bytes:
    compiler = typst.Compiler(
        str(folder / TEMPLATE.name), root=str(folder), ignore_system_fonts=True
    )
    made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made


def _logo(path: Path, folder: Path) -> str:
    """Put the picture beside the template and see that it can be read; return its name."""
    name = f"logo{path.suffix.lower()}"
    try:
        if path.stat().st_size > _LARGEST_LOGO:
            raise LogoError(f"report.logo: {path.name} is larger than 5 MB; make it smaller")
        shutil.copyfile(path, folder / name)
    except OSError as error:
        why = (error.strerror or "unreadable").lower()
        raise LogoError(f"report.logo: {path.name} cannot be read: {why}") from None
    probe = folder / "probe.typ"
    probe.write_text(f'#image("{name}", height: 1cm)\n', encoding="utf-8")
    try:
        typst.Compiler(str(probe), root=str(folder), ignore_system_fonts=True).compile(format="pdf")
    except typst.TypstError:
        raise LogoError(
            f"report.logo: {path.name} is no picture that can be used; save it as PNG again"
        ) from None
    return name
