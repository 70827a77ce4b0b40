"""Files are answered whole or in part, as players ask: RFC 9110 on a real episode."""

import pytest

from flows.rushes.ranges import requested_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-9", range(0, 10)),
        ("bytes=90-", range(90, 100)),
        ("bytes=-7", range(93, 100)),
        ("bytes=-700", range(0, 100)),
        ("bytes=95-9999999", range(95, 100)),
        ("BYTES=3-3", range(3, 4)),
        ("bytes=100-", range(100, 100)),
        ("bytes=-0", range(100, 100)),
    ],
)
def test_a_range_is_the_bytes_it_names(header: str, part: range):
    assert list(requested_range(header, 100) or []) == list(part)


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "bytes=9-3", "lines=0-9", "bytes=0-1,5-6", "bytes=x-",
               f"bytes={'9' * 5000}-", f"bytes=0-{'9' * 5000}", f"bytes=-{'9' * 5000}", "bytes=²-"]
)  # fmt: skip
def test_what_is_no_single_range_asks_for_the_whole(header: str | None):
    assert requested_range(header, 100) is None


def test_a_part_is_206_with_exactly_its_bytes(room):
    whole = room.client.get(room.media).content

    part = room.client.get(room.media, headers={"range": "bytes=1000-1999"})

    assert part.status_code == 206
    assert part.content == whole[1000:2000]
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert part.headers["content-length"] == "1000"
    assert part.headers["content-type"] == "video/mp4"


def test_a_part_beyond_the_end_is_416_and_says_how_long_the_file_is(room):
    size = len(room.client.get(room.media).content)

    refused = room.client.get(room.media, headers={"range": f"bytes={size}-"})

    assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{size}")
    assert refused.content == b""


def test_head_tells_the_size_and_sends_nothing(room):
    size = len(room.client.get(room.media).content)

    head = room.client.head(room.media)

    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


def test_bytes_named_by_their_hash_may_be_kept_for_good(room):
    first = room.client.get(room.media)

    again = room.client.get(room.media, headers={"if-none-match": first.headers["etag"]})

    assert "immutable" in first.headers["cache-control"]
    assert first.headers["etag"] == f'"{room.page["reel"]["clip"]}"'
    assert (again.status_code, again.content) == (304, b"")


def test_a_range_of_something_else_gets_the_whole(room):
    answer = room.client.get(room.media, headers={"range": "bytes=0-9", "if-range": '"another"'})

    assert answer.status_code == 200
