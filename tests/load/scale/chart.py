"""A line chart as SVG: logarithmic axes, one line per series, nothing but the standard library."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 48, 52
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df", "#bf8700", "#0a7ea4", "#953800", "#57606a")


def _number(value):
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _decades(low, high):
    """1, 2, 5, 10 ... that cover both."""
    ticks, power = [], 10 ** math.floor(math.log10(low))
    while power <= high * 10:
        ticks += [power * step for step in (1, 2, 5)]
        power *= 10
    first = max(i for i, tick in enumerate(ticks) if tick <= low * 1.0000001)
    last = min(i for i, tick in enumerate(ticks) if tick >= high * 0.9999999)
    return ticks[first:last + 1]


class Chart:
    """add() series, then svg(). Every x and y is above zero."""

    def __init__(self, title, x_label, y_label, limit=None):
        self.title, self.x_label, self.y_label, self.limit = title, x_label, y_label, limit
        self.series = []

    def add(self, name, points, dashed=False):
        self.series.append((name, sorted(points), dashed))

    def svg(self):
        xs = sorted({x for _, points, _ in self.series for x, _ in points})
        ys = [y for _, points, _ in self.series for _, y in points] + ([self.limit] if self.limit else [])
        y_ticks = _decades(min(ys), max(ys))
        low, high = math.log(xs[0]), math.log(xs[-1]) if len(xs) > 1 else math.log(xs[0]) + 1
        bottom, top = math.log(y_ticks[0]), math.log(y_ticks[-1])

        def place(x, y):
            return (LEFT + (math.log(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT),
                    HEIGHT - BOTTOM - (math.log(y) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM))

        out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
               f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
               f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(self.title)}</text>']
        for tick in y_ticks:
            y = place(xs[0], tick)[1]
            out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e1e4e8"/>')
            out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{_number(tick)}</text>')
        for tick in xs:
            x = place(tick, y_ticks[0])[0]
            out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#e1e4e8"/>')
            out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#444">{_number(tick)}</text>')
        out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(self.x_label)}</text>')
        out.append(f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{escape(self.y_label)}</text>')
        if self.limit:
            y = place(xs[0], self.limit)[1]
            out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d1242f" stroke-dasharray="2 4"/>')
            out.append(f'<text x="{WIDTH - RIGHT + 6}" y="{y + 4:.1f}" fill="#d1242f">goal: {_number(self.limit)}</text>')
        out += self._lines(place)
        return "\n".join([*out, "</svg>", ""])

    def _lines(self, place):
        out = []
        for index, (name, points, dashed) in enumerate(self.series):
            colour = COLOURS[index % len(COLOURS)]
            dash = ' stroke-dasharray="6 4"' if dashed else ""
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
            out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in (place(*point) for point in points)]
            y = TOP + 34 + index * 20
            out.append(f'<line x1="{WIDTH - RIGHT + 8}" x2="{WIDTH - RIGHT + 30}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"{dash}/>')
            out.append(f'<text x="{WIDTH - RIGHT + 36}" y="{y + 4}">{escape(name)}</text>')
        return out
