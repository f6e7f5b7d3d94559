"""Does what a site leaves to its worker, until nothing is left: facts to deliver, pictures to make in all sizes.

Run as `python -m bench.calm SECONDS` with the site's settings and the bench's database; prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def settle(seconds: float) -> dict[str, Any]:
    """Works for about `seconds` at most; what was done, how long it took, and what is left."""
    from cms.services.pictures import prepare_pictures
    from community.core import outbox

    begun = time.monotonic()
    facts = pictures = 0
    while time.monotonic() - begun < seconds:
        delivered = outbox.deliver()
        # The pictures of a post are known once its fact is delivered.
        prepared = 0 if delivered else prepare_pictures(seconds=5)
        if not delivered and not prepared:
            break
        facts, pictures = facts + delivered, pictures + prepared
    return {"facts": facts, "pictures": pictures, "seconds": time.monotonic() - begun, "left": left()}


def left() -> str:
    """What still waits or has failed, in words with figures; empty when nothing does."""
    from cms.models import CustomImage
    from community.core.images import VERSION
    from community.core.models import OutboxFact

    waiting = OutboxFact.objects.filter(delivered_at=None)
    failed = waiting.exclude(last_error="")
    numbers = {
        "waiting facts": waiting.filter(dead_at=None).count(),
        "facts given up": waiting.exclude(dead_at=None).count(),
        "facts that failed": failed.count(),
        "pictures without all sizes": CustomImage.objects.filter(variants_version__lt=VERSION).count(),
    }
    found = ", ".join(f"{what}: {number}" for what, number in numbers.items() if number)
    last = failed.order_by("-pk").values_list("last_error", flat=True).first()
    return f"{found}; the last error: {last.splitlines()[0]}" if last else found


def main() -> None:
    """Prints what was done."""
    django.setup()
    json.dump(settle(float(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
