"""Read lines of text from a page's pictures with RapidOCR, whose models are part of its package."""

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from pdfminer.pdftypes import PDFStream, resolve1
from PIL import Image, ImageOps
from rapidocr import RapidOCR

from citewell.documents.pdf.damage import DAMAGE
from citewell.documents.pdf.scans import ReadLine, Recogniser
from citewell.documents.pdf.sheet import Box, Picture, Sheet

# Scans have 150 to 600 dots an inch; more than 200 make no letter clearer to the network.
MOST_DOTS = 200 / 72
# A larger picture is a poster or a bomb: A3 at 600 dots an inch has 70 million.
MOST_PIXELS = 80_000_000
MOST_CANVAS = 12_000_000
# The numbers of a colour, by the names of colour spaces in files and among commands.
COMPONENTS = {
    "DeviceGray": 1, "G": 1, "CalGray": 1, "DeviceRGB": 3, "RGB": 3, "CalRGB": 3, "DeviceCMYK": 4, "CMYK": 4,
}  # fmt: skip
# One thread, and a line after the other: memory is limited where strangers' files are read.
SETTINGS = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Rec.rec_batch_num": 1,
    "Global.use_cls": False,
    "Global.log_level": "critical",
}


def make_recogniser() -> Recogniser:
    """Load the models."""
    engine = RapidOCR(params=SETTINGS)

    def recognise(sheet: Sheet) -> Sequence[ReadLine]:
        canvas, dots = paint(sheet)
        is_empty = canvas.getcolors(1) is not None
        found = None if is_empty else engine(np.asarray(canvas.convert("RGB")))
        if found is None or found.boxes is None or found.txts is None:
            return []
        lines = []
        for corners, text in zip(found.boxes, found.txts, strict=True):
            xs, ys = [float(x) / dots for x, _ in corners], [float(y) / dots for _, y in corners]
            box = Box(
                sheet.box.x0 + min(xs), sheet.box.y1 - max(ys), sheet.box.x0 + max(xs), sheet.box.y1 - min(ys)
            )
            if words := " ".join(str(text).split()):
                lines.append(ReadLine(words, box))
        return lines

    return recognise


def paint(sheet: Sheet) -> tuple[Image.Image, float]:
    """Return a page's pictures in their places in one grey picture, and its dots for each point."""
    images = [(picture, image) for picture in sheet.pictures if (image := image_of(picture.stream))]
    width, height = sheet.box.x1 - sheet.box.x0, sheet.box.y1 - sheet.box.y0
    finest = max((image.width / math.hypot(*picture.matrix[:2]) for picture, image in images), default=1.0)
    dots = min(finest, MOST_DOTS, math.sqrt(MOST_CANVAS / (width * height)))
    canvas = Image.new("L", (max(1, round(width * dots)), max(1, round(height * dots))), 255)
    for picture, image in images:
        place(canvas, image, picture, sheet.box, dots)
    return canvas, dots


def place(canvas: Image.Image, image: Image.Image, picture: Picture, page: Box, dots: float) -> None:
    """Paint a picture at its place, turned and mirrored as the page has it."""
    a, b, c, d, e, f = picture.matrix
    fewer = int(min(image.width / (math.hypot(a, b) * dots), image.height / (math.hypot(c, d) * dots)))
    if fewer > 1:
        image = image.reduce(fewer)
    area = a * d - b * c
    if not area:
        return

    def source(x: float, y: float) -> tuple[float, float]:
        """Return where in the picture a dot of the canvas comes from."""
        right, up = page.x0 + x / dots - e, page.y1 - y / dots - f
        return (d * right - c * up) / area * image.width, (1 - (a * up - b * right) / area) * image.height

    (x0, y0), (x1, y1), (x2, y2) = source(0, 0), source(1, 0), source(0, 1)
    steps = (x1 - x0, x2 - x0, x0, y1 - y0, y2 - y0, y0)
    moved, how = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    mask = Image.new("L", image.size, 255).transform(canvas.size, moved, steps)
    canvas.paste(image.transform(canvas.size, moved, steps, how), mask=mask)


def image_of(stream: PDFStream) -> Image.Image | None:
    """Return a picture in grey; None where it is damaged, too large, packed as JBIG2 or in rare colours."""
    try:
        return _grey(stream)
    except (*DAMAGE, OSError, Image.DecompressionBombError):
        return None


def _grey(stream: PDFStream) -> Image.Image | None:
    size = (_number(stream, "W", "Width"), _number(stream, "H", "Height"))
    if not 0 < size[0] * size[1] <= MOST_PIXELS:
        return None
    packed = [_name(name) for name, _ in stream.get_filters()]
    if packed and packed[-1] in {"DCTDecode", "DCT", "JPXDecode"}:
        with Image.open(io.BytesIO(stream.get_data()), formats=["JPEG", "JPEG2000"]) as opened:
            return opened.convert("L") if opened.width * opened.height <= MOST_PIXELS else None
    if "JBIG2Decode" in packed:
        return None
    is_mask = resolve1(stream.get_any(("IM", "ImageMask"))) is True
    bits = 1 if is_mask else _number(stream, "BPC", "BitsPerComponent")
    space = "DeviceGray" if is_mask else resolve1(stream.get_any(("CS", "ColorSpace")))
    image = _raw(stream.get_data(), size, bits, space)
    decode = resolve1(stream.get_any(("D", "Decode")))
    is_negative = isinstance(decode, list) and len(decode) > 1 and resolve1(decode[0]) > resolve1(decode[1])
    return ImageOps.invert(image) if image is not None and is_negative else image


def _raw(data: bytes, size: tuple[int, int], bits: int, space: Any) -> Image.Image | None:
    """Return a picture that is stored dot by dot; None where its colours are rare."""
    parts = space if isinstance(space, list) else [space]
    if _name(resolve1(parts[0])) in {"Indexed", "I"} and bits in {1, 2, 4, 8}:
        # The dots are numbers of colours in a table.
        table = resolve1(parts[3])
        held = table.get_data() if isinstance(table, PDFStream) else bytes(table)
        count = len(held) // (_components(resolve1(parts[1])) or 1)
        colours = _raw(held, (count, 1), 8, resolve1(parts[1]))
        if colours is None:
            return None
        image = Image.frombytes("P", size, data, "raw", "P" if bits == 8 else f"P;{bits}")
        image.putpalette([level for level in colours.tobytes() for _ in range(3)])
        return image.convert("L")
    mode = {(1, 1): "1", (8, 1): "L", (8, 3): "RGB", (8, 4): "CMYK"}.get((bits, _components(space)))
    return Image.frombytes(mode, size, data).convert("L") if mode else None


def _components(space: Any) -> int:
    """Return how many numbers a colour has; 0 for rare colours."""
    if isinstance(space, list) and _name(resolve1(space[0])) == "ICCBased":
        return int(resolve1(resolve1(space[1])["N"]))
    return COMPONENTS.get(_name(resolve1(space[0] if isinstance(space, list) else space)), 0)


def _number(stream: PDFStream, *names: str) -> int:
    return int(resolve1(stream.get_any(names, 0)))


def _name(value: Any) -> str:
    return str(getattr(value, "name", ""))
