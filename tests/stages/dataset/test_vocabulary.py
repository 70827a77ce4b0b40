"""A trainer's configuration means the same here, or is refused."""

import pytest

from assets.errors import InputRefused
from stages.dataset.vocabulary import read

CONFIG = """
[general]
shuffle_caption = true
keep_tokens = 1
caption_dropout_rate = 0.1

[[datasets]]
resolution = [1024, 576]
batch_size = 4
enable_bucket = true
bucket_reso_steps = 32

  [[datasets.subsets]]
  image_dir = "nagi"
  num_repeats = 5
  class_tokens = "nagi girl"

  [[datasets.subsets]]
  image_dir = "girls"
  is_reg = true
  keep_tokens = 0
"""


@pytest.fixture
def config(tmp_path):
    def make(text):
        (tmp_path / "dataset.toml").write_text(text)
        return tmp_path / "dataset.toml"

    return make


def test_settings_come_from_the_nearest_table(config, tmp_path):
    nagi, girls = read(config(CONFIG))

    assert (nagi.folder, nagi.repeats, nagi.caption, nagi.prior) == (tmp_path / "nagi", 5, "nagi girl", False)
    assert (nagi.showing.resolution, nagi.showing.bucket_step, nagi.showing.keep_tags) == (768, 32, 1)
    assert girls.prior
    assert (girls.showing.keep_tags, girls.showing.shuffle_tags) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("num_repeats = 5", "color_aug = true", "sets color_aug, which is not supported"),
        ("enable_bucket = true", "enable_bucket = false", "switches buckets off"),
        ("keep_tokens = 1", "keep_tokens = -1", "keep_tags"),
        ('image_dir = "nagi"', "", "without image_dir"),
        ("[general]", "[genral]", "has genral"),
        ("num_repeats = 5", 'caption_extension = "txt"', "caption_extension is 'txt'"),
        ("[[datasets]]", "[[datasets", "not valid TOML"),
    ],
)
def test_what_has_no_meaning_here_is_refused_by_name(config, old, new, problem):
    with pytest.raises(InputRefused, match=problem):
        read(config(CONFIG.replace(old, new, 1)))
