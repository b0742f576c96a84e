"""The table and the file of ``make bench``, with figures that nobody measured."""

import json

import pytest

from tools.bench import registry, report, rows
from tools.bench.archive import build, tables
from tools.environment.shell import EnvironmentProblem


@pytest.fixture
def measured():
    return [
        rows.at_most_times("dispatch.next_p95", 30.0, "ms", 10.0, 4),
        rows.at_most_times("dispatch.confirm_p95", 150.0, "ms", 10.0, 10),
        rows.at_least_times("import.rows_per_s", 5000.0, "rows/s", 250.0, 20),
        rows.watched("archive.list_p95", 12.3456, "ms"),
    ]


def test_a_row_knows_whether_its_goal_is_met(measured):
    assert [row.ok for row in measured] == [True, False, True, True]
    assert [row.ratio for row in measured] == [3.0, 15.0, 20.0, None]


def test_a_limit_is_a_goal_without_baseline():
    assert rows.at_most("campaign.board_ms", 300.0, "ms", 300).ok
    assert not rows.at_most("campaign.board_ms", 300.1, "ms", 300).ok


def test_a_missing_baseline_meets_no_goal():
    assert not rows.at_most_times("x", 1.0, "ms", 0, 4).ok
    assert not rows.at_least_times("x", 1.0, "ms", None, 4).ok


def test_the_file_is_a_list_of_rows(measured, tmp_path):
    path = tmp_path / "bench.json"
    report.write(measured, path)
    written = json.loads(path.read_text())
    keys = {"name", "value", "unit", "baseline", "ratio", "goal", "ok"}
    assert [set(row) for row in written] == [keys] * 4
    assert written[1]["ok"] is False
    assert written[1]["goal"] == "<= 10 x baseline"


def test_the_table_says_what_is_missed(measured):
    lines = report.table(measured).splitlines()
    assert lines[1].split() == (
        ["dispatch.next_p95", "30", "ms", "10", "3", "x", "<=", "4", "x"]
        + ["baseline", "ok"]
    )
    assert lines[2].endswith("MISSED")
    assert lines[4].split() == ["archive.list_p95", "12.3", "ms"]
    assert report.summary(measured) == "2 of 3 goals met; missed: dispatch.confirm_p95"


def test_the_columns_stand_below_one_another(measured):
    lines = report.table(measured).splitlines()
    assert len({line.index(" ms ") for line in lines[1:3]}) == 1


def test_groups_are_found_by_name():
    known = registry.load()
    assert {"dispatch", "import", "archive"} <= set(known)
    names = [group.name for group in registry.chosen("import, dispatch", known)]
    assert sorted(names) == ["dispatch", "import"]
    assert registry.chosen("", known) == [
        group for group in known.values() if not group.asked
    ]
    # What takes hours is measured when somebody names it.
    assert known["import_10m"].asked
    assert registry.chosen("import_10m", known) == [known["import_10m"]]


def test_an_unknown_group_gets_a_sentence():
    with pytest.raises(EnvironmentProblem, match="there is no group dispach; ONLY="):
        registry.chosen("dispach", registry.load())


def test_the_big_database_of_another_size_has_another_name():
    assert build.name(build.SIZE) == "callcenter_bench"
    assert build.name(5000) == "callcenter_bench_5000"


def test_names_of_the_big_database_are_weighted_and_complete():
    drawn = tables.all_tables()
    assert {len(entries) for entries in drawn.values()} == {tables.ENTRIES}
    surnames = [surname for (surname,) in drawn["surname"]]
    assert len(set(surnames)) > 1000
    assert surnames.count("Colombo") > surnames.count("Ait Ali") >= 1


def test_places_of_the_big_database_are_all_over_italy():
    places = tables.places()
    assert len({province for _cap, _city, province, _area, _weight in places}) > 100
    assert all(len(cap) == 5 and cap.isdecimal() for cap, *_rest in places)
    assert len({(cap, city) for cap, city, *_rest in places}) == len(places)
