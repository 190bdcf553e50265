"""Reads many zips with Python's own readers, and compares their rows with those that must be in them."""

import csv
import io
import json
import sys
import zipfile

csv.field_size_limit(2**31 - 1)


def read(path, delimiter):
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None, path
    [name] = archive.namelist()
    assert name == "rows.csv", name
    text = io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="")
    return list(csv.reader(text, strict=True, delimiter=delimiter))


def rows_of(case):
    columns, accepted = json.load(open(case["accepted"], encoding="utf-8"))
    rows = []
    for path in case["zips"]:
        header, *part = read(path, case["delimiter"])
        assert header == columns, header
        assert part, "a part without rows"
        rows += part
    return accepted, rows


cases = json.load(open(sys.argv[1], encoding="utf-8"))
for case in cases:
    expected, found = rows_of(case)
    if expected != found:
        differing = next(
            (index for index, (a, b) in enumerate(zip(expected, found)) if a != b),
            min(len(expected), len(found)),
        )
        sys.exit(
            f"{case['name']}: {len(expected)} rows expected, {len(found)} found; "
            f"good row {differing + 1} differs: "
            f"{expected[differing:differing + 1]} {found[differing:differing + 1]}"
        )
print(f"{len(cases)} tables are right")
