"""The page before the room: it asks for the token.

In: a request without one.      Out: a small form, in the browser's language; plain words for programs.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

WORDS = {
    "en": ("Rushes", "This room asks for its token. It was printed where the room was started.", "Token",
           "Enter", "That was not it."),
    "ja": ("ラッシュ", "入室にはトークンが必要です。起動した端末に表示されています。", "トークン", "入室",
           "トークンが違います。"),
}  # fmt: skip


def entrance(request: Request, *, wrong: bool = False) -> Response:
    """401, and how to come in."""
    if request.url.path.startswith("/api/") or "/media/" in request.url.path:
        said = "A token is needed: open this room's page in the browser, or send it as a bearer token."
        return JSONResponse({"problem": said}, 401)
    japanese = request.headers.get("accept-language", "").lower().startswith("ja")
    language = "ja" if japanese else "en"
    title, why, label, enter, missed = WORDS[language]
    to = "/" if request.url.path == "/enter" else request.url.path
    alert = f'<p class="alert" role="alert">{missed}</p>' if wrong else ""
    return HTMLResponse(
        f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/entrance.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{why}</p>
{alert}
<form method="post" action="/enter">
<input type="hidden" name="to" value="{escape(to)}">
<label for="token">{label}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>{enter}</button>
</form>
</main>
</body>
</html>
""",
        401,
    )
