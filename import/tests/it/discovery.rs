use std::collections::HashMap;

use van_bulk_import::ClientError;
use van_bulk_import::client::{COUNT_MISMATCH, DUPLICATE_ITEM, Discovery, LIST_CHANGED, ValueSelection};
use van_bulk_schema::{Severity, read};

use super::server::{Server, client, cut_off, fixture, json};

fn page(items: &[&str], next: Option<&str>, count: usize) -> String {
    let next = next.map_or("null".to_owned(), |next| format!("\"{next}\""));
    format!(r#"{{"items":[{}],"nextPageLink":{next},"count":{count}}}"#, items.join(","))
}

fn mapping_type(name: &str) -> String {
    format!(r#"{{"name":"{name}","allowMultipleMode":"Multiple","resourceTypes":[],"fields":[]}}"#)
}

#[tokio::test]
async fn all_pages_of_the_mapping_types_are_joined() {
    let server = Server::start(|request, _| {
        let host = request.header("host").unwrap();
        match request.target.as_str() {
            "/v4/bulkImportMappingTypes" => {
                let next = format!("http://{host}/v4/bulkImportMappingTypes?$top=2&$skip=2");
                json(200, page(&[&mapping_type("A"), &mapping_type("B")], Some(&next), 3))
            }
            "/v4/bulkImportMappingTypes?$top=2&$skip=2" => json(200, page(&[&mapping_type("C")], None, 3)),
            other => panic!("unexpected {other}"),
        }
    })
    .await;
    let listing = server.client().mapping_types().await.unwrap();
    assert_eq!((listing.items, listing.pages, listing.count), (3, 2, Some(3)));
    let mut findings = Vec::new();
    let types = read::mapping_types(&listing.text, "mapping-types.json", &mut findings);
    assert_eq!(findings, []);
    assert_eq!(types.iter().map(|mapping| mapping.name.as_str()).collect::<Vec<_>>(), ["A", "B", "C"]);
}

#[tokio::test]
async fn an_empty_page_and_a_bare_array_are_lists_too() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportJobs/resources" => json(200, fixture("resources.json")),
        _ => json(200, page(&[], None, 0)),
    })
    .await;
    let client = server.client();
    let resources = client.resources().await.unwrap();
    assert_eq!((resources.items, resources.count), (4, None));
    let mut findings = Vec::new();
    assert_eq!(read::resources(&resources.text, "resources.json", &mut findings)[3], "ContactsActivistCodes");
    assert_eq!(client.mapping_types().await.unwrap().text, "[]");
}

