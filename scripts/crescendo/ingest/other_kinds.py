"""Files that people take for tables or pages, and that are neither text nor gzipped text."""

WORKBOOK = "is a workbook: save its sheet as CSV UTF-8 and load that"
ARCHIVE = "is a zip archive: unpack it and load the files in it"
PDF = "is a PDF: export a CSV or JSON file and load that"
PARQUET = "is a Parquet file: write it as CSV, as by duckdb -c \"copy 'OLD' to 'NEW.csv'\", and load that"
# by their first bytes; a workbook is a zip archive of certain files
SIGNATURES = {b"\xd0\xcf\x11\xe0": WORKBOOK, b"%PDF": PDF, b"PAR1": PARQUET}
OF_WORKBOOKS = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def other_kind(head: bytes) -> str:
    """Why a file that is neither text nor gzipped text is refused; '' if it may be."""
    if head.startswith(b"PK\x03\x04"):
        return WORKBOOK if any(mark in head for mark in OF_WORKBOOKS) else ARCHIVE
    return next((reason for mark, reason in SIGNATURES.items() if head.startswith(mark)), "")
