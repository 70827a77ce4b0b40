"""Short forms, signs and cries of English, as the English front end must be told them."""

import pytest
from hibari.g2p import G2P

from models.sound.english import readable

G = G2P()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He lives at No. 5.", "He lives at Number 5."),
        ("Vol. 3, p. 10, Fig. 2", "Volume 3, page 10, Figure 2"),
        ("There are no 5 people.", "There are no 5 people."),
        ("e.g. this, i.e. that", "for example this, that is that"),
        ("Tea, coffee, etc. Do you?", "Tea, coffee, et cetera. Do you?"),
        ("Lt. Dan and Gen. Lee", "Lieutenant Dan and General Lee"),
        ("gen. stuff, a sec. and", "gen. stuff, a sec. and"),
        ("10 min. later on Dec. 24", "10 minutes later on December 24"),
        ("The U.S. Army and J. Smith", "The U S Army and J Smith"),
        ("20 °C and 68°F, -5", "20 degrees Celsius and 68 degrees Fahrenheit, minus 5"),
        ("6'2\" tall", "6 foot 2 tall"),
        ("open 24/7, 50/50, he/she", "open twenty-four seven, 50 50, he she"),
        ("3 * 4, 2 km2, ₩500", "3 times 4, 2 square kilometers, 500 won"),
        ("Nooooo! Whaaat? Sooo gooood.", "No! What? So good."),
        ("Hellooo, pleeease", "Hello, please"),
        (
            "007, 5 > 3, 20 mL, I <3 you",
            "zero zero seven, 5 is greater than 3, 20 milliliters, I  heart  you",
        ),
        ("www.sakuga.dev", "W W W dot sakuga.dev"),
        ("He said *hi", "He said  hi"),
    ],
)
def test_short_forms_and_signs_are_words(text: str, words: str) -> None:
    assert readable(text, G.lexicon) == words


@pytest.mark.parametrize(
    ("cry", "sounds"),
    [
        ("AAAAH!", "ˈɑ!"), ("Shh.", "ʃʃ."), ("Hmm", "həm"), ("Pfft", "pft"), ("Tsk.", "tsk."), ("Grrr!", "ɡɹˈɜɹ!"),
        ("Brr", "bɹˈɜɹ"), ("Zzz", "zz"), ("H-hello", "hə, həlˈO"), ("S-sorry", "sə, sˈɔɹi"), ("Hahaha", "hˈɑhˌɑ"),
    ],
)  # fmt: skip
def test_a_cry_is_its_sound_and_not_its_letters(cry: str, sounds: str) -> None:
    """AAAAH was spelled out, letter by letter."""
    assert G(readable(cry, G.lexicon)) == sounds


@pytest.mark.parametrize(
    "text",
    ["Um, oh, wow!", "I said yes.", "USB, NASA and Wi-Fi", "$5.50, 90%, 3:45", "the 1990s", "St. James St."],
)
def test_what_the_front_end_reads_well_is_left_to_it(text: str) -> None:
    assert readable(text, G.lexicon) == text
