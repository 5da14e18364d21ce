"""The commands that build and measure, on small data of our own."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

ROWS = [
    {"en": "Restoration of wetlands", "fr": "Restauration des zones humides", "zh": "湿地恢复"},
    {"en": "Control of invasive species", "fr": "Lutte contre les espèces envahissantes", "zh": "入侵物种控制"},
    {"en": "Training of park rangers", "fr": "Formation des gardes de parcs", "zh": "公园护林员培训"},
]


@pytest.fixture
def lines(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
        return str(path)

    return write


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return json.loads(out.getvalue())


def test_parallel_texts_are_found_in_every_pair(lines):
    figures = run("evaluate_matching", "parallel", lines("rows.jsonl", ROWS))
    assert set(figures["per_pair"]) == {"en-fr", "en-zh", "fr-en", "fr-zh", "zh-en", "zh-fr"}
    assert figures["mrr"] == figures["recall_at_1"] == 1.0
    assert set(figures["mixed_pool"]) == {"raw_mrr", "calibrated_mrr"}


def test_judged_retrieval_is_measured_by_query_and_by_profile(lines, tmp_path):
    queries = lines("q.jsonl", [{"id": "a", "text": ROWS[0]["fr"], "language": "fr"}, {"id": "b", "text": "rats"}])
    profiles = lines(
        "p.jsonl", [{"id": str(n), "items": [{"text": row["en"], "language": "en"}]} for n, row in enumerate(ROWS)]
    )
    judgements = tmp_path / "j.csv"
    judgements.write_text("query_id,profile_id,grade\na,0,5\na,1,1\nb,0,2\n", encoding="utf-8")
    options = {"queries": queries, "profiles": profiles, "judgements": str(judgements)}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    by_query = run("evaluate_matching", "retrieval", *arguments)
    assert by_query["mrr"] == pytest.approx((1 + 1 / 2) / 2, abs=0.3)
    by_profile = run("evaluate_matching", "retrieval", *arguments, "--group-by=profile")
    assert by_profile["pairwise_loss"] == 0.0
    assert by_profile["easy_accuracy"] == 1.0


def test_requests_are_ranked_beside_the_baselines(lines):
    requests = lines(
        "r.jsonl", [{"id": "R1", "title": ROWS[1]["fr"], "text": "", "language": "fr", "countries": ["FJ"]}]
    )
    offers = lines(
        "o.jsonl",
        [{"id": f"O{n}", "title": row["en"], "text": row["en"], "language": "en"} for n, row in enumerate(ROWS)],
    )
    matches = lines("m.jsonl", [{"request_id": "R1", "offer_id": "O1", "grade": 3}])
    figures = run(
        "evaluate_matching", "requests", f"--requests={requests}", f"--offers={offers}", f"--matches={matches}"
    )
    assert figures["ndcg_at_10"] == figures["mrr"] == 1.0
    assert {"tf_idf", "bm25", "same_language_first_share"} <= set(figures)


def test_a_lexicon_is_built_without_a_source_and_used(lines, tmp_path):
    out = tmp_path / "small.npz"
    sources = [lines("one.jsonl", ROWS), lines("two.jsonl", ROWS[:1])]
    report = run("build_lexicon", *sources, "--without=two", f"--out={out}")
    assert report["sources"] == ["one"]
    figures = run("evaluate_matching", "parallel", sources[0], f"--lexicon={out}")
    assert figures["mrr"] == 1.0


def test_a_wrong_name_or_file_is_answered_with_a_sentence(lines, tmp_path):
    source = lines("one.jsonl", ROWS)
    with pytest.raises(CommandError, match="no source named three"):
        call_command("build_lexicon", source, "--without=three", f"--out={tmp_path / 'x.npz'}")
    with pytest.raises(CommandError, match="cannot be read as JSON lines"):
        call_command("evaluate_matching", "parallel", str(tmp_path / "absent.jsonl"))


def test_the_bench_prints_times_and_ratios():
    out = StringIO()
    call_command(
        "bench_matching", "--requests=3", "--offers=200", "--single=200", "--peers=naive", "--json", stdout=out
    )
    report = json.loads(out.getvalue())
    assert report["batch"]["pairs"] == 600
    assert report["batch"]["peer_times_ours"]["naive"] > 0
    assert report["single"]["offers"] == 200
