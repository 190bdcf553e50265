"""Reads the CSV in a zip with Python's own readers, and writes its name and its rows as JSON."""

import csv
import io
import json
import sys
import zipfile

archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
[name] = archive.namelist()
text = io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="")
sys.stdout.buffer.write(json.dumps([name, list(csv.reader(text, strict=True))]).encode())