#[tokio::test]
async fn a_single_mapping_type_comes_without_an_envelope() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes/ActivistCode" => json(200, fixture("mapping_type_activist_code.json")),
        "/v4/bulkImportMappingTypes/A%2FB%20C" => json(404, fixture("error_404.json")),
        "/v4/bulkImportMappingTypes/Odd" => json(200, "[1]"),
        other => panic!("unexpected {other}"),
    })
    .await;
    let client = server.client();
    let listing = client.mapping_type("ActivistCode").await.unwrap().unwrap();
    let mut findings = Vec::new();
    let types = read::mapping_types(&listing.text, "mapping-types.json", &mut findings);
    assert_eq!((findings.len(), types[0].fields.len()), (0, 4));
    assert_eq!(types[0].fields[2].parents[0].parent_field_name, "CanvassedBy");
    assert_eq!(client.mapping_type("A/B C").await.unwrap(), None);
    assert!(client.mapping_type("Odd").await.unwrap_err().to_string().contains("it is not a JSON object"));
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let other = Server::start(|_, _| json(200, page(&[], None, 0))).await;
    let link = other.url("/v4/bulkImportMappingTypes?$skip=50");
    let server = Server::start(move |_, _| json(200, page(&[], Some(&link), 100))).await;
    let error = server.client().mapping_types().await.unwrap_err();
    assert!(matches!(error, ClientError::Paging { page: 1, .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("leads to http://127.0.0.1:") && message.contains("as the API key would go along"),
        "{message}"
    );
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn links_with_another_scheme_or_a_user_are_not_followed() {
    for (from, to) in [("http://", "https://"), ("http://", "http://me:pass@")] {
        let server = Server::start(move |request, _| {
            let link = format!("http://{}/v4/x", request.header("host").unwrap()).replace(from, to);
            json(200, page(&[], Some(&link), 100))
        })
        .await;
        let error = server.client().mapping_types().await.unwrap_err();
        assert!(matches!(error, ClientError::Paging { .. }), "{error}");
        assert!(!error.to_string().contains("pass@"));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_are_refused() {
    let server = Server::start(|request, _| {
        let skip = if request.target.ends_with("skip=1") { 2 } else { 1 };
        let link =
            format!("http://{}/v4/bulkImportMappingTypes?$skip={skip}", request.header("host").unwrap());
        json(200, page(&["1"], Some(&link), 9))
    })
    .await;
    let error = server.client().mapping_types().await.unwrap_err();
    assert!(
        error.to_string().contains("after page 3: it leads back to a page that was already read"),
        "{error}"
    );
}

#[tokio::test]
async fn pages_without_end_are_refused() {
    let server = Server::start(|request, number| {
        let link =
            format!("http://{}/v4/bulkImportMappingTypes?$skip={number}", request.header("host").unwrap());
        json(200, page(&["1"], Some(&link), 9))
    })
    .await;
    let error = server.client().mapping_types().await.unwrap_err();
    assert!(error.to_string().contains("it has more than 1000 pages"), "{error}");
    assert_eq!(server.requests().len(), 1000);
}

#[tokio::test]
async fn a_reply_that_is_no_list_is_refused_with_its_beginning() {
    for (body, problem) in [
        (r#"{"things":[]}"#, "it has no list `items`"),
        (r#""text""#, "it is not a list"),
        (r#"{"items":[1"#, "it begins with `{\"items\":[1`"),
        ("", "it is not a list"),
    ] {
        let server = Server::start(move |_, _| json(200, body)).await;
        let error = server.client().mapping_types().await.unwrap_err();
        assert!(matches!(error, ClientError::Reply { .. }), "{error}");
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn discovery_fetches_types_resources_and_every_value_list() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes" => {
            json(200, page(&[&fixture("mapping_type_activist_code.json")], None, 1))
        }
        "/v4/bulkImportJobs/resources" => json(200, fixture("resources.json")),
        "/v4/bulkImportMappingTypes/ActivistCode/ActivistCodeID/values" => {
            json(404, fixture("error_404.json"))
        }
        "/v4/bulkImportMappingTypes/ActivistCode/ContactTypeID/values" => {
            json(200, fixture("values_email_subscription.json"))
        }
        other => panic!("unexpected {other}"),
    })
    .await;
    let mut steps = Vec::new();
    let found = server
        .client()
        .discover(&ValueSelection::All, |progress| steps.push(progress.clone()))
        .await
        .unwrap();
    assert_eq!(found.findings, []);
    assert_eq!(found.schema.mapping_types.len(), 1);
    assert_eq!(found.schema.resources.len(), 4);
    let values = found.schema.values("ActivistCode", "ContactTypeID").unwrap();
    assert_eq!(values.by_id("2").unwrap().name, "Subscribed");
    assert_eq!(found.missing_values, [("ActivistCode".to_owned(), "ActivistCodeID".to_owned())]);
    assert_eq!(found.documents.len(), 3);
    let done: Vec<(usize, usize)> = steps.iter().map(|step| (step.done, step.total)).collect();
    assert_eq!(done, [(1, 4), (2, 4), (3, 4), (4, 4)]);
    assert_eq!(steps[3].last, "ActivistCode.ContactTypeID");
}

/// A server with two fields that have values, and one that has none.
async fn activist_codes() -> Server {
    Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes" => {
            json(200, page(&[&fixture("mapping_type_activist_code.json")], None, 1))
        }
        "/v4/bulkImportJobs/resources" => json(200, fixture("resources.json")),
        target if target.ends_with("/values") => json(200, fixture("values_email_subscription.json")),
        other => panic!("unexpected {other}"),
    })
    .await
}

fn targets(server: &Server) -> Vec<String> {
    let prefix = "/v4/bulkImport";
    server
        .requests()
        .iter()
        .map(|request| request.target.strip_prefix(prefix).unwrap_or(&request.target).to_owned())
        .collect()
}

#[tokio::test]
async fn only_the_selected_value_lists_are_asked_for() {
    let server = activist_codes().await;
    let only = ValueSelection::Only(vec!["ActivistCode.ContactTypeID".to_owned()]);
    let mut steps = Vec::new();
    let found = server.client().discover(&only, |progress| steps.push(progress.total)).await.unwrap();
    assert_eq!(
        targets(&server),
        ["MappingTypes", "Jobs/resources", "MappingTypes/ActivistCode/ContactTypeID/values"]
    );
    assert!(found.schema.values("ActivistCode", "ContactTypeID").is_some());
    assert_eq!(found.left_out, [("ActivistCode".to_owned(), "ActivistCodeID".to_owned())]);
    assert_eq!(steps, [3, 3, 3]);
}

#[tokio::test]
async fn no_value_list_is_asked_for_if_none_is_selected() {
    let server = activist_codes().await;
    let found = server.client().discover(&ValueSelection::None, |_| {}).await.unwrap();
    assert_eq!(targets(&server), ["MappingTypes", "Jobs/resources"]);
    assert!(found.schema.values.is_empty() && found.missing_values.is_empty());
    assert_eq!(found.left_out.len(), 2);
}

#[tokio::test]
async fn value_lists_that_do_not_exist_are_all_named_with_the_nearest_and_none_is_asked_for() {
    let server = activist_codes().await;
    let only: ValueSelection =
        "ActivistCode.ContactTypeID,ActivistCode.ContactTypeId,ActivistCode.DateCanvassed".parse().unwrap();
    let error = server.client().discover(&only, |_| {}).await.unwrap_err();
    let ClientError::NoSuchValueList { names } = &error else { panic!("{error}") };
    assert_eq!(
        names[..],
        [
            "`ActivistCode.ContactTypeId` (did you mean `ActivistCode.ContactTypeID`?)",
            "`ActivistCode.DateCanvassed`"
        ]
    );
    assert_eq!(targets(&server), ["MappingTypes"]);
}

#[tokio::test]
async fn discovery_reports_problems_with_their_places_and_wrong_counts() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes" => json(200, page(&[&mapping_type("A"), r#"{"name":7}"#], None, 5)),
        _ => json(200, "[]"),
    })
    .await;
    let found = server.client().discover(&ValueSelection::All, |_| {}).await.unwrap();
    let by_code: HashMap<&str, _> = found.findings.iter().map(|finding| (finding.code, finding)).collect();
    assert_eq!(by_code[COUNT_MISMATCH].severity, Severity::Warning);
    assert!(by_code[COUNT_MISMATCH].message.contains("has 5 entries, but its 1 pages hold 2"));
    let wrong = by_code[read::WRONG_TYPE];
    assert_eq!(wrong.path(), "[1].name");
    let text = &found.documents[&wrong.document];
    assert_eq!(&text[wrong.span(&mut van_bulk_schema::json::Locator::new(text))], "7");
}

