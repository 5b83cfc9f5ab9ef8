"""Images inside the file, as data URIs: decoded from base64, and their headers read with Pillow.

Nothing is decompressed, so a small file that unpacks to gigabytes does no harm: kind, size and
colours stand in the header, and a cut-off end shows without the pixels.
"""

import base64
import binascii
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.datasets.findings import Complaint, Rule, error, warning

if TYPE_CHECKING:
    from PIL.Image import Image

# Source of the limits: Microsoft Learn, "Fine-tune vision models", read 2026-10. Whether MB is 10^6
# or 2^20 bytes is not said, so the larger reading refuses nothing that might pass.
IMAGES_OF_AN_EXAMPLE = 64
LARGEST_IMAGE = 10 << 20
MODES = ("RGB", "RGBA")
_LOW_DETAIL = 512  # pixels; at low detail the model sees that many each way

RULES: Mapping[str, Rule] = {
    "chat/image-count": error(f"An example has at most {IMAGES_OF_AN_EXAMPLE} images."),
    "chat/image-data": error("A data URI holds a whole image of the kind that it names."),
    "chat/image-size": error("An image has at most 10 MB."),
    "chat/image-colours": error("An image is RGB or RGBA."),
    "chat/image-cost": warning("An image is at high detail only where that shows more than low."),
}

_URI = re.compile(r"data:image/([a-z]+);base64,", re.IGNORECASE)
TAKEN = ("JPEG", "PNG", "WEBP")
_READ = (*TAKEN, "GIF", "BMP")  # to say what was found instead
_KINDS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def check(uri: str, detail: object) -> Iterator[Complaint]:
    """Everything wrong with the image in a data URI of a known kind."""
    start = _URI.match(uri)
    if start is None:
        return
    size = (len(uri) - start.end()) * 3 // 4
    if size > LARGEST_IMAGE + 2:
        what = f"the image has about {size:,} bytes; the service takes at most {LARGEST_IMAGE:,}."
        yield Complaint("chat/image-size", what, "url", "Scale it down, or save it as JPEG.")
        return
    try:
        data = base64.b64decode(uri[start.end() :], validate=True)
    except (binascii.Error, ValueError) as wrong:
        what = f"the data URI is not base64: {str(wrong).lower()}."
        hint = "Encode the file's bytes with base64.b64encode."
        yield Complaint("chat/image-data", what, "url", hint)
        return
    yield from _check_image(data, _KINDS.get(start[1].lower(), ""), detail)


def check_count(images: int) -> Iterator[Complaint]:
    """Whether an example has too many."""
    if images > IMAGES_OF_AN_EXAMPLE:
        what = f"the example has {images} images; the service takes {IMAGES_OF_AN_EXAMPLE}."
        yield Complaint("chat/image-count", what, "messages", "Split it into several examples.")


def _check_image(data: bytes, kind: str, detail: object) -> Iterator[Complaint]:
    image = opened(data)
    if isinstance(image, str):
        hint = "Encode the whole file of an image: JPEG, PNG or WEBP."
        yield Complaint("chat/image-data", image, "url", hint)
        return
    if image.format not in TAKEN:
        what = f"the data URI says {kind}, but the image is a {image.format}."
        hint = "Save it as JPEG, PNG or WEBP."
        yield Complaint("chat/image-data", what, "url", hint)
        return
    if image.format != kind:
        what = f"the data URI says {kind}, but the image is a {image.format}."
        hint = f"Write data:image/{image.format.lower()};base64,…"
        yield Complaint("chat/image-data", what, "url", hint)
    if image.mode not in MODES:
        what = f"the image's colours are {colours(image)}, not RGB or RGBA."
        hint = 'Convert it, with Pillow: image.convert("RGB").'
        yield Complaint("chat/image-colours", what, "url", hint)
    if detail == "high" and max(image.size) <= _LOW_DETAIL:
        what = f"the image has {image.width} x {image.height} pixels; low detail shows them all."
        hint = 'Write "detail": "low", which costs a fraction of the tokens.'
        yield Complaint("chat/image-cost", what, "detail", hint)


_COLOURS = {"L": "grey", "LA": "grey", "1": "black and white", "P": "a palette", "PA": "a palette",
            "CMYK": "CMYK", "YCbCr": "YCbCr", "LAB": "LAB"}  # fmt: skip


def colours(image: "Image") -> str:
    """In words."""
    return _COLOURS.get(image.mode, image.mode)


def opened(data: bytes) -> "Image | str":
    """The image as its header describes it, or what is wrong with it."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=_READ)
            if _is_cut_short(data, str(image.format)):
                return "the image ends before its data does."
        except UnidentifiedImageError:
            return "the data is no image that Pillow can read."
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            return f"the image unpacks to more than {Image.MAX_IMAGE_PIXELS or 0:,} pixels."
        except (OSError, SyntaxError, ValueError, EOFError):
            return "the image's header is damaged."
    return image


def _is_cut_short(data: bytes, kind: str) -> bool:
    """By the marks at the end of each kind."""
    match kind:
        case "JPEG":
            return b"\xff\xd9" not in data[-4096:]
        case "PNG":
            return b"IEND" not in data[-4096:]
        case "WEBP":
            return len(data) < int.from_bytes(data[4:8], "little") + 8
        case _:
            return False
