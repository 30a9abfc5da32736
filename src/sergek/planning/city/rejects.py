"""What an import left out, and why."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Rejects"]


@dataclass(slots=True)
class Rejects:
    """Rows left out one by one (`rows`) and kinds of thing left out in bulk (`bulk`)."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    bulk: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, source: str, row: str, reason: str) -> None:
        """One row of a source, and the reason."""
        self.rows.append((source, row, reason))

    def count(self, source: str, reason: str) -> None:
        """One more of a kind that is not wanted at all."""
        self.bulk[source, reason] += 1

    def summary(self) -> list[str]:
        """One line per source and reason, most frequent first."""
        reasons = Counter((source, reason.split(";")[0]) for source, _, reason in self.rows)
        reasons.update(self.bulk)
        return [f"{count} × {source}: {why}" for (source, why), count in reasons.most_common()]

    def write(self, path: Path) -> None:
        """All rows as CSV: source, row, reason."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("source", "row", "reason"))
            writer.writerows(self.rows)
            for (source, reason), count in sorted(self.bulk.items()):
                writer.writerow((source, f"{count} rows", reason))
