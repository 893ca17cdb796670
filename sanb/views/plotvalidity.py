"""What credentials are worth over time: looks at a cluster now and then, and a picture of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path as File
from typing import Any, Final, NamedTuple

from sanb.apiserver.view import View
from sanb.errors import UsageError
from sanb.times import rfc3339
from sanb.tokens.authority import NotOurs, unverified
from sanb.tokens.ca import times
from sanb.tokens.claims import LEGACY_ISSUER
from sanb.views import palette, pen
from sanb.views.credentials import certificate_refused, token_refused
from sanb.views.layout import Box
from sanb.views.pen import Pen, Picture

WIDTH: Final = 1060.0
EDGE: Final = 24.0
NAMES: Final = 232.0
"""Room for the labels of the rows."""
HEAD: Final = 84.0
ROW: Final = 44.0
BAR: Final = 18.0
FOOT: Final = 62.0
TICKS: Final = 9
"""Marks of the time axis, at most."""
KINDS: Final = {
    "token Secret": palette.kind("Secret"), "mounted token": palette.kind("Pod"),
    "requested token": palette.kind("ServiceAccount")._replace(letters="tok"),
    "certificate": palette.kind("User")._replace(shape="pill"),
}
"""They look like what holds them."""
MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY)
MONTHS: Final = (1, 3, 6, 12, 24, 60)


class Look(NamedTuple):
    """What a credential was worth at a moment: `why` is empty where it was accepted."""

    time: float
    minor: str
    label: str
    kind: str
    why: str


class Span(NamedTuple):
    """A stretch of time in which nothing changed."""

    begins: float
    ends: float
    kind: str
    why: str


class Lives:
    """Looks at credentials: `lives.look(c, {"a token": token})` as often as you like, then `lives.draw()`.

    A look asks nobody and leaves no trace in the cluster: it judges a token as the API server would at that moment.
    """

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def look(self, cluster: Any, credentials: Mapping[str, Any]) -> None:
        """Note what each credential is worth now.

        Parameters:
            cluster: the cluster that is asked.
            credentials: by label: a token as text, a user with a certificate, or None for what is not there.
        """
        with cluster.lock:
            for label, one in credentials.items():
                if one is not None:
                    kind, why = _person(one, cluster.now) if hasattr(one, "certificate") else _token(cluster, str(one))
                    self.looks.append(Look(cluster.now, cluster.minor, label, kind, why))

    def spans(self) -> dict[str, list[Span]]:
        """By label, in order of their first look: the stretches of time in which a credential was worth the same.

        A stretch ends with the look that found something else, or at the last look of all at which it was there.
        """
        every = sorted({look.time for look in self.looks})
        following = dict(zip(every, [*every[1:], every[-1]], strict=True)) if every else {}
        rows: dict[str, list[Look]] = {}
        for look in self.looks:
            rows.setdefault(look.label, []).append(look)
        return {label: list(_merged(looks, following)) for label, looks in rows.items()}

    def draw(self, path: str | File | None = None) -> Picture:
        """A picture: a row for each credential, full where it was accepted, hatched where it was refused and why.

        Raises:
            UsageError: there were not two looks yet.
        """
        if len({look.time for look in self.looks}) < 2:
            raise UsageError("there is no stretch of time to draw: look() at least twice, and let time pass in between")
        figure = _picture(self)
        if path is not None:
            figure.savefig(path)
        return figure

    def minors(self) -> list[tuple[str, float, float]]:
        """The minors that were looked at: each with the time of its first look and that of the next one's."""
        found = [(minor, next(group).time) for minor, group in groupby(self.looks, lambda look: look.minor)]
        ends = [*(begins for _, begins in found[1:]), self.looks[-1].time]
        return [(minor, begins, ends[place]) for place, (minor, begins) in enumerate(found)]

    def __repr__(self) -> str:
        return f"<{len(self.looks)} looks at {len(self.spans())} credentials>"


