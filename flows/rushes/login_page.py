"""The login page of the rushes room: it asks for the token.

In: a request without a token.      Out: a small form in the browser's language; plain text for programs.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

WORDS = {
    "en": ("Rushes", "This room asks for its token. The terminal that started the room says where it is.", "Token",
           "Enter", "That was not it.", "Too many wrong tokens came from here. Try again in {} s.",
           "This link was used already, or is older than an hour. Enter the token."),
    "ja": ("ラッシュ", "入室にはトークンが必要です。場所は起動した端末に表示されています。", "トークン", "入室",
           "トークンが違います。", "トークンの間違いが続きました。{}秒後にもう一度どうぞ。",
           "このリンクは使用済みか、発行から1時間を過ぎています。トークンを入力してください。"),
}  # fmt: skip


def entrance(request: Request, *, wrong: bool = False, wait: int = 0) -> Response:
    """The login page with status 401; with 429 and ``wait`` seconds after too many wrong tokens."""
    status, headers = (429, {"retry-after": str(wait)}) if wait else (401, {})
    path = request.scope["path"]
    if path.startswith("/api/") or "/media/" in path:
        message = "A token is needed: open this room's page in the browser, or send it as a bearer token."
        return JSONResponse({"problem": WORDS["en"][5].format(wait) if wait else message}, status, headers)
    japanese = request.headers.get("accept-language", "").lower().startswith("ja")
    language = "ja" if japanese else "en"
    title, why, label, enter, missed, later, spent = WORDS[language]
    to = "/" if path == "/enter" else path
    message = later.format(wait) if wait else missed if wrong else ""
    alert = f'<p class="alert" role="alert">{message}</p>' if message else ""
    return HTMLResponse(
        f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/entrance.css">
<script type="module" src="/static/entrance.js"></script>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{why}</p>
{alert}
<p class="alert" id="spent" role="alert" hidden>{spent}</p>
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
        status,
        headers,
    )
