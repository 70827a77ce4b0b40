"""The minimal HTML of the room's pages; our scripts fill in the data.

In: an episode's id and title.      Out: HTML in which all text from outside is escaped.
"""

from html import escape


def index(*, word: str, you: str, starts: bool = False) -> str:
    """The first page: every episode of the studio. ``starts``: whether new ones can be started here."""
    given = {"word": word, "you": you, "starts": "yes" if starts else ""}
    return _document("Sakuga", '<main id="list"></main>', "index.js", given)


def episode(id: str, title: str, *, word: str, you: str, starts: bool = False) -> str:
    """The page of one episode."""
    given = {"word": word, "you": you, "episode": id, "starts": "yes" if starts else ""}
    return _document(f"{title or id} · Sakuga", '<div id="room"></div>', "main.js", given)


def new(*, word: str, you: str) -> str:
    """The page that starts an episode."""
    return _document("Sakuga", '<main id="new"></main>', "new_episode.js", {"word": word, "you": you})


def playlist(*, word: str, you: str) -> str:
    """The page that plays several episodes, one after the other."""
    return _document("Sakuga", '<main id="playlist"></main>', "playlist.js", {"word": word, "you": you})


def text(title: str, body: str) -> str:
    """A page that is only read; ``body`` is HTML in which everything from outside is escaped."""
    return _document(title, body, None, {})


def casting(which: str, *, word: str, you: str) -> str:
    """The page of candidates for a character's sheet; without a character, of all there are."""
    given = {"word": word, "you": you, "casting": which}
    return _document("Sakuga", '<main id="cast"></main>', "cast.js", given)


def lora(which: str, *, word: str, you: str) -> str:
    """The page of trained LoRAs; ``which`` is the hash of one validation, or empty: all of them."""
    given = {"word": word, "you": you, "lora": which}
    return _document("Sakuga", '<main id="lora"></main>', "lora.js", given)


def refusal(sentence: str) -> str:
    """An error page with a link back."""
    said = f'<p role="alert">{escape(sentence)}</p><p><a href="/">Sakuga</a></p>'
    return _document("Sakuga", f'<main class="refusal">{said}</main>', None, {})


def _document(title: str, body: str, script: str | None, given: dict[str, str]) -> str:
    metas = "\n".join(
        f'<meta name="sakuga-{name}" content="{escape(value)}">' for name, value in given.items()
    )
    run = f'<script type="module" src="/static/{script}"></script>' if script else ""
    needed = (
        "<noscript>This room needs JavaScript. / この画面には JavaScript が必要です。</noscript>"
        if script
        else ""
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark">
<meta name="theme-color" content="#1c1c1c">
{metas}
<title>{escape(title)}</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/rushes.css">
{run}
</head>
<body>
{body}
{needed}
</body>
</html>
"""
