"""How is a number drawn?

Small SVG drawings made here, coloured by the page's own tokens.  Promises: nothing is said by a drawing that the text
beside it does not say; a drawing carries its own words for those who cannot see it.
"""

from math import cos, pi, sin

from markupsafe import Markup, escape

_CENTRE, _BASELINE, _RADIUS = 130, 128, 104


def _point(share: float, radius: float = _RADIUS) -> tuple[str, str]:
    """The point at a share (0 to 1) of the half circle, from left to right."""
    angle = pi * (1 - share)
    return f"{_CENTRE + radius * cos(angle):.1f}", f"{_BASELINE - radius * sin(angle):.1f}"


def _arc(start: float, end: float) -> str:
    (x1, y1), (x2, y2) = _point(start), _point(end)
    return f"M{x1} {y1}A{_RADIUS} {_RADIUS} 0 0 1 {x2} {y2}"


def _tick(share: float) -> str:
    (x1, y1), (x2, y2) = _point(share, _RADIUS - 17), _point(share, _RADIUS - 12)
    return f"M{x1} {y1}L{x2} {y2}"


def gauge(value: int, lowest: int, highest: int, *, words: str) -> Markup:
    """A half circle from the lowest to the highest number, filled up to the value; `words` say the same."""
    share = (value - lowest) / (highest - lowest)
    ticks = "".join(_tick(step / 6) for step in range(1, 6))
    x, y = _point(share)
    marker = f'<circle class="gauge-marker" cx="{x}" cy="{y}" r="9"/>'
    filled = f'<path class="gauge-value" d="{_arc(0, share)}"/>' if share > 0.001 else ""
    return Markup(  # noqa: S704  (numbers of ours; the words are escaped)
        f'<svg class="gauge" viewBox="0 0 260 158" role="img" aria-label="{escape(words)}">'
        f'<path class="gauge-track" d="{_arc(0, 1)}"/>{filled}<path class="gauge-tick" d="{ticks}"/>{marker}'
        f'<text class="gauge-number" x="{_CENTRE}" y="118">{value}</text>'
        f'<text class="gauge-end" x="26" y="152">{lowest}</text><text class="gauge-end" x="234" y="152">{highest}</text>'
        "</svg>"
    )


def points_bar(points: int, most: int) -> Markup:
    """Points to the left (lost) or right (gained) of a middle line; the number stands beside it."""
    width = round(58 * min(abs(points) / max(most, 1), 1), 1)
    start = 60 if points >= 0 else round(60 - width, 1)
    kind = "gained" if points >= 0 else "lost"
    return Markup(  # noqa: S704  (numbers of ours)
        '<svg class="points-bar" viewBox="0 0 120 14" aria-hidden="true" focusable="false">'
        '<path class="points-line" d="M60 0V14"/>'
        f'<rect class="points-{kind}" x="{start}" y="3" width="{width}" height="8" rx="2"/></svg>'
    )
