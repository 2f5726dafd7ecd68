# ruff: noqa: RUF001 -- letters of other alphabets are meant
from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.text.language import detect

SENTENCES = {
    "en": "The government said on Tuesday that prices would rise again next year.",
    "de": "Die Regierung sagte am Dienstag, dass die Preise im nächsten Jahr steigen.",
    "fr": "Le gouvernement a déclaré mardi que les prix augmenteraient l'année prochaine.",
    "es": "El gobierno dijo el martes que los precios subirían otra vez el año que viene.",
    "it": "Il governo ha detto martedì che i prezzi aumenteranno ancora l'anno prossimo.",
    "pt": "O governo disse na terça-feira que os preços vão subir outra vez no próximo ano.",
    "nl": "De regering zei dinsdag dat de prijzen volgend jaar opnieuw zullen stijgen.",
    "pl": "Rząd poinformował we wtorek, że ceny w przyszłym roku znowu wzrosną.",
    "ru": "Правительство сообщило во вторник, что цены в следующем году снова вырастут.",
    "uk": "Уряд повідомив у вівторок, що ціни наступного року знову зростуть, і це погано.",
    "tr": "Hükümet salı günü fiyatların gelecek yıl yeniden artacağını söyledi.",
    "zh": "政府星期二表示,明年物价将再次上涨,许多家庭对此感到担忧,经济学家也发出警告。",
    "ja": "政府は火曜日に、来年も物価が再び上がると発表しました。多くの家庭が心配しています。",
    "ar": "قالت الحكومة يوم الثلاثاء إن الأسعار سترتفع مرة أخرى في العام المقبل.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_one_sentence_tells_its_language(code: str) -> None:
    assert detect(SENTENCES[code]) == code


@pytest.mark.parametrize(
    "text", ["", "   ", "Putin", "12.5 % 2022 - 17:30", "ok", "???? !!!! ...."]
)
def test_too_little_text_tells_nothing(text: str) -> None:
    assert detect(text) is None


def test_a_mixture_tells_nothing_or_one_of_its_languages() -> None:
    assert detect(SENTENCES["en"] + " " + SENTENCES["fr"]) in {None, "en", "fr"}


def test_only_the_beginning_is_read() -> None:
    assert detect(SENTENCES["en"] * 20 + SENTENCES["ru"] * 500) == "en"


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gives_a_two_letter_code_or_nothing(text: str) -> None:
    code = detect(text)
    assert code is None or (len(code) == 2 and code.islower())


def test_importing_the_room_loads_no_model() -> None:
    program = "import sys, semsearch.text.language; sys.exit('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
