"""Imports with everyaction-client: its services and objects for bulk imports, with every field spelled out."""

import csv
import io
import zipfile

import requests
from everyaction import EAClient
from everyaction.objects import (
    BulkImportAction,
    BulkImportJob,
    Column,
    FieldValueMapping,
    JobFile,
    MappingType,
    MappingValue,
)

import world

client = EAClient("interop", world.API_KEY, mode="MyCampaign", endpoint=world.BASE_URL)
report = world.Report("everyaction-client")

mapping_types = {}
# Without a limit, it asks for pages of 200.
for mapping_type in client.bulk_import.mapping_types(limit=0):
    single = client.bulk_import.mapping_type(mapping_type.name)
    if single != mapping_type:
        raise AssertionError(f"{mapping_type.name} alone is not what it is in the list")
    mapping_types[single.name] = [field.name for field in single.fields]
profile = client.api_key_profile()
report.saw(
    profile=dict(profile),
    resources=client.bulk_import.resources(),
    mappingTypes=mapping_types,
    values={
        name: [value.id for value in client.bulk_import.values(*name.split("."), limit=0)]
        for name in ("ActivistCode.ActivistCodeID", "CreateOrUpdateContact.StateOrProvince")
    },
)


def publish(name, rows):
    """Zips rows, quoted where they need it. Gives the URL of the zip; the client has nothing for files."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    with zipfile.ZipFile(world.FOLDER / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.csv", text.getvalue())
    return f"{world.FOLDER_URL}{name}.zip"


def submit(name, description, rows, resource_type, mapping_types, wanted=()):
    file = JobFile(
        fileName=f"{name}.csv",
        columns=[Column(column) for column in rows[0]],
        columnDelimiter="csv",
        hasHeader=True,
        hasQuotes=True,
        sourceUrl=publish(name, rows),
    )
    action = BulkImportAction(
        actionType="loadMappedFile",
        resourceType=resource_type,
        resultFileSizeKbLimit=5000,
        mappingTypes=mapping_types,
        columnsToIncludeInResultsFile=[Column(column) for column in wanted],
    )
    job = BulkImportJob(description=description, file=file, actions=[action])
    return client.bulk_import.create(**job).id


def reply(job):
    # Not `client.bulk_import.get(job)`: its class for result files knows no property `url`, which VAN's docs have, and refuses
    # every job that has ended well.
    answer = client.get(f"bulkImportJobs/{job}")
    answer.raise_for_status()
    return answer.json()


def status(job):
    return reply(job)["status"]


def results(job):
    """Of every result file; the client leaves the download to its user. No credentials go there."""
    rows = []
    for file in reply(job)["resultFiles"]:
        answer = requests.get(file["url"], timeout=world.PATIENCE)
        answer.raise_for_status()
        rows += csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline=""))
    return rows


def run(name, meant, *arguments):
    report.job(name, lambda: submit(*arguments), meant, status, results)


def field(name, column):
    return FieldValueMapping(fieldName=name, columnName=column)


run(
    "activist codes",
    [
        {"ActivistCode": {"ActivistCodeID": "4101", "CanvassedBy": "1001", "DateCanvassed": "2026-05-01"}},
        {"ActivistCode": {"ActivistCodeID": "4102", "CanvassedBy": "1001", "DateCanvassed": "2026-05-02"}},
    ],
    "codes",
    "Activist codes",
    [["VanID", "Tag", "Day"], [101, "Parade", "2026-05-01"], [102, "Harbor", "2026-05-02"]],
    "ContactsActivistCodes",
    [
        MappingType(
            "ActivistCode",
            fieldValueMappings=[
                FieldValueMapping(
                    fieldName="ActivistCodeID",
                    columnName="Tag",
                    values=[
                        MappingValue(sourceValue="Parade", targetValue="4101"),
                        MappingValue(sourceValue="Harbor", targetValue="4102"),
                    ],
                ),
                FieldValueMapping(fieldName="CanvassedBy", staticValue="1001"),
                field("DateCanvassed", "Day"),
            ],
        )
    ],
)

run(
    "contacts and phones",
    [
        {
            "CreateOrUpdateContact": {"VanID": "101", "FirstName": "Zoë", "LastName": 'O\'Neil, "Jr."'},
            "Phones": {"Phone": "(617) 555-0101", "PhoneTypeID": "H"},
        },
        {
            "CreateOrUpdateContact": {"FirstName": "Lin\nMay", "LastName": "Okoro"},
            "Phones": {"Phone": "617 555 0102", "PhoneTypeID": "H"},
        },
        None,
    ],
    "people",
    "Contacts and their phones",
    [
        ["Id", "First", "Last", "Home"],
        [101, "Zoë", 'O\'Neil, "Jr."', "(617) 555-0101"],
        ["", "Lin\nMay", "Okoro", "617 555 0102"],
        [999999999, "No", "One", "617 555 0103"],
    ],
    "Contacts",
    [
        MappingType(
            "CreateOrUpdateContact",
            fieldValueMappings=[field("VanID", "Id"), field("FirstName", "First"), field("LastName", "Last")],
        ),
        MappingType(
            "Phones",
            resultFileColumnName="HomePhone",
            fieldValueMappings=[
                field("Phone", "Home"),
                FieldValueMapping(fieldName="PhoneTypeID", staticValue="H"),
            ],
        ),
    ],
    ["First", "Home"],
)

client.close()
report.write()
