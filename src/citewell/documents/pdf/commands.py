"""Run the commands of a page."""

from collections.abc import Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import Matrix

from citewell.documents.pdf.painting import Fonts, Painter, State, box_of
from citewell.documents.pdf.sheet import FORGOTTEN, UNPAINTED, Colour


class Interpreter(PDFPageInterpreter):
    """Runs a page's commands; adds the commands that pdfminer lacks and that decide what a person sees."""

    device: Painter
    graphicstate: State

    def __init__(self, fonts: Fonts, device: Painter, off: frozenset[int] = frozenset()) -> None:
        """Begin.

        Args:
            fonts: The fonts of the file.
            device: The painter that notes what is painted.
            off: The object numbers of the optional parts that are not shown.
        """
        super().__init__(fonts, device)
        self._off = off
        self._inherited: State | None = None
        self._clips = False
        self._open: list[bool] = []
        self._in_text = self._set_in_text = self._hid_text = False

    def dup(self) -> "Interpreter":
        """Return an interpreter for a form; it begins with the painting state of this one."""
        made = Interpreter(self.device.fonts, self.device, self._off)
        made._inherited = self.graphicstate.copy()
        return made

    def init_state(self, ctm: Matrix) -> None:
        """Begin a page or form."""
        super().init_state(ctm)
        self.graphicstate = self._inherited or State()
        self._open = []

    def do_Do(self, xobjid_arg: Any) -> None:
        """Paint a picture or a form, unless it is an optional part that is off."""
        raw = self.xobjmap.get(literal_name(xobjid_arg))
        stream = stream_value(raw)
        if self._is_off(stream.get("OC")):
            return
        if getattr(resolve1(stream.get("Subtype")), "name", "") == "Image":
            covers = not any(key in stream for key in ("SMask", "Mask", "ImageMask"))
            self.device.picture(self.graphicstate, stream, covers=covers)
            return
        before = self.device.off
        super().do_Do(xobjid_arg)
        self.device.off = before
        self.device.set_ctm(self.ctm)

    def do_EI(self, obj: Any) -> None:
        """Paint a picture that stands among the commands."""
        if isinstance(obj, PDFStream):
            covers = "IM" not in obj and "ImageMask" not in obj
            self.device.picture(self.graphicstate, obj, covers=covers)

    def do_TJ(self, seq: Any) -> None:
        """Show text."""
        if isinstance(seq, list):
            self._hid_text |= self._set_in_text and self.textstate.render in UNPAINTED
            self.device.show(self.textstate, self.graphicstate, seq)

    def do_sh(self, name: Any) -> None:
        """Paint a shading."""
        self.device.shade(self.graphicstate)

    def do_BT(self) -> None:
        """Begin a text object.

        subtle: a mode holds until another is set. Some programs set "not painted" for one text object and do
        not reset it, which hides all later text. Such text is told apart, since nobody meant to hide it. Who
        sets the mode and shows no text with it means the later text.
        """
        super().do_BT()
        self._in_text = True
        if self._hid_text and self.textstate.render in UNPAINTED:
            self.textstate.render += FORGOTTEN

    def do_ET(self) -> None:
        """End a text object."""
        self._in_text = False

    def do_Tr(self, render: Any) -> None:
        """Set how letters are painted."""
        super().do_Tr(render)
        self._set_in_text, self._hid_text = self._in_text, False

    # Paths.

    def _paint(self, *, stroke: bool = False, fill: bool = False) -> None:
        path, self.curpath = self.curpath, []
        if stroke or fill:
            self.device.paint(self.graphicstate, path, stroke=stroke, fill=fill)
        if self._clips:
            self._clips = False
            points = [step[-2:] for step in path if len(step) > 2]
            if points:
                box, before = box_of(points, self.ctm), self.graphicstate.clip
                self.graphicstate.clip = box if before is None else box.meet(before)

    def do_S(self) -> None:
        """Stroke."""
        self._paint(stroke=True)

    def do_f(self) -> None:
        """Fill."""
        self._paint(fill=True)

    do_F = do_f_a = do_f

    def do_B(self) -> None:
        """Fill and stroke."""
        self._paint(stroke=True, fill=True)

    do_B_a = do_B

    def do_n(self) -> None:
        """End a path."""
        self._paint()

    def do_W(self) -> None:
        """Clip all later painting to the path."""
        self._clips = True

    do_W_a = do_W

    # Colours.

    def do_g(self, gray: Any) -> None:
        """Set a grey."""
        self.graphicstate.fill = rgb([gray])

    def do_G(self, gray: Any) -> None:
        """Set a grey for lines."""
        self.graphicstate.stroke = rgb([gray])

    def do_rg(self, r: Any, g: Any, b: Any) -> None:
        """Set a colour."""
        self.graphicstate.fill = rgb([r, g, b])

    def do_RG(self, r: Any, g: Any, b: Any) -> None:
        """Set a colour for lines."""
        self.graphicstate.stroke = rgb([r, g, b])

    def do_k(self, c: Any, m: Any, y: Any, k: Any) -> None:
        """Set a colour of inks (CMYK)."""
        self.graphicstate.fill = rgb([c, m, y, k])

    def do_K(self, c: Any, m: Any, y: Any, k: Any) -> None:
        """Set a colour of inks for lines."""
        self.graphicstate.stroke = rgb([c, m, y, k])

    def do_cs(self, name: Any) -> None:
        """Set a colour space; its first colour is black where the space is known."""
        self.graphicstate.ncs = self.csmap.get(literal_name(name))  # type: ignore[assignment]
        self.graphicstate.fill = (0.0, 0.0, 0.0) if is_plain_space(self.graphicstate.ncs) else None

    def do_CS(self, name: Any) -> None:
        """Set a colour space for lines."""
        self.graphicstate.scs = self.csmap.get(literal_name(name))  # type: ignore[assignment]
        self.graphicstate.stroke = (0.0, 0.0, 0.0) if is_plain_space(self.graphicstate.scs) else None

    def do_scn(self) -> None:
        """Set a colour of the colour space."""
        values, self.argstack = self.argstack, []
        self.graphicstate.fill = rgb(values) if is_plain_space(self.graphicstate.ncs) else None

    do_sc = do_scn

    def do_SCN(self) -> None:
        """Set a colour of the colour space for lines."""
        values, self.argstack = self.argstack, []
        self.graphicstate.stroke = rgb(values) if is_plain_space(self.graphicstate.scs) else None

    do_SC = do_SCN

    def do_gs(self, name: Any) -> None:
        """Set how much shows through, and whether colours mix."""
        states = dict_value(dict_value(self.resources).get("ExtGState", {}))
        found = dict_value(states.get(literal_name(name), {}))
        alpha, mode = resolve1(found.get("ca")), resolve1(found.get("BM"))
        if isinstance(alpha, int | float):
            self.graphicstate.alpha = float(alpha)
        if mode is not None:
            first = resolve1(mode[0]) if isinstance(mode, list) and mode else mode
            self.graphicstate.plain = getattr(first, "name", "") in {"Normal", "Compatible"}

    # Optional parts.

    def do_BMC(self, tag: Any) -> None:
        """Begin a part that is marked."""
        self._open.append(False)

    def do_BDC(self, tag: Any, props: Any) -> None:
        """Begin a part that is marked, perhaps one that is not shown."""
        off = False
        if getattr(tag, "name", "") == "OC" and isinstance(props, PSLiteral):
            known = dict_value(dict_value(self.resources).get("Properties", {}))
            off = self._is_off(known.get(str(props.name)))
        self._open.append(off)
        self.device.off += off

    def do_EMC(self) -> None:
        """End a part that is marked."""
        if self._open and self._open.pop():
            self.device.off -= 1

    def _is_off(self, part: object) -> bool:
        """Whether an optional part is off; a group of parts is on if one of them is on."""
        if not self._off or part is None:
            return False
        if isinstance(part, PDFObjRef) and part.objid in self._off:
            return True
        group = dict_value(part).get("OCGs")
        members = (
            [group]
            if isinstance(group, PDFObjRef) and not isinstance(resolve1(group), list)
            else list_value(group)
        )
        return bool(members) and all(isinstance(one, PDFObjRef) and one.objid in self._off for one in members)


def is_plain_space(space: Any) -> bool:
    """Whether the numbers of a colour space are grey levels, or amounts of light or ink."""
    name = str(getattr(space, "name", ""))
    return (name.startswith("Device") and name != "DeviceN") or name in {
        "CalRGB",
        "CalGray",
        "ICCBased",
        "G",
        "RGB",
        "CMYK",
    }


def rgb(values: Sequence[Any]) -> Colour:
    """Return a colour of one, three or four numbers; None of anything else."""
    numbers = [min(1.0, max(0.0, float(value))) for value in values if isinstance(value, int | float)]
    if len(numbers) != len(values):
        return None
    match numbers:
        case [grey]:
            return grey, grey, grey
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            light = 1 - black
            return (1 - cyan) * light, (1 - magenta) * light, (1 - yellow) * light
    return None
