"""The demonstration's pictures on their way from the drawing board into the site's library."""

from __future__ import annotations

import functools
import io
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile

from cms.demo import pictures
from cms.demo.material import Motif
from cms.models import CustomImage
from community.accounts.models import User

CREDIT = "Sparkle Universe"
#: Pillow releases the interpreter while it blurs, scales and encodes: two threads draw nearly twice as fast.
THREADS = 2


class Gallery:
    """Draws pictures ahead, in threads; the database is only touched by the caller's thread."""

    def __init__(self, *, scale: float) -> None:
        self._draw = functools.partial(pictures.draw, scale=scale)
        self._scale = scale
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="drawing")
        self._ordered: dict[tuple[Motif, str, bool], Future[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def order(self, motif: Motif, seed: str, *, banner: bool = False) -> None:
        """Has a picture drawn that will be asked for later."""
        self._drawing(motif, seed, banner)

    def add_to_library(
        self, motif: Motif, seed: str, *, title: str, alt: str, owner: User, banner: bool = False
    ) -> CustomImage:
        """Stores the picture as one of `owner`'s; waits until it is drawn."""
        data = self._drawing(motif, seed, banner).result()
        file = ImageFile(io.BytesIO(data), name=f"{seed.replace('/', '-')[:80]}{'-banner' if banner else ''}.jpg")
        image = CustomImage(title=title[:255], description=alt[:255], credit=CREDIT, uploaded_by_user=owner, file=file)
        image.save()
        return image

    def emblem(self, motif: Motif) -> ContentFile[bytes]:
        """The file of a profile's picture."""
        return ContentFile(pictures.draw_emblem(motif.name, motif.palette, scale=self._scale), name=f"{motif.name}.jpg")

    def _drawing(self, motif: Motif, seed: str, banner: bool) -> Future[bytes]:
        key = (motif, seed, banner)
        if key not in self._ordered:
            self._ordered[key] = self._pool.submit(self._draw, motif.name, motif.palette, seed=seed, banner=banner)
        return self._ordered[key]
