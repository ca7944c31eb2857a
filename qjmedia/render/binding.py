"""Several PDFs made one."""

from collections.abc import Sequence
from io import BytesIO


def bind(parts: Sequence[bytes]) -> bytes:
    """Return one PDF with the pages and bookmarks of all parts, in their order.

    It stays what the first part is, PDF/A too; the same parts give the same bytes.
    """
    if len(parts) == 1:
        return parts[0]
    from pypdf import PdfReader, PdfWriter

    first = PdfReader(BytesIO(parts[0]))
    writer = PdfWriter(clone_from=first)
    for part in parts[1:]:
        writer.append(BytesIO(part))
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
