#!/usr/bin/env python3
"""Draws a captured terminal screen as SVG: tmux capture-pane -e -N -p | screenshot.py [TITLE]

Knows the attributes that sysmonctl uses: bold, dim, underline, reverse and the eight
colours. Each run of equal attributes is a text whose length is set in columns, so
that the picture is the same whatever font there is.
"""
import re
import sys
import unicodedata
from xml.sax.saxutils import escape

CELL_W, CELL_H, PAD, BAR = 8.4, 17, 12, 28
BACK, FORE, DIM = "#14171c", "#d6dae0", "#7c8591"
COLORS = {
    30: "#3b4048", 31: "#e0625c", 32: "#7fbf6a", 33: "#d9b45a",
    34: "#5c9fe0", 35: "#b681d6", 36: "#56b6c2", 37: FORE,
}


class Style:
    def __init__(self):
        self.fore, self.bold, self.dim, self.under, self.reverse = None, False, False, False, False

    def key(self):
        return (self.fore, self.bold, self.dim, self.under, self.reverse)

    def apply(self, codes):
        for code in codes or [0]:
            if code == 0:
                self.__init__()
            elif code == 1:
                self.bold = True
            elif code == 2:
                self.dim = True
            elif code == 4:
                self.under = True
            elif code == 7:
                self.reverse = True
            elif code in (22, 24, 27):
                self.bold = self.bold and code != 22
                self.dim = self.dim and code != 22
                self.under = self.under and code != 24
                self.reverse = self.reverse and code != 27
            elif code in COLORS:
                self.fore = COLORS[code]
            elif code == 39:
                self.fore = None


def width(char):
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def runs(line, style):
    """(column, columns, text, attributes) of a line; the style goes on behind it."""
    column, start, text = 0, 0, ""
    for part in re.split(r"(\x1b\[[0-9;]*m|\x0e|\x0f)", line):
        if part.startswith("\x1b"):
            if text:
                yield start, column - start, text, style.key()
            start, text = column, ""
            style.apply([int(c) for c in part[2:-1].split(";") if c])
        elif part not in ("\x0e", "\x0f"):
            for char in part:
                # Wide characters stand alone: fonts differ in how wide they are.
                if width(char) == 2 and text:
                    yield start, column - start, text, style.key()
                    start, text = column, ""
                text += char
                column += width(char)
                if width(char) == 2:
                    yield start, 2, text, style.key()
                    start, text = column, ""
    if text:
        yield start, column - start, text, style.key()


def draw_run(run, row):
    column, columns, text, (fore, bold, dim, under, reverse) = run
    x, y = PAD + column * CELL_W, BAR + PAD + row * CELL_H
    color = fore or (DIM if dim else FORE)
    if reverse:
        yield (f'<rect x="{x:.1f}" y="{y:.1f}" width="{columns * CELL_W:.1f}" '
               f'height="{CELL_H}" fill="{color}"/>')
        color = BACK
    if not text.strip():
        return
    text = text.replace(" ", "\u00a0")  # blanks in a row would become one
    more = ' font-weight="bold"' if bold else ""
    more += ' text-decoration="underline"' if under else ""
    yield (f'<text x="{x:.1f}" y="{y + CELL_H * 0.76:.1f}" textLength="{columns * CELL_W:.1f}" '
           f'fill="{color}"{more}>{escape(text)}</text>')


def draw(lines, title):
    style, body, columns = Style(), [], 0
    for row, line in enumerate(lines):
        for run in runs(line, style):
            columns = max(columns, run[0] + run[1])
            body.extend(draw_run(run, row))
    w = 2 * PAD + columns * CELL_W
    h = BAR + 2 * PAD + len(lines) * CELL_H
    dots = "".join(f'<circle cx="{18 + 18 * i}" cy="14" r="5" fill="{c}"/>'
                   for i, c in enumerate(("#e0625c", "#d9b45a", "#7fbf6a")))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:.0f} {h:.0f}" '
        f'width="{w:.0f}" height="{h:.0f}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>', dots,
        f'<text x="{w / 2:.0f}" y="18" text-anchor="middle" fill="{DIM}" '
        f'font-family="sans-serif" font-size="12">{escape(title)}</text>',
        '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" '
        'lengthAdjust="spacingAndGlyphs">',
        *body, "</g>", "</svg>", ""])


if __name__ == "__main__":
    screen = sys.stdin.read().rstrip("\n").split("\n")
    sys.stdout.write(draw(screen, sys.argv[1] if len(sys.argv) > 1 else "sysmonctl top"))
