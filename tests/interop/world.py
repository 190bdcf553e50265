"""Where the emulator is, what a client really sent, and what is told of it in the end.

A client is used as its own documentation says. Only two things are observed from outside: the bodies that it posts, and the
warnings that it prints.
"""

import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

import requests

BASE_URL = os.environ["VAN_BASE_URL"]
API_KEY = os.environ["VAN_API_KEY"]
# A folder, and the URL at which the emulator fetches what is in it.
FOLDER = Path(os.environ["PUBLIC_FOLDER"])
FOLDER_URL = os.environ["PUBLIC_URL"]

ENDED = ("Completed", "CompletedWithErrors", "Failed")
# The most that a job may take, in seconds.
PATIENCE = 30

posted = []
send = requests.Session.send


def remember(session, request, **options):
    if request.method == "POST":
        posted.append(json.loads(request.body))
    return send(session, request, **options)


requests.Session.send = remember


class Report:
    """What a client saw, for the command that compares it with the emulator."""

    def __init__(self, package):
        self.told = {"client": package, "version": version(package), "jobs": []}

    def saw(self, **what):
        self.told.update(what)

    def job(self, name, submit, meant, status, results):
        """Submits a job, waits for its end, and takes down what became of it.

        `meant` has one entry a row of the file: the fields that each mapping type is to get, or `None` for a row that is
        to be left out. `status` asks the client for the status of a job, `results` for the rows of its result files.
        """
        before = len(posted)
        job = submit()
        if len(posted) != before + 1:
            raise RuntimeError(f"{name}: {len(posted) - before} jobs were posted instead of one")
        deadline = time.monotonic() + PATIENCE
        while (ended := status(job)) not in ENDED:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name}: the job {job} is still {ended} after {PATIENCE} s")
            time.sleep(0.02)
        self.told["jobs"].append(
            {
                "name": name,
                "id": job,
                "sent": posted[-1],
                "meant": meant,
                "status": ended,
                "results": results(job),
            }
        )

    def write(self):
        Path(sys.argv[1]).write_text(json.dumps(self.told, indent=2, default=str), encoding="utf-8")
