"""Names and titles of which nothing is seen."""

from __future__ import annotations

import pytest

#: By what they are made of. Spaces around them make no difference.
INVISIBLE = {
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "odd spaces": "\u00a0\u1680\u2003\u205f\u3000",
    "lines and controls": "\x01\x1f\x85\u2028\u2029",
    "directions": "\u200e\u200f\u202a\u202c\u202e\u2066\u2069",
    "soft hyphens": "\u00ad\u034f",
    "variation selectors": "\ufe0f\u180b\U000e0100",
    "fillers of Hangul": "\u115f\u1160\u3164\uffa0",
    "a braille blank": "\u2800",
    "marks alone": "\u0301\u0e49\u20dd",
    "tags and private signs": "\U000e0001\U000e0041\ue000\U0010fffd",
    "signs that are none": "\ufffe\uffff\U0001fffe",
}
each_invisible = pytest.mark.parametrize("nothing", INVISIBLE.values(), ids=INVISIBLE.keys())
