"""Imports with parsons: every helper that it has for bulk imports."""

import shutil
import sys
import types
from pathlib import Path

from parsons import VAN, Table
from parsons.ngpvan import van_connector

import world

# The base URL is a constant; the class has no argument for another, and the environment none either.
van_connector.URI = world.BASE_URL + "/"


class Bucket:
    """In place of Amazon's: a folder that is served. All before the upload, such as the zip, is parsons' own."""

    def __init__(self, **credentials):
        pass

    def put_file(self, bucket, key, local_path, acl=None):
        shutil.copyfile(local_path, world.FOLDER / key)

    def get_url(self, bucket, key, expires_in=None):
        return world.FOLDER_URL + key


# `Table.to_s3_csv` imports it when it uploads.
sys.modules["parsons.aws"] = types.SimpleNamespace(S3=Bucket)
UPLOAD = {"url_type": "S3", "bucket": "uploads"}

van = VAN(api_key=world.API_KEY, db="MyCampaign")
report = world.Report("parsons")

mapping_types = {}
for mapping_type in van.get_bulk_import_mapping_types():
    single = van.get_bulk_import_mapping_type(mapping_type["name"])
    if single != dict(mapping_type):
        raise AssertionError(f"{mapping_type['name']} alone is not what it is in the list")
    mapping_types[single["name"]] = [field["name"] for field in single["fields"]]
report.saw(
    profile=van.connection.api_key_profile,
    resources=van.get_bulk_import_resources(),
    mappingTypes=mapping_types,
    # The second has more values than a page.
    values={
        name: [value["id"] for value in van.get_bulk_import_mapping_type_fields(*name.split("."))]
        for name in ("ActivistCode.ActivistCodeID", "CreateOrUpdateContact.StateOrProvince")
    },
)


def status(job):
    return van.get_bulk_import_job(job)["status"]


def results(job):
    """None for jobs of another status than Completed, of which parsons reads no results."""
    table = van.get_bulk_import_job_results(job)
    return None if table is None else [dict(row) for row in table]


def run(name, submit, meant):
    report.job(name, submit, meant, status, results)


run(
    "activist codes",
    lambda: van.bulk_apply_activist_codes(
        Table(
            [
                ["vanid", "activistcodeid", "canvassedby", "datecanvassed", "contacttypeid"],
                [101, 4101, "", "", ""],
                [102, 4102, 1001, "2026-05-01", 5],
            ]
        ),
        **UPLOAD,
    ),
    [
        {"ActivistCode": {"ActivistCodeID": "4101"}},
        {
            "ActivistCode": {
                "ActivistCodeID": "4102",
                "CanvassedBy": "1001",
                "DateCanvassed": "2026-05-01",
                "ContactTypeID": "5",
            }
        },
    ],
)

# As parsons renames them: not `First_Name`, whatever its documentation says, as it compares what is left of that with the
# other names of a column only.
PEOPLE = ["VANID", "FN", "last", "Email_Address", "Home Phone", "zip", "gender"]
run(
    "contacts",
    lambda: van.bulk_upsert_contacts(
        Table(
            [
                PEOPLE,
                [101, "Zoë", 'O\'Neil, "Jr."', "zoe@example.org", "(617) 555-0101", "02139", ""],
                [None, "Lin\nMay", "Okoro", "lin@example.org", "", "", "F"],
            ]
        ),
        result_fields=["firstname", "email"],
        **UPLOAD,
    ),
    [
        {
            "CreateOrUpdateContact": {
                "VanID": "101",
                "FirstName": "Zoë",
                "LastName": 'O\'Neil, "Jr."',
                "Email": "zoe@example.org",
                "Phone": "(617) 555-0101",
                "ZipOrPostal": "02139",
            }
        },
        {
            "CreateOrUpdateContact": {
                "FirstName": "Lin\nMay",
                "LastName": "Okoro",
                "Email": "lin@example.org",
                "Sex": "F",
            }
        },
    ],
)

run(
    "contacts, one unknown",
    lambda: van.bulk_upsert_contacts(
        Table([["vanid", "fn", "ln"], [102, "Ada", "Byron"], [999999999, "No", "One"]]),
        **UPLOAD,
    ),
    [{"CreateOrUpdateContact": {"VanID": "102", "FirstName": "Ada", "LastName": "Byron"}}, None],
)

run(
    "suppressions",
    lambda: van.bulk_apply_suppressions(Table([["vanid", "suppressionid"], [103, 102]]), **UPLOAD),
    [{"Suppressions": {"SuppressionID": "102"}}],
)

run(
    "canvass results",
    lambda: van.bulk_apply_canvass_results(
        Table(
            [
                ["vanid", "contacttypeid", "resultid", "datecanvassed", "canvassedby"],
                [103, 2, 14, "2026-05-02", 1001],
            ]
        ),
        **UPLOAD,
    ),
    [
        {
            "CanvassResults": {
                "ContactTypeID": "2",
                "ResultID": "14",
                "DateCanvassed": "2026-05-02",
                "CanvassedBy": "1001",
            }
        }
    ],
)

run(
    "custom fields",
    lambda: van.bulk_apply_contact_custom_fields(
        52, Table([["vanid", "CF123"], [101, "blue"], [102, "green"]]), **UPLOAD
    ),
    [
        {"ApplyContactCustomFields": {"CustomFieldGroupID": "52", "CF123": "blue"}},
        {"ApplyContactCustomFields": {"CustomFieldGroupID": "52", "CF123": "green"}},
    ],
)

report.write()
