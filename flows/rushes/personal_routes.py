"""The pages of one rights holder, under /mine/: their statements, what was paid, their data sheet.

In: a request with a person's own token or cookie.      Out: that person's pages; a login form without one.
A person's token opens nothing else of the room, and the room's own token opens nobody's pages.
"""

import base64
import hashlib
import math
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from assets.store.events import now
from flows.rights import access, sheet_page
from flows.rights.royalties.books import Period, issued, recomputed
from flows.rights.royalties.issuing import SUFFIXES, paper
from flows.rights.royalties.payments import open_amounts
from flows.rights.royalties.showing import sums
from flows.rights.sheet import person_sheet
from flows.rushes.archive import Archive, NotHere
from flows.rushes.requests import body
from flows.web.tries import Tries

HOME = "/mine/"
COOKIE = "sakuga_mine"
DAY_S = 86400
_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "json": "application/json"}
_WHY = (
    "Enter your own token: the studio gave it to you. It opens your statements and your data sheet.",
    "ご自身のトークンを入力してください。使用料計算書と利用履歴をご覧いただけます。",
)
_CHECK = (
    "Every amount follows from the ledger: ask the studio for its export, and run verify_statement.py beside it.",
    "金額はすべて台帳から計算できます。台帳の書き出しと verify_statement.py で、ご自身で検算できます。",
)
_HEAD = ("Period · 期間", "Amount · 金額", "Still to be paid · 未払い", "Files · ファイル")


def routes(archive: Archive) -> list[Route]:
    pages = _Pages(archive)
    return [
        Route(HOME, pages.home),
        Route(f"{HOME}enter", pages.enter, methods=["POST"]),
        Route(f"{HOME}leave", pages.leave, methods=["POST"]),
        Route(f"{HOME}sheet", pages.sheet),
        Route(f"{HOME}statements/{{period}}/{{suffix}}", pages.statement),
    ]


@dataclass(frozen=True)
class _Pages:
    archive: Archive
    tries: Tries = field(default_factory=Tries)

    def home(self, request: Request) -> Response:
        person = self._person(request)
        if person is None:
            return _form(401)
        return HTMLResponse(
            _document(_title(self.archive, person), _statements(self.archive, person), "home")
        )

    async def enter(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if wait := self.tries.wait(address):
            return _form(429, f"Too many wrong tokens came from here. Try again in {math.ceil(wait)} s.")
        token = parse_qs((await body(request, 4096)).decode("utf-8", "replace")).get("token", [""])[0]
        cookie = access.cookie_of(token)
        if access.holder(self.archive.store, cookie) is None:
            self.tries.wrong(address)
            return _form(401, "That was not it. / トークンが違います。")
        answer = RedirectResponse(HOME, 303)
        answer.set_cookie(
            COOKIE, cookie, max_age=DAY_S, path=HOME, httponly=True, samesite="lax",
            secure=request.scope["scheme"] == "https",
        )  # fmt: skip
        return answer

    def leave(self, request: Request) -> Response:
        """Forget the token in this browser."""
        answer = RedirectResponse(HOME, 303)
        answer.delete_cookie(COOKIE, path=HOME)
        return answer

    def sheet(self, request: Request) -> Response:
        """What was trained on the person's works, and what rests on them."""
        person = self._person(request)
        if person is None:
            return _form(401)
        text = sheet_page.page(person_sheet(self.archive.store, person), now(), back=HOME)
        style = text.partition("<style>")[2].partition("</style>")[0]
        hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'"
        policy += "; frame-ancestors 'none'"
        return HTMLResponse(text, headers={"content-security-policy": policy})

    def statement(self, request: Request) -> Response:
        """One file of one of the person's own statements."""
        person = self._person(request)
        if person is None:
            return _form(401)
        name, suffix = request.path_params["period"], request.path_params["suffix"]
        periods = issued(self.archive.store)
        if suffix not in SUFFIXES or name not in periods or person not in periods[name].events:
            raise NotHere("You have no such statement.")
        before = _before(periods, name)
        made = recomputed(self.archive.store, periods[name], before)[person]
        content = paper(self.archive.store, made).files()[suffix]
        headers = {"content-disposition": f'attachment; filename="{name}-{person}.{suffix}"'}
        return Response(content, 200, headers, _TYPES[suffix])

    def _person(self, request: Request) -> str | None:
        """Whose token or cookie the request has."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        cookie = access.cookie_of(token) if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
        return access.holder(self.archive.store, cookie) if cookie else None


def _before(periods: dict[str, Period], name: str) -> list[Period]:
    return list(periods.values())[: list(periods).index(name)]


def _title(archive: Archive, person: str) -> str:
    known = archive.store.rights.registry().people.get(person)
    return f"{known.name} ({person})" if known is not None and known.name != person else person


def _statements(archive: Archive, person: str) -> str:
    rows = []
    for period in issued(archive.store).values():
        if person not in period.events:
            continue
        totals = period.events[person].body["totals"]
        left = open_amounts(archive.store, period.name, person)
        links = " ".join(
            f'<a href="{HOME}statements/{escape(period.name)}/{suffix}">{suffix.upper()}</a>'
            for suffix in sorted(SUFFIXES, reverse=True)  # the PDF first: it is the one for people
        )
        cells = (escape(period.name), escape(sums(totals)), escape(sums(left)), links)
        rows.append(
            "".join(f'<td data-of="{name}">{cell}</td>' for name, cell in zip(_HEAD, cells, strict=True))
        )
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    body = "".join(f"<tr>{row}</tr>" for row in reversed(rows))  # the newest first
    listed = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + "".join(f"<p>{sentence}</p>" for sentence in _CHECK)
        if rows
        else "<p>No statement was issued yet. / まだ計算書はありません。</p>"
    )
    return (
        f'<p>Statements of royalties · 使用料計算書</p>{listed}<p><a href="{HOME}sheet">What you allowed, and what was '
        f'made with your works · 許諾と利用履歴</a></p><form method="post" action="{HOME}leave">'
        "<button>Leave / 退室</button></form>"
    )


def _form(status: int, problem: str = "") -> Response:
    alert = f'<p class="alert" role="alert">{escape(problem)}</p>' if problem else ""
    why = "".join(f"<p>{sentence}</p>" for sentence in _WHY)
    form = (
        f'<form method="post" action="{HOME}enter"><label for="token">Token</label>'
        '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>'
        "<button>Enter / 入室</button></form>"
    )
    return HTMLResponse(_document("Statements · 使用料計算書", why + alert + form, "door"), status)


def _document(title: str, inner: str, kind: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="/static/mark.svg">
<link rel="stylesheet" href="/static/entrance.css">
</head>
<body>
<main class="{kind}">
<h1>{escape(title)}</h1>
{inner}
</main>
</body>
</html>
"""
