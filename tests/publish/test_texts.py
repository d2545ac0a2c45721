import base64
import gzip
import json

import pytest

from analysis.publish.texts import BYTES, CSV, JSON, UNREADABLE, WORDS, texts_of


def texts(data, name="a.html"):
    return list(texts_of(data.encode() if isinstance(data, str) else data, name))


def forms(data, name):
    return {text.form for text in texts(data, name)}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("the &lt;word&gt; here", "a.html"),
        ("the \\u003cword\\u003e here", "a.txt"),
        ("url(data:text/plain,%3Cword%3E)", "a.css"),
        ("the \\u0026lt;word\\u0026gt; here", "a.js"),
        (json.dumps({"a": ["the <", "word"]}).replace('<", "', "<word>"), "a.json"),
        (
            base64.b64encode(
                gzip.compress(b"the <word> here, and then some more", mtime=0)
            ).decode(),
            "a.md",
        ),
        (gzip.compress(gzip.compress(b"<word>", mtime=0), mtime=0), "a.gz"),
    ],
    ids=["entity", "backslash", "percent", "two escapes", "JSON", "base 64", "twice compressed"],
)
def test_a_word_is_read_through_its_wrappings(data, name):
    assert any("<word>" in text.text for text in texts(data, name))


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        ("a,b\n1,2\n", "downloads/a.csv", CSV),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "a.csv.gz", CSV),
        ('{"a": 1}', "a.json", JSON),
        ('window.a = {"a": 1};', "a.js", JSON),
        ("<script>a = [1]</script>", "a.html", JSON),
        ("function a() { return 1 }", "a.js", WORDS),
        ("{not JSON", "a.json", WORDS),
        (b"\0\1\0\0\xff", "a.ttf", BYTES),
        (b"\xff\x00\x80", "a.css", UNREADABLE),
    ],
)
def test_a_text_says_what_it_is(data, name, form):
    assert form in forms(data, name)


def test_what_is_wrapped_too_deep_is_unreadable():
    data = b"word"
    for _ in range(9):
        data = gzip.compress(data)

    assert UNREADABLE in forms(data, "a.gz")


def test_what_is_too_large_is_unreadable(monkeypatch):
    monkeypatch.setattr("analysis.publish.texts._LARGEST", 1_000)

    assert forms(gzip.compress(b"0" * 1_001), "a.gz") == {BYTES, UNREADABLE}
