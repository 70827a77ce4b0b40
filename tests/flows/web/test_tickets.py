"""A ticket opens one door, once, for a while."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from flows.web.tickets import Tickets, ticket

SECRET = "a-secret-of-some-length"


def test_it_opens_its_door_once():
    door, made = Tickets(SECRET, "server"), ticket(SECRET, "server")

    assert [door.use(made), door.use(made)] == [True, False]


def test_of_many_at_once_one_opens():
    door, made = Tickets(SECRET, "server"), ticket(SECRET, "server")

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(door.use, [made] * 64)) == 1


def test_it_opens_no_other_door_no_other_studio_and_not_later():
    assert not Tickets(SECRET, "rushes").use(ticket(SECRET, "server"))
    assert not Tickets(SECRET, "server").use(ticket("another-secret", "server"))
    assert not Tickets(SECRET, "server").use(ticket(SECRET, "server", seconds=0))


def test_a_later_end_written_into_it_makes_it_worthless():
    until, _, rest = ticket(SECRET, "server").partition(".")

    assert not Tickets(SECRET, "server").use(f"{int(until) + 1}.{rest}")


@given(st.text(max_size=300))
def test_no_text_is_a_ticket_or_an_error(text: str):
    assert not Tickets(SECRET, "server").use(text)
