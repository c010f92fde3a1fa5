"""The leaderboard lists what was measured, in a fair order, and tells bad input in a sentence."""

import pytest

from autograder.leaderboard import BadRecords, Row, anonymous, as_markdown, leaderboard, read_records
from autograder.record import CheckResult, Record


def record(student, accuracy=None, parameters=None, lesson="11-capstone"):
    """A result record; without an accuracy, one whose network was not measured."""
    measured = {} if accuracy is None else {"accuracy": accuracy, "parameters": float(parameters)}
    checks = [
        CheckResult(id="capstone", points=0, max_points=10, status="failed", bonus=True, measured=measured),
        CheckResult(id="reflection", points=0, max_points=2, status="manual", bonus=True),
    ]
    digest = "sha256:" + 64 * "0"
    return Record(lesson=lesson, student=student, digest=digest, isolated=True, seed=1, points=0, max_points=0, seconds=1, checks=checks)


def test_the_most_accurate_network_comes_first():
    rows = leaderboard([record("ada", 0.9921, 500_000), record("ben", 0.9955, 600_000), record("cleo", 0.9880, 20_000)])
    assert rows == [Row(1, "ben", 0.9955, 600_000), Row(2, "ada", 0.9921, 500_000), Row(3, "cleo", 0.9880, 20_000)]


def test_of_equally_accurate_networks_the_smaller_comes_first():
    rows = leaderboard([record("ada", 0.9921, 500_000), record("ben", 0.9921, 499_999)])
    assert [(row.rank, row.student) for row in rows] == [(1, "ben"), (2, "ada")]


def test_equal_networks_share_a_rank_and_the_next_is_counted_on():
    rows = leaderboard([record("dora", 0.98, 9), record("cleo", 0.99, 8), record("ben", 0.99, 8), record("ada", 0.995, 7)])
    assert [(row.rank, row.student) for row in rows] == [(1, "ada"), (2, "ben"), (2, "cleo"), (4, "dora")]


def test_who_has_no_measured_network_has_no_row():
    assert [row.student for row in leaderboard([record("ada"), record("ben", 0.5, 10)])] == ["ben"]
    assert leaderboard([]) == []


def test_anonymous_rows_have_numbers_for_names_and_keep_everything_else():
    rows = leaderboard([record("ada", 0.99, 8), record("ben", 0.995, 7)])
    assert anonymous(rows) == [Row(1, "network 1", 0.995, 7), Row(2, "network 2", 0.99, 8)]
    assert "ben" not in as_markdown(anonymous(rows))


def test_as_markdown():
    text = as_markdown(leaderboard([record("ada", 0.9921, 500_000), record("ben", 0.9950, 7)]))
    assert text.splitlines()[:4] == [
        "| rank | network of | accuracy | parameters |",
        "|---:|---|---:|---:|",
        "| 1 | ben | 99.50% | 7 |",
        "| 2 | ada | 99.21% | 500,000 |",
    ]
    assert "0.07%" in text  # the standard error at 99.5 %
    assert "No network" in as_markdown([])


def test_a_student_s_name_cannot_break_the_table():
    row = as_markdown([Row(1, "a|b\n| 0 | c", 1.0, 1)]).splitlines()[2]
    assert row == "| 1 | a\\|b \\| 0 \\| c | 100.00% | 1 |"


def test_records_are_read_from_files_and_from_a_course(tmp_path):
    for student, accuracy in [("ada", 0.99), ("ben", 0.98)]:
        folder = tmp_path / "autograded" / student / "11-capstone"
        folder.mkdir(parents=True)
        (folder / "result.json").write_text(record(student, accuracy, 5).to_json())
    one = tmp_path / "autograded" / "ada" / "11-capstone" / "result.json"
    for paths, students in [
        ([tmp_path], ["ada", "ben"]),
        ([tmp_path / "autograded"], ["ada", "ben"]),
        ([one], ["ada"]),
        ([one, one], ["ada"]),
    ]:
        assert [record.student for record in read_records(paths)] == students


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([record("ada", 0.99, 5), record("ada", 0.98, 5)], "two records of 'ada'"),
        ([record("ada", 0.99, 5, lesson="09-training")], "of 'ada' is one of lesson 09-training"),
    ],
)
def test_records_that_make_no_leaderboard(records, sentence):
    with pytest.raises(BadRecords, match=sentence):
        leaderboard(records)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b"", "not a result record"), (b"{}", "not a result record"), (b"\xff\xfe", "not a result record")],
)
def test_a_file_that_is_no_record(tmp_path, content, sentence):
    path = tmp_path / "result.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadRecords, match=sentence) as error:
        read_records([path])
    assert str(path) in str(error.value)


def test_a_folder_without_results(tmp_path):
    with pytest.raises(BadRecords, match="grade the lesson first"):
        read_records([tmp_path])