/// A page of two for the list that is asked for: its items, and what it says in `count`.
type TwoPages = [(&'static [&'static str], usize); 2];

/// A server that gives one list on two pages, first as `before`, and as `after` when it is asked for it again. The list is that of
/// the mapping types, or of the values of the only field.
async fn paged(of_values: bool, before: TwoPages, after: TwoPages) -> Server {
    let rounds = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request, _| {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        if path.ends_with("resources") {
            return json(200, "[]");
        }
        if path.ends_with("/values") != of_values {
            let field =
                r#"{"name":"F","hasPredefinedValues":true,"isRequired":false,"canBeMappedToColumn":true}"#;
            let mapping = mapping_type("A").replace(r#""fields":[]"#, &format!(r#""fields":[{field}]"#));
            return json(200, page(&[&mapping], None, 1));
        }
        let second = !query.is_empty();
        let order = std::sync::atomic::Ordering::SeqCst;
        let round = if second { rounds.load(order) } else { rounds.fetch_add(1, order) + 1 };
        let pages = if round == 1 { before } else { after };
        let (items, count) = pages[usize::from(second)];
        let items: Vec<String> = items
            .iter()
            .map(|name| if of_values { format!(r#"{{"id":{name},"name":"N"}}"#) } else { mapping_type(name) })
            .collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let next = format!("http://{}{path}?$skip=2", request.header("host").unwrap());
        json(200, page(&items, (!second).then_some(next.as_str()), count))
    })
    .await
}

async fn discover(server: &Server) -> Discovery {
    server.client().discover(&ValueSelection::All, |_| {}).await.unwrap()
}

/// Code, place, and whether it is an error.
fn told(found: &Discovery) -> Vec<(&str, String, bool)> {
    let is_error = |severity| severity == Severity::Error;
    let findings = found.findings.iter();
    findings.map(|finding| (finding.code, finding.path(), is_error(finding.severity))).collect()
}

const STEADY: TwoPages = [(&["1", "2"], 3), (&["3"], 3)];

#[tokio::test]
async fn a_list_that_changes_while_it_is_paged_is_fetched_once_more() {
    for before in [
        [(&["1", "2"] as &[_], 3), (&["3", "4"], 4)], // an entry was added
        [(&["1", "2"], 3), (&["2", "3"], 3)],         // one was added in front, and one removed
        [(&["1", "2"], 3), (&[], 3)],                 // the last one was removed
    ] {
        for of_values in [true, false] {
            let server = paged(of_values, before, STEADY).await;
            let found = discover(&server).await;
            assert_eq!(told(&found), [], "{before:?}");
            let items = if of_values {
                found.schema.values("A", "F").unwrap().values.len()
            } else {
                found.schema.mapping_types.len()
            };
            assert_eq!(items, 3);
            assert_eq!(server.requests().len(), 6 - usize::from(!of_values));
        }
    }
}

#[tokio::test]
async fn a_list_that_stays_as_it_is_is_fetched_once() {
    let server = paged(true, STEADY, [(&[], 0), (&[], 0)]).await;
    assert_eq!(told(&discover(&server).await), []);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_list_that_keeps_changing_is_an_error_after_the_second_time() {
    let changing = [(&["1", "2"] as &[_], 3), (&["3", "4"], 4)];
    for of_values in [true, false] {
        let server = paged(of_values, changing, changing).await;
        let found = discover(&server).await;
        assert_eq!(told(&found), [(LIST_CHANGED, String::new(), true)]);
        let message = &found.findings[0].message;
        assert!(message.contains("one says that it has 3 entries, a later one 4"), "{message}");
        assert_eq!(server.requests().len(), 6 - usize::from(!of_values));
    }
}

#[tokio::test]
async fn an_entry_on_two_pages_is_told_with_its_place() {
    let twice = [(&["7", "8"] as &[_], 4), (&["8", "7"], 4)];
    let found = discover(&paged(false, twice, twice).await).await;
    assert_eq!(told(&found), [(DUPLICATE_ITEM, "[2].name".to_owned(), true)]);
    let message = &found.findings[0].message;
    assert!(message.contains("the name `8` is on page 1 and again on page 2; so are 1 more"), "{message}");

    let found = discover(&paged(true, twice, twice).await).await;
    let place = "[2].id".to_owned();
    assert!(told(&found).contains(&(DUPLICATE_ITEM, place, false)), "{:?}", told(&found));
    assert_eq!(found.schema.values("A", "F").unwrap().values.len(), 2);
}

#[tokio::test]
async fn ids_that_are_numbers_and_strings_are_the_same_ids() {
    let twice = [(&["7"] as &[_], 2), (&[r#""7""#], 2)];
    let found = discover(&paged(true, twice, twice).await).await;
    assert!(told(&found).contains(&(DUPLICATE_ITEM, "[1].id".to_owned(), false)), "{:?}", told(&found));
}

#[tokio::test]
async fn pages_that_break_off_are_an_error() {
    let server = Server::start(|request, _| {
        let next = format!("http://{}/v4/bulkImportMappingTypes?$skip=1", request.header("host").unwrap());
        match request.target.contains("skip") {
            false => json(200, page(&[&mapping_type("A")], Some(&next), 2)),
            true => cut_off(200, "application/json", r#"{"items":["#),
        }
    })
    .await;
    let error = server.client().discover(&ValueSelection::All, |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn discovery_keeps_the_order_of_value_lists_whatever_arrives_first() {
    let names: Vec<String> = (0..12).map(|number| format!("F{number:02}")).collect();
    let fields: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                r#"{{"name":"{name}","hasPredefinedValues":true,"isRequired":false,"canBeMappedToColumn":true}}"#
            )
        })
        .collect();
    let item = format!(
        r#"{{"name":"A","allowMultipleMode":"Single","resourceTypes":[],"fields":[{}]}}"#,
        fields.join(",")
    );
    let server = Server::start(move |request, _| match request.target.as_str() {
        "/v4/bulkImportMappingTypes" => json(200, page(&[&item], None, 1)),
        "/v4/bulkImportJobs/resources" => json(200, "[]"),
        target => {
            // The first of each group answers last.
            if target.contains("F00") || target.contains("F04") {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            json(200, r#"[{"id":1}]"#)
        }
    })
    .await;
    let mut steps = Vec::new();
    let found = server
        .client()
        .discover(&ValueSelection::All, |progress| steps.push(progress.last.clone()))
        .await
        .unwrap();
    let expected: Vec<String> = names.iter().map(|name| format!("A.{name}")).collect();
    assert_eq!(steps[2..], expected);
    let documents: Vec<String> = found.findings.iter().map(|finding| finding.document.clone()).collect();
    let expected: Vec<String> = names.iter().map(|name| format!("values/A.{name}")).collect();
    assert_eq!(documents, expected);
}

#[tokio::test]
async fn the_key_and_the_mode_are_sent_as_basic_authentication() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/v4/apiKeyProfiles" => json(
            200,
            page(&[r#"{"databaseName":"Sample","hasMyVoters":false,"hasMyCampaign":true,"new":1}"#], None, 1),
        ),
        _ => json(201, r#"{"message":"hello","dateSent":"2020-01-01"}"#),
    })
    .await;
    let client = client(&server.url("/v4/"));
    let profiles = client.api_key_profiles().await.unwrap();
    assert_eq!(
        (profiles[0].database_name.as_deref(), profiles[0].has_my_campaign),
        (Some("Sample"), Some(true))
    );
    assert_eq!(client.echo("hello").await.unwrap().message.as_deref(), Some("hello"));
    let requests = server.requests();
    // test-app:7C9E-s3cret-key|1
    let expected = "Basic dGVzdC1hcHA6N0M5RS1zM2NyZXQta2V5fDE=";
    assert!(requests.iter().all(|request| request.header("authorization") == Some(expected)));
    assert_eq!(requests[0].target, "/v4/apiKeyProfiles");
    assert_eq!(requests[1].body, r#"{"message":"hello"}"#);
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
}
