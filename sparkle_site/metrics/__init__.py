"""What is counted of requests and cached pages; `reading.py` shows it at /metrics.

Processes count in files of one folder (`sparkle_site/serve/counting.py`), so that whichever process is asked
answers for all of them. Nothing here needs a model: the front counts before Django is asked.
"""

from sparkle_site.metrics.pages import count_page, start, sync
from sparkle_site.metrics.requests import MetricsMiddleware

__all__ = ["MetricsMiddleware", "count_page", "start", "sync"]
