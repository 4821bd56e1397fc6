"""What a load decided of each file, for the log: what it was taken for and why, what was refused, what was rejected."""

import logging
from collections import Counter

from crescendo.ingest.plan import Plan
from crescendo.ingest.run import LoadResult
from crescendo.logs import event, without_data


def decisions(plan: Plan) -> None:
    """Log what is planned for each file."""
    for result in plan.unchanged:
        event(logging.DEBUG, "file unchanged", file=result.path, why="the warehouse holds these very bytes")
    for refused in plan.refused:
        event(logging.WARNING, "file refused", file=refused.path, why=without_data(refused.reason))
    for number, batch in enumerate(plan.batches, start=1):
        for file, result in zip(batch.files, batch.results, strict=True):
            event(
                logging.DEBUG, "file recognised", file=file.path, source=file.source.name, document=file.document.name,
                why=file.why, form=file.format, bytes=file.size, gzipped=file.gzipped, batch=number,
                file_id=result.file_id, line_by_line=file.careful,
            )  # fmt: skip


def outcome(result: LoadResult, *, dry_run: bool) -> None:
    """Log what became of the files, and the sums."""
    for file in result.files:
        if file.status != "loaded":
            continue
        rejected = sum(count for name, count in file.counts.items() if name.endswith("_rejected"))
        event(
            logging.WARNING if rejected else logging.DEBUG, "file loaded", file=file.path, source=file.source,
            document=file.document, file_id=file.file_id, note=without_data(file.reason) or None, **file.counts,
        )  # fmt: skip
        reasons = Counter((reject["level"], reject["path"], without_data(reject["reason"])) for reject in file.rejects)
        for (level, path, reason), count in reasons.items():
            event(
                logging.DEBUG, "rejected", file=file.path, what=level, path=path, why=reason, of_the_first=count
            )  # fmt: skip
    statuses = Counter(file.status for file in result.files)
    sums = {name: result.total(name) for name in ("records_loaded", "rows_loaded", "records_rejected", "rows_rejected")}
    event(logging.INFO, "load ended", load_id=result.load_id, dry_run=dry_run, **{
        f"files_{status}": statuses[status] for status in ("loaded", "unchanged", "refused")
    }, **sums)  # fmt: skip
