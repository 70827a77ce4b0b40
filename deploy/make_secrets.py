"""Make up every secret of the team set-up, once, as files that only their owner reads.

In: nothing.      Out: deploy/secrets/ with what compose.yaml and the Kubernetes secrets are made from.
Needs nothing but Python. What is there already is left alone, so it may be run again after an update.
"""

import json
import os
import secrets
import sys
from pathlib import Path


def written(folder: Path) -> list[str]:
    """The files that were made now."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = _kept(folder / "postgres_password", secrets.token_urlsafe(24))
    pair = _kept(folder / "s3_key", f"{secrets.token_hex(10)}:{secrets.token_urlsafe(30)}")
    door = _kept(folder / "prefect_auth", f"studio:{secrets.token_urlsafe(24)}")
    token = _kept(folder / "rushes_token", secrets.token_urlsafe(24))
    cluster = _kept(folder / "ray_token", secrets.token_hex(32))
    before = {path.name for path in folder.iterdir()}
    for name, text in _files(password, pair, door, token, cluster).items():
        _kept(folder / name, text)
    return sorted(path.name for path in folder.iterdir() if path.name not in before)


def _files(password: str, pair: str, door: str, token: str, cluster: str) -> dict[str, str]:
    key, secret = pair.split(":")
    may = ["Admin", "Read", "Write", "List", "Tagging"]
    who = {"name": "studio", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": may}
    host = f"sakuga:{password}@postgres:5432"
    return {
        "s3.json": json.dumps({"identities": [who]}, indent=1),
        "server.env": f"PREFECT_API_DATABASE_CONNECTION_URL=postgresql+asyncpg://{host}/prefect\n"
        f"PREFECT_SERVER_API_AUTH_STRING={door}\n",
        "studio.env": f"SAKUGA_STORE=postgresql+psycopg://{host}/sakuga\n"
        f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}\nPREFECT_API_AUTH_STRING={door}\n",
        "ray.env": f"RAY_AUTH_TOKEN={cluster}\n",
        "rushes.env": f"SAKUGA_RUSHES_TOKEN={token}\n",
    }


def _kept(path: Path, text: str) -> str:
    """What stands in the file; written now if it is not there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return text.strip()


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "secrets"
    print(f"{place}: made {', '.join(written(place)) or 'nothing, all is there'}")
