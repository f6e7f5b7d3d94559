"""Pictures in all their sizes and formats, made before somebody waits for them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import ReferenceIndex

from cms.models import CustomImage, PostPage
from cms.selectors.pictures import UNREADABLE, make_variant
from community.core.images import PRESETS, VERSION, placeholders

log = structlog.get_logger(__name__)

COVER_PRESETS = ("cover", "card", "social")
#: What a reader's program shows at once. AVIF takes twenty times as long to make and follows by a job.
QUICK = ("jpeg", "webp")
BATCH = 50


def prepare_picture(*, image_id: int, presets: Iterable[str] = (), kinds: tuple[str, ...] = ()) -> None:
    """Makes `presets` of a picture, and all that it was shown in before; nothing for one that is gone.

    `kinds` restricts the formats; the job comes back for the rest. Safe to run twice and side by side: what is
    there is not made again. A new file, or another focal point, that comes while this runs wins.
    """
    image = CustomImage.objects.filter(pk=image_id).first()
    if image is None or (image.variants_version == VERSION and set(presets) <= set(image.variants)):
        return
    made, failed = {}, set()
    for name in _to_be_made(image, presets):
        there = image.variants.get(name, {}).get("sources", {})
        wanted = tuple(kind for kind in PRESETS[name].formats if not kinds or kind in kinds or kind in there)
        try:
            made[name] = make_variant(image, name, wanted)
        except UNREADABLE as error:
            log.warning("picture_not_readable", image_id=image.pk, preset=name, error=type(error).__name__)
            failed.add(name)
    _keep(image, made, failed, _missing_placeholders(image))


def _to_be_made(image: CustomImage, presets: Iterable[str]) -> list[str]:
    """`presets` and those of the picture's that are known and do not move, in their order."""
    return [
        name
        for name in PRESETS
        if (name in image.variants or name in set(presets)) and not image.variants.get(name, {}).get("moves")
    ]


def _missing_placeholders(image: CustomImage) -> dict[str, str]:
    """BlurHash and colour of a picture that was stored before these were found on the way in."""
    if image.blurhash:
        return {}
    try:
        with image.open_file() as file:
            hashed, colour = placeholders(file.read())
    except UNREADABLE:
        return {}
    return {"blurhash": hashed, "dominant_colour": colour}


@transaction.atomic
def _keep(image: CustomImage, made: dict[str, dict[str, Any]], failed: set[str], found: dict[str, str]) -> None:
    row = CustomImage.objects.select_for_update().filter(pk=image.pk, file=image.file.name).first()
    if row is None or row.focal_key != image.focal_key:
        return
    # What a page asked for in the meantime, and formats that were left out, are for the next run.
    done = {name for name, variant in made.items() if set(variant["sources"]) == set(PRESETS[name].formats)}
    left = set(_to_be_made(row, made)) - done - failed
    CustomImage.objects.filter(pk=row.pk).update(
        variants={**row.variants, **made}, variants_version=0 if left else VERSION, **found
    )


def prepare_post(*, post_id: int) -> None:
    """Makes the pictures of a post, quickly: its cover, and those in its text; nothing for a post that is gone."""
    post = PostPage.objects.filter(pk=post_id).first()
    if post is None:
        return
    if post.cover_image_id:
        prepare_picture(image_id=post.cover_image_id, presets=COVER_PRESETS, kinds=QUICK)
    shown = ReferenceIndex.get_references_for_object(post).filter(
        to_content_type=ContentType.objects.get_for_model(CustomImage), model_path__startswith="body."
    )
    for image_id in dict.fromkeys(shown.values_list("to_object_id", flat=True)):
        prepare_picture(image_id=int(image_id), presets=["article"], kinds=QUICK)


def prepare_pictures(*, seconds: float) -> int:
    """Completes pictures that lack formats or are of an older version, for about `seconds`; returns how many."""
    end = time.monotonic() + seconds
    done = 0
    waiting = CustomImage.objects.filter(variants_version__lt=VERSION).order_by("-pk").values_list("pk", flat=True)
    for image_id in list(waiting[:BATCH]):
        if time.monotonic() > end:
            break
        prepare_picture(image_id=image_id)
        done += 1
    return done


@transaction.atomic
def forget_variants(*, image_id: int) -> None:
    """A rendition was deleted: what was made of the picture is no longer sure to be there."""
    image = CustomImage.objects.select_for_update().filter(pk=image_id).exclude(variants={}).first()
    if image is not None:
        moving = {name: variant for name, variant in image.variants.items() if variant.get("moves")}
        CustomImage.objects.filter(pk=image_id).update(variants=moving, variants_version=0)
