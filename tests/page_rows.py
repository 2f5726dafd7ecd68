"""What pages must cope with besides `sample.ARTICLES`: hostile text, odd ids, a long series."""

from __future__ import annotations

from sample import ARTICLES, Row

__all__ = ["EVIL", "PAGE_ARTICLES", "SERIES"]

EVIL = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"

HOSTILE: Row = {
    "id": "odd//id?&#\"<b>'%20",
    "title": f"Lighthouse {EVIL}",
    "text": f"The lighthouse keeper counted ships. {EVIL} \u202eright to left\u202c and back.\n\n"
    "מגדלור means lighthouse in Hebrew. \U0001f6a2\U0001f468\u200d\U0001f469\u200d\U0001f467 "
    f'"I saw {EVIL} from the tower," said Elias <b>Marrow</b>.\n\n'
    f"{'lighthouse' * 10_000}",
    "source": "=cmd|' /C calc'!A0",
    "authors": ["<i>Nobody</i>"],
    "url": "javascript:alert(1)",
    "published": "2022-05-05",
}

# One article a month about the same thing: more hits than a page holds, and a histogram.
SERIES: tuple[Row, ...] = tuple(
    {
        "id": f"ferry-{month:02}",
        "title": f"Ferry report for month {month}",
        "text": f"The ferry carried {month * 111} passengers in month {month}, the operator said. "
        f'"We had {month} days of fog," said Captain Nora Lind. '
        "Tickets for the ferry will cost more next year.",
        "source": "Morning Ledger" if month % 2 else "Evening Post",
        "authors": ["Ida Lund"],
        "url": f"https://ledger.example/ferry/{month}",
        "published": f"2021-{month:02}-15",
    }
    for month in range(1, 13)
)

PAGE_ARTICLES: tuple[Row, ...] = (*ARTICLES, HOSTILE, *SERIES)
