"""Mail: entered in PostgreSQL with the change that wants it, encrypted, and sent by a job within seconds.

`send` belongs into the caller's transaction. Each message goes to one person, in one of four lanes; the ledger of jobs
runs the first lane first. What a message says is readable by nobody once it has left.
"""

from community.core.mail.delivery import deliver
from community.core.mail.ledger import (
    LANES,
    forget_recipient,
    list_messages,
    make_up,
    purge,
    retry,
    rotate,
    send,
)
from community.core.mail.suppression import allow, is_suppressed, suppress

__all__ = [
    "LANES", "allow", "deliver", "forget_recipient", "is_suppressed", "list_messages", "make_up", "purge", "retry",
    "rotate", "send", "suppress",
]  # fmt: skip
