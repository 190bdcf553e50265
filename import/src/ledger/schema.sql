-- The ledger of imports, version 1. `application_id` and `user_version` say that a file is one, and of which version.
-- Times are UTC in RFC 3339. No column ever holds a key, a token or a link.

-- One line an import: a job and its rows.
CREATE TABLE imports (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    -- packing: rows are being checked and packed, nothing was sent; open: there are parts to send or to follow;
    -- finished: every row is accounted for; given-up: nothing was sent, and nothing will be
    state         TEXT NOT NULL,
    -- SHA-256 of the job without its description and of all rows that were packed, in hexadecimal; null while packing, and
    -- where no row was packed
    content       TEXT,
    -- whether it was started although the same content was imported before
    forced        INTEGER NOT NULL,
    -- the API and the database mode, such as `https://api.securevan.com/v4 my-campaign`
    api           TEXT NOT NULL,
    description   TEXT NOT NULL,
    -- what the rows were read from, as the user called it
    source        TEXT NOT NULL,
    -- the body of POST /bulkImportJobs, without the link to the file
    payload       TEXT NOT NULL,
    rows          INTEGER NOT NULL DEFAULT 0,
    rejected      INTEGER NOT NULL DEFAULT 0,
    started_at    TEXT NOT NULL,
    finished_at   TEXT
) STRICT;

-- The same content is imported twice into one database only by the user's word.
CREATE UNIQUE INDEX imports_content ON imports (api, content) WHERE forced = 0 AND state <> 'given-up';

-- One line a part: a zip, and the job that imports it.
CREATE TABLE parts (
    import        INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    -- packed, uploading, uploaded, submitting, unknown, refused, submitted, ended, downloaded, accounted
    state         TEXT NOT NULL,
    file          TEXT NOT NULL,
    -- the name under which it is uploaded; another one once its job is assumed to be lost, so that a job that VAN has all
    -- the same finds nothing under the old one
    object        TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    rows          INTEGER NOT NULL,
    -- rows of the input, counted from 1
    first_row     INTEGER NOT NULL,
    last_row      INTEGER NOT NULL,
    -- VAN's number of the job. It is kept if VAN says later that there is no such job: the state is `unknown` then
    job           INTEGER,
    -- whether the number of the job is the user's word
    assumed       INTEGER NOT NULL DEFAULT 0,
    -- whether the upload was seen to be fetched, which proves that VAN accepted the job
    fetched       INTEGER NOT NULL DEFAULT 0,
    -- where there may be an upload that has not been removed, such as `s3://bucket/prefix`
    place         TEXT,
    -- VAN's word for the last status that was seen
    status        TEXT,
    -- what VAN said went wrong with the job, or what went wrong with the part
    problem       TEXT,
    result_files  INTEGER NOT NULL DEFAULT 0,
    processed     INTEGER,
    refused       INTEGER,
    missing       INTEGER,
    -- what VAN said of each mapping, as JSON
    messages      TEXT,
    PRIMARY KEY (import, number)
) STRICT;

-- A job belongs to one part of one import. Numbers are of one API; that the import knows.
CREATE INDEX parts_job ON parts (job) WHERE job IS NOT NULL;

-- Everything that was done, in order: what was about to be done before it was, and what came of it after.
CREATE TABLE steps (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    import        INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    part          INTEGER,
    at            TEXT NOT NULL,
    step          TEXT NOT NULL,
    detail        TEXT
) STRICT;

CREATE INDEX steps_import ON steps (import);
