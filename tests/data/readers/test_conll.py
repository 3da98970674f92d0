"""Files of a word a line: what is written is read, and what is broken is named by its line."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tltk.data import Dataset, TagsKind, read, stream
from tltk.errors import DataError, TltkError
from tltk.recipe import DataSection

SENTENCES = [
    (["EU", "rejects", "German", "call"], ["B-ORG", "O", "B-MISC", "O"]),
    (["Peter", "Blackburn"], ["B-PER", "I-PER"]),
]


def section(path: Path, **changes: Any) -> DataSection:
    whole = {"validation": None, "test": None, "duplicates": "allow"}
    return DataSection(**{"path": str(path), "split": whole, "source": "conll", **changes})


def read_conll(tmp_path: Path, content: bytes | str, name: str = "words.conll", **changes: Any) -> Dataset:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(section(file, **changes), cache=tmp_path / "cache", kind=TagsKind())


def sentences(dataset: Dataset) -> list[tuple[list[str], list[str]]]:
    """Return words and tags of each row, the words cut out of the text by the places stored with the tags."""
    rows = dataset["train"]
    return [
        ([text[word["start"] : word["end"]] for word in words], [word["label"] for word in words])
        for text, words in zip(rows.texts(), rows.labels(), strict=True)
    ]


def written(given_sentences: list[tuple[list[str], list[str]]], between: str = " ") -> str:
    return "\n\n".join("\n".join(map(between.join, zip(*sentence, strict=True))) for sentence in given_sentences) + "\n"


WORD = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=" \u2028\u2029"), min_size=1, max_size=5
).filter(lambda word: not word.startswith("-DOCSTART-"))
SENTENCE = st.lists(st.tuples(WORD, st.sampled_from(["O", "B-X", "I-X"])), min_size=1, max_size=5)


@given(st.lists(SENTENCE, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(tmp_path: Path, rows: list, newline: str, mark: bool, zipped: bool) -> None:
    expected = [([word for word, _ in row], [tag for _, tag in row]) for row in rows]
    content = written(expected).replace("\n", newline).encode("utf-8-sig" if mark else "utf-8")
    name = "words.bio.gz" if zipped else "words.bio"
    dataset = read_conll(tmp_path, gzip.compress(content, mtime=0) if zipped else content, name, source="auto")
    assert sentences(dataset) == expected


def test_rows_are_numbered_by_the_line_of_their_first_word(tmp_path: Path) -> None:
    dataset = read_conll(tmp_path, f"-DOCSTART- O\n\n{written(SENTENCES)}")
    assert sentences(dataset) == SENTENCES
    assert dataset["train"].where(1).endswith("words.conll:8")
    assert dataset["train"].label_counts() == {"MISC": 1, "ORG": 1, "PER": 2}


def test_columns_are_chosen_by_number_or_divided_by_the_delimiter(tmp_path: Path) -> None:
    assert sentences(read_conll(tmp_path, "1 EU NNP B-ORG 0\n2 wins VB O 0\n", options={"word": 1, "tag": -2})) == [
        (["EU", "wins"], ["B-ORG", "O"])
    ]
    assert sentences(read_conll(tmp_path, "New York\tB-LOC\n\u3000\tO\n", "cities.tsv", delimiter="\t")) == [
        (["New York", "\u3000"], ["B-LOC", "O"])
    ]


def test_comments_are_left_out_and_hashes_that_are_words_are_not(tmp_path: Path) -> None:
    text = "# sent_id = 1\nis O\n# O\n#tag B-X\n"
    assert sentences(read_conll(tmp_path, text, options={"comments": True})) == [
        (["is", "#", "#tag"], ["O", "O", "B-X"])
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a O\n\n# newpar\n# id = 2\nb O\n", [["a"], ["b"]]),
        ("# newdoc\n# newpar\na O\n# newpar\nb O\n", [["a", "#", "b"]]),  # a word, inside of a sentence
        ("# id 1f5c-9\tdomain=en\na _ _ O\n\n# id 1f5c-9\tdomain=en\nb _ _ B-X\n", [["a"], ["b"]]),
        ("-DOCSTART- O\n\n# newpar\na O\n-DOCSTART- O\n# newpar\nb O\n", [["a"], ["b"]]),
        ("a O\n\n#tag B-X\nb O\n", [["a"], ["#tag", "b"]]),
        ("a\tO\n\n#\tO\nb\tO\n", [["a"], ["#", "b"]]),
        ("a O\n\n# newpar\n\n# end\n", [["a"]]),
    ],
)
def test_comments_of_as_many_columns_as_a_word_has_are_left_out_before_a_sentence(
    tmp_path: Path, text: str, expected: list[list[str]]
) -> None:
    assert [words for words, _ in sentences(read_conll(tmp_path, text, options={"comments": True}))] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# id = 1\nNew B-LOC\n", r"words\.conll:1: Got 4 columns in '# id = 1'; line 2 has 2\. .*comments: true"),
        ("# id = 1\n\nNew B-LOC\n", r"words\.conll:1: Got 4 columns in '# id = 1'; line 3 has 2\. .*comments: true"),
        ("New B-LOC\n\n# id = 2\nOslo B-LOC\n", r"words\.conll:3: Got 4 columns .*comments: true"),
        ("#id1\nNew B-LOC\n", r"words\.conll:1: Got one column in '#id1'.*comments: true"),
        ("# O\nNew York B-LOC\n", r"words\.conll:1: Got 2 columns in '# O'; line 2 has 3"),
        ("New B-LOC\nYork\n", r"words\.conll:2: Got 1 columns .*data\.delimiter"),
    ],
)
def test_comments_that_were_not_announced_are_blamed(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_conll(tmp_path, text)


def test_positions_are_taken_off_words(tmp_path: Path) -> None:
    text = "科0\tB-ORG\n技1\tI-ORG\n310\tO\n00\tO\n"
    dataset = read_conll(tmp_path, text, options={"strip_position": True})
    assert sentences(dataset) == [(["科", "技", "3", "0"], ["B-ORG", "I-ORG", "O", "O"])]


def test_sentences_of_a_document_are_put_together_up_to_a_number_of_words(tmp_path: Path) -> None:
    text = f"-DOCSTART- -X- O O\n\n{written(SENTENCES)}\n-DOCSTART- -X- O O\n\n{written(SENTENCES[:1])}"
    (first, second), others = SENTENCES, SENTENCES[:1]
    together = [(first[0] + second[0], first[1] + second[1])]
    assert sentences(read_conll(tmp_path, text, options={"unit": "document", "words": 6})) == together + others
    assert sentences(read_conll(tmp_path, text, options={"unit": "document", "words": 5})) == [first, second, *others]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EU B-ORG\nwins\n", r"words.conll:2: Got 1 columns in 'wins'; the lines before have 2"),
        ("EU\nwins\n", r"words.conll:1: Got one column in 'EU'; expected a word and its tag"),
        ("EU B-ORG\nwins O x\n", r"words.conll:2: Got 3 columns in 'wins O x'"),
        ("EU B-ORG\nwins B-\n", r"words.conll:1: Column 'label': Got tag 'B-' for word 2 \('wins'\)"),
        ("", "The file is empty"),
        ("-DOCSTART- O\n\n", "There are no rows"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_conll(tmp_path, text)


def test_a_missing_word_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"words.conll:2: The word is missing in '\\tI-ORG'"):
        read_conll(tmp_path, "EU\tB-ORG\n\tI-ORG\n", delimiter="\t")
    spaced = read_conll(tmp_path, "\u3000\tO\nEU\tB-ORG\n", delimiter="\t")
    assert sentences(spaced) == [(["\u3000", "EU"], ["O", "B-ORG"])]


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"words.conll:2: Byte 0xe9"):
        read_conll(tmp_path, b"EU B-ORG\ncaf\xe9 O\n")


def test_broken_sentences_are_skipped_whole_and_written_down(tmp_path: Path) -> None:
    text = f"EU B-ORG\nwins\n\n{written(SENTENCES)}\ncaf\u00e9 B-\n"
    dataset = read_conll(tmp_path, text, on_error="skip")
    assert sentences(dataset) == SENTENCES
    assert dataset.report.sources["train"].skipped_reasons == {"wrong column count": 1, "unusable label": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"word": "first"}, r"data\.options\.word: Got 'first'"),
        ({"unit": "page"}, r"data\.options\.unit"),
        ({"comments": 1}, r"data\.options\.comments"),
        ({"tagg": 1}, r"no option 'tagg'.*'tag'"),
        ({"tag": 7}, r"words.conll:1: Got 2 columns .*data\.options\.tag is 7"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(TltkError, match=message):
        read_conll(tmp_path, written(SENTENCES), options=options)


def test_texts_are_streamed_without_tags(tmp_path: Path) -> None:
    file = tmp_path / "words.conll"
    file.write_text(written(SENTENCES), "utf-8")
    batches = list(stream(section(file), kind=TagsKind()))
    assert [text for batch in batches for text in batch.column("text").to_pylist()] == [
        "EU rejects German call",
        "Peter Blackburn",
    ]