def _token(cluster: Any, token: str) -> tuple[str, str]:
    try:
        said = unverified(token)
    except NotOurs:
        said = {}
    private = said.get("kubernetes.io") or {}
    kind = "token Secret" if said.get("iss") == LEGACY_ISSUER else "mounted token" if "pod" in private else "requested token"
    view = View(cluster.store, cluster.now, cluster.profile, cluster.seed)
    return kind, token_refused(view, cluster.server, token, said.get("aud") or ())


def _person(user: Any, now: float) -> tuple[str, str]:
    return "certificate", certificate_refused(*times(user.certificate), now)


def _merged(looks: list[Look], following: Mapping[float, float]) -> Iterator[Span]:
    start = looks[0]
    for before, look in zip(looks, [*looks[1:], None], strict=True):
        until = following[before.time]
        if look is None or (look.kind, look.why) != (start.kind, start.why) or look.time > until:
            yield Span(start.time, until if look is None or look.time > until else look.time, start.kind, start.why)
            if look is not None:
                start = look


# ---------------------------------------------------------------------- the picture


class Scale(NamedTuple):
    """Time to the right."""

    begins: float
    ends: float

    def x(self, time: float) -> float:
        """The place of a point in time."""
        return EDGE + NAMES + (time - self.begins) / (self.ends - self.begins) * (WIDTH - 2 * EDGE - NAMES)


def _picture(lives: Lives) -> Picture:
    rows = lives.spans()
    minors = lives.minors()
    scale = Scale(min(look.time for look in lives.looks), max(look.time for look in lives.looks))
    bottom = HEAD + ROW * len(rows)
    title = "What credentials are worth"
    amount = f"Kubernetes {minors[0][0]}" + (f" to {minors[-1][0]}" if len(minors) > 1 else "")
    many = f"{len(rows)} credential{'' if len(rows) == 1 else 's'}"
    words = f"{title}: {amount}  ·  {rfc3339(scale.begins)[:10]} to {rfc3339(scale.ends)[:10]}  ·  {many}"
    pencil = Pen(WIDTH, bottom + FOOT, words)
    pencil.text(EDGE, 26.0, title, 13.0, bold=True)
    pencil.text(WIDTH - EDGE, 26.0, amount, 9.0, palette.SOFT, align="right")
    _minors(pencil, minors, scale, bottom)
    _axis(pencil, scale, bottom)
    for number, (label, spans) in enumerate(rows.items()):
        middle = HEAD + ROW * (number + 0.5)
        if number:
            line = [(EDGE, middle - ROW / 2), (WIDTH - EDGE, middle - ROW / 2)]
            pencil.paths([pen.elbows(line)], palette.tint(palette.RULE, 0.6), 0.8, order=0.7)
        _label(pencil, label, spans[-1].kind, middle)
        for place, span in enumerate(spans):
            after = spans[place + 1].begins if place + 1 < len(spans) else scale.ends
            _bar(pencil, span, scale, middle, scale.x(after))
    _legend(pencil, rows, bottom + FOOT - 18.0)
    return pencil.figure


def _minors(pencil: Pen, minors: list[tuple[str, float, float]], scale: Scale, bottom: float) -> None:
    """Bands for the minors, with their names above."""
    for number, (minor, begins, ends) in enumerate(minors):
        left, right = scale.x(begins), scale.x(ends)
        fill = palette.FRAME if number % 2 else palette.tint("#4B5563", 0.06)
        pencil.box(Box(left, HEAD - 30.0, max(0.5, right - left), bottom - HEAD + 34.0), fill=fill, radius=0.0, order=0.5)
        pencil.text(left + 7.0, HEAD - 18.0, minor, 10.0, bold=True, room=max(0.0, right - left - 8.0))
        if number:
            pencil.paths([pen.elbows([(left, HEAD - 30.0), (left, bottom + 4.0)])], palette.INK, 0.9, (1.0, 2.2), order=0.8)


