"""Letters, units and signs in Japanese are written in kana before the dictionary sees them."""

import pytest

from models.sound.japanese import readable, spelled


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("5kgもないよ。", "5キログラムもないよ。"),
        ("３．５ｋｍ走った。", "3.5キロメートル走った。"),
        ("20℃、5L、60Hz、3dB。", "20度、5リットル、60ヘルツ、3デシベル。"),
        ("時速60km/hで。", "時速60キロで。"),
        ("風速10m/s", "風速10メートル毎秒"),
        ("No.5、Vol.2、Ver.3", "ナンバー5、ボリューム2、バージョン3"),
        ("Mr.スミスとDr.佐藤", "ミスタースミスとドクター佐藤"),
        ("NASAとWi-FiとLINE", "ナサとワイファイとライン"),
        ("3Dと5G", "スリーディーとファイブジー"),
        ("1/2カップ、3½杯", "2分の1カップ、3と2分の1杯"),
        ("2024-11-27、11/27", "2024年11月27日、11月27日"),
        ("090-1234-5678", "ゼロキューゼロのイチニーサンヨンのゴーロクナナハチ"),
        ("10:30～12:00、10:05", "10時30分から12時、10時ゴフン"),
        ("AM8:00、8:00 p.m.", "午前8時、午後8時"),
        ("Ms.Tanaka、P.S.、K.O.", "ミズTanaka、追伸、KO"),
        ("Ⅱ世、ルイⅩⅣ世、①②", "2世、ルイ14世、1、2"),
        ("1vs1、3:2、7-11", "1対1、3対2、7の11"),
        ("2×3=6、−5℃", "2かける3イコール6、マイナス5度"),
        ("××さん、〇。", "バツバツさん、マル。"),
        ("β版と#1", "ベータ版とナンバー1"),
        ("そうなんだｗｗｗ", "そうなんだワラ"),
        ("すー、はー。", "すー、ハー。"),
        ("はははは！", "ハハハハ!"),
        ("1990s", "1990年代"),
    ],
)
def test_what_the_dictionary_would_leave_out_is_kana(text: str, kana: str) -> None:
    assert readable(text).replace("！", "!") == kana


@pytest.mark.parametrize(
    "text",
    ["遥は走った。", "……", "そうだね！？", "えええっ！", "うーん。", "母は元気です。", "1日、2人、3本"],
)
def test_plain_japanese_stays(text: str) -> None:
    assert readable(text) == text


def test_letters_have_names() -> None:
    assert spelled("Tv") == "ティーブイ"
