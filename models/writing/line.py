"""A writer's connection to a server: one question, one JSON object.

In: a path and a request.      Out: the JSON object of the answer, and the time it took.
"""

import time
from typing import Any

from models.connection import ADVICE, Call, Connection, Patience

__all__ = ["Line", "Patience"]

_ADVICE = {
    **ADVICE,
    400: "The server does not take this question: try another held_by in the profile.",
    404: "Check base_url (it usually ends in /v1) and the model's name.",
    413: "Shorten the prompt.",
    422: "The server does not take this question: try another held_by in the profile.",
    **dict.fromkeys(range(300, 400), "Check base_url."),
}


class Line(Connection):
    """One client, kept open while a lease lasts."""

    def __init__(self, base_url: str, *, key: str, direct: bool, patience: Patience) -> None:
        super().__init__(base_url, key=key, direct=direct, patience=patience, advice=_ADVICE)

    def post(self, path: str, question: dict[str, Any], *, seed: int) -> tuple[dict[str, Any], float]:
        """Send the request until it is answered or the attempts are used up."""
        started = time.perf_counter()
        return self.json(Call("POST", path, json=question), seed=seed), time.perf_counter() - started