def _axis(pencil: Pen, scale: Scale, bottom: float) -> None:
    for time, text in ticks(scale.begins, scale.ends):
        x = scale.x(time)
        pencil.paths([pen.elbows([(x, bottom + 4.0), (x, bottom + 9.0)])], palette.SOFT, 1.0, order=0.9)
        pencil.text(x, bottom + 18.0, text, 8.0, palette.SOFT, align="center")


def _label(pencil: Pen, label: str, kind: str, middle: float) -> None:
    colour, letters, shape = KINDS[kind]
    wide = max(24.0, pen.width_of(letters, 7.5, bold=True) + 11.0)
    pencil.shape(shape, Box(EDGE, middle - 9.0, wide, 18.0), colour)
    pencil.text(EDGE + wide / 2, middle, letters, 7.5, "#FFFFFF", bold=True, align="center")
    pencil.text(EDGE + 42.0, middle, label, 9.0, room=NAMES - 52.0)


def _bar(pencil: Pen, span: Span, scale: Scale, middle: float, until: float) -> None:
    left, right = scale.x(span.begins), scale.x(span.ends)
    box = Box(left, middle - BAR / 2, max(3.0, right - left), BAR)
    colour = KINDS[span.kind][0]
    if not span.why:
        pencil.box(box, fill=colour, radius=4.0, order=3.0)
        return
    pencil.box(box, fill=palette.FRAME, line=palette.tint(colour, 0.6), radius=4.0, hatch=palette.tint(colour, 0.25), order=2.5)
    size = 7.5
    room = max(until, box.right) - left - 12.0
    wide = min(pen.width_of(span.why, size), room)
    if room > 30.0:  # on a plate of its own, so that the hatching does not run through the letters
        pencil.box(Box(left + 4.0, middle - 6.0, wide + 4.0, 12.0), fill=palette.FRAME, radius=3.0, order=3.5)
        pencil.text(left + 6.0, middle, span.why, size, palette.INK, room=room, keep_start=True)


def _legend(pencil: Pen, rows: Mapping[str, list[Span]], y: float) -> None:
    used = {span.kind for spans in rows.values() for span in spans}
    x = EDGE
    for kind, (colour, _, _) in KINDS.items():
        if kind in used:
            pencil.box(Box(x, y - 6.0, 22.0, 12.0), fill=colour, radius=3.0)
            x += 28.0 + pencil.text(x + 28.0, y, kind, 8.0, palette.SOFT) + 22.0
    pencil.box(Box(x, y - 6.0, 22.0, 12.0), fill=palette.FRAME, line=palette.tint(palette.SOFT, 0.6), radius=3.0,
               hatch=palette.tint(palette.SOFT, 0.3))
    pencil.text(x + 28.0, y, "refused, in the server's words", 8.0, palette.SOFT)


# ---------------------------------------------------------------------- the time axis


def ticks(begins: float, ends: float) -> list[tuple[float, str]]:
    """Round points in time with their labels."""
    for step in STEPS:
        if (ends - begins) / step <= TICKS:
            first = -(-begins // step) * step
            found = [first + number * step for number in range(int((ends - first) // step) + 1)]
            return [(time, rfc3339(time)[5:10] if step >= DAY else rfc3339(time)[11:16]) for time in found]
    months = next((step for step in MONTHS if (ends - begins) / (step * 30.4 * DAY) <= TICKS), MONTHS[-1])
    return [(time, f"{datetime.fromtimestamp(time, UTC):%b %Y}") for time in _starts(begins, ends, months)]


def _starts(begins: float, ends: float, months: int) -> Iterator[float]:
    """The first days of every so many months."""
    year = datetime.fromtimestamp(begins, UTC).year
    number = year * 12
    while True:
        time = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp()
        if time > ends:
            return
        if time >= begins:
            yield time
        number += months
