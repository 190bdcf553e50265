//! What the key may import.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use van_bulk_emulator::Config;
use van_bulk_schema::read;

use crate::support::{World, config, errors, schema};

#[tokio::test]
async fn the_mapping_types_that_are_served_are_those_of_the_schema() {
    let world = World::new().await;
    let text = world.get("/bulkImportMappingTypes").await.text().await.unwrap();
    let mut findings = Vec::new();
    assert_eq!(read::mapping_types(&text, "reply", &mut findings), schema().mapping_types);
    assert_eq!(findings, []);
}

#[tokio::test]
async fn a_list_is_paged_with_absolute_links_until_its_end() {
    let world = World::with(Config { page_size: 3, ..config() }).await;
    let mut path = "/bulkImportMappingTypes".to_owned();
    let mut pages = Vec::new();
    let mut names = Vec::new();
    loop {
        let page = world.get_json(&path).await;
        assert_eq!(page["count"], 8);
        let items = page["items"].as_array().unwrap();
        pages.push(items.len());
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        match &page["nextPageLink"] {
            Json::Null => break,
            link => {
                path = link.as_str().unwrap().strip_prefix(&world.emulator.base_url()).unwrap().to_owned()
            }
        }
    }
    assert_eq!(pages, [3, 3, 2]);
    assert_eq!(names, schema().mapping_types.iter().map(|mapping| mapping.name.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn top_and_skip_choose_the_page() {
    let world = World::new().await;
    let page = world.get_json("/bulkImportMappingTypes?$top=2&$skip=1").await;
    assert_eq!(page["items"][0]["name"], "CreateOrUpdateContact");
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let link = page["nextPageLink"].as_str().unwrap();
    assert!(link.ends_with("/v4/bulkImportMappingTypes?$top=2&$skip=3"), "{link}");
    let page = world.get_json("/bulkImportMappingTypes?$skip=100").await;
    assert_eq!(page, json!({"items": [], "nextPageLink": null, "count": 8}));
    world.get_json("/bulkImportMappingTypes?%24top=200").await;
}

#[tokio::test]
async fn a_page_that_is_too_large_is_refused_with_vans_text() {
    let world = World::new().await;
    for top in ["0", "201"] {
        let response = world.get(&format!("/bulkImportMappingTypes?$top={top}")).await;
        let errors = errors(response, StatusCode::BAD_REQUEST).await;
        assert_eq!(errors[0]["code"], "INVALID_PARAMETER");
        assert!(errors[0]["text"].as_str().unwrap().contains("maximum result size for this end point: 200"));
        assert!(errors[0]["hint"].as_str().unwrap().contains("a default top size of 50 will be used"));
    }
    let huge = "$skip=99999999999999999999999999";
    for query in ["$top=many", "$top=", "$top=1.5", "$top=99999999999999999999999999", "$skip=-1", huge] {
        let response = world.get(&format!("/bulkImportMappingTypes?{query}")).await;
        let errors = errors(response, StatusCode::BAD_REQUEST).await;
        assert_eq!(errors[0]["properties"], json!([query.split_once('=').unwrap().0]));
    }
}

#[tokio::test]
async fn the_greatest_number_of_items_can_be_skipped() {
    let world = World::new().await;
    let page = world.get_json(&format!("/bulkImportMappingTypes?$skip={}", usize::MAX)).await;
    assert_eq!(page, json!({"items": [], "nextPageLink": null, "count": 8}));
}

#[tokio::test]
async fn names_in_paths_may_be_percent_encoded() {
    let mut schema = schema();
    let name = "A/b c?#%ü";
    schema.mapping_types[0].name = name.to_owned();
    let world = World::with(Config { schema, ..config() }).await;
    let encoded = "/bulkImportMappingTypes/A%2Fb%20c%3F%23%25%C3%BC";
    assert_eq!(world.get_json(encoded).await["name"], name);
    assert_eq!(world.get_json("/bulkImportMappingTypes/%50hones").await["name"], "Phones");
    errors(world.get("/bulkImportMappingTypes/%FF").await, StatusCode::NOT_FOUND).await;
    errors(world.get("/bulkImportMappingTypes/%FF/%FF/values").await, StatusCode::NOT_FOUND).await;
    errors(world.get("/bulkImportJobs/%FF").await, StatusCode::NOT_FOUND).await;
    let origin = world.emulator.base_url().replace("/v4", "");
    let result = world.http.get(format!("{origin}/results/%FF/%FF")).send().await.unwrap();
    errors(result, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn the_link_to_the_next_page_keeps_names_encoded() {
    let mut schema = schema();
    let values = schema.values.remove(&("Phones".to_owned(), "PhoneTypeID".to_owned())).unwrap();
    schema.values.insert(("A/b c".to_owned(), "Typ?".to_owned()), values);
    let world = World::with(Config { schema, ..config() }).await;
    let page = world.get_json("/bulkImportMappingTypes/A%2Fb%20c/Typ%3F/values?$top=6").await;
    let link = page["nextPageLink"].as_str().unwrap().strip_prefix(&world.emulator.base_url()).unwrap();
    assert_eq!(world.get_json(link).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body_and_other_methods_are_refused() {
    let world = World::new().await;
    let send = async |method: Method, path: &str| {
        let request = world.http.request(method, world.url(path)).basic_auth("tests", Some("key|1"));
        request.send().await.unwrap()
    };
    for (path, status) in [
        ("/bulkImportMappingTypes", StatusCode::OK),
        ("/bulkImportJobs/resources", StatusCode::OK),
        ("/bulkImportJobs/7", StatusCode::NOT_FOUND),
        ("/bulkImportJobs", StatusCode::METHOD_NOT_ALLOWED),
        ("/nothing", StatusCode::NOT_FOUND),
    ] {
        let response = send(Method::HEAD, path).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.bytes().await.unwrap(), "", "{path}");
    }
    for method in [Method::OPTIONS, Method::PUT, Method::DELETE] {
        for (path, allowed) in [("/bulkImportMappingTypes", "GET,HEAD"), ("/bulkImportJobs", "POST")] {
            let response = send(method.clone(), path).await;
            assert_eq!(response.headers()["allow"], allowed, "{method} {path}");
            let errors = errors(response, StatusCode::METHOD_NOT_ALLOWED).await;
            assert_eq!(errors[0]["code"], "METHOD_NOT_ALLOWED");
        }
    }
}

#[tokio::test]
async fn one_mapping_type_comes_without_an_envelope() {
    let world = World::new().await;
    let mapping_type = world.get_json("/bulkImportMappingTypes/ActivistCode").await;
    assert_eq!(mapping_type["name"], "ActivistCode");
    assert_eq!(mapping_type["fields"][2]["parents"][0]["parentFieldName"], "CanvassedBy");
    assert_eq!(mapping_type["fields"][0]["parents"], Json::Null);
}

#[tokio::test]
async fn the_values_of_a_field_are_paged() {
    let world = World::new().await;
    let page = world.get_json("/bulkImportMappingTypes/Phones/PhoneTypeID/values?$top=2").await;
    assert_eq!(page["count"], 7);
    assert_eq!(page["items"][0], json!({"id": "C", "name": "Cell", "parents": null}));
    assert!(page["nextPageLink"].is_string());
}

#[tokio::test]
async fn a_list_of_values_that_is_not_known_is_not_found() {
    let world = World::new().await;
    let unknown = world.get("/bulkImportMappingTypes/ActivistCode/ContactTypeID/values").await;
    let errors_ = errors(unknown, StatusCode::NOT_FOUND).await;
    assert_eq!(errors_[0]["code"], "NOT_FOUND");
    assert!(errors_[0]["text"].as_str().unwrap().contains("'ContactTypeID'"));
    for path in ["/Nothing", "/Nothing/Field/values", "/Phones/Nothing/values"] {
        let response = world.get(&format!("/bulkImportMappingTypes{path}")).await;
        let errors = errors(response, StatusCode::NOT_FOUND).await;
        assert_eq!(errors[0]["text"], "The specified resource cannot be found.");
    }
}

#[tokio::test]
async fn the_resources_are_a_bare_array() {
    let world = World::new().await;
    assert_eq!(
        world.get_json("/bulkImportJobs/resources").await,
        json!(["Contacts", "Contributions", "ActivistCodes", "ContactsActivistCodes"])
    );
}

#[tokio::test]
async fn an_echo_says_what_was_said() {
    let world = World::new().await;
    let response = world.post("/echoes", r#"{"message": "hello"}"#).await;
    assert_eq!(response.json::<Json>().await.unwrap(), json!({"message": "hello"}));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_vans_shape() {
    let world = World::new().await;
    let missing = errors(world.get("/people").await, StatusCode::NOT_FOUND).await;
    assert_eq!(missing, [json!({"code": "NOT_FOUND", "text": "The specified resource cannot be found."})]);
    let wrong = errors(world.get("/bulkImportJobs").await, StatusCode::METHOD_NOT_ALLOWED).await;
    assert_eq!(wrong[0]["code"], "METHOD_NOT_ALLOWED");
    for id in ["no-number", "99999999999", "-1", "7"] {
        errors(world.get(&format!("/bulkImportJobs/{id}")).await, StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn several_slashes_in_a_row_are_one() {
    let world = World::with(Config { page_size: 3, ..config() }).await;
    // As everyaction-client asks for it.
    assert_eq!(world.get_json("//apiKeyProfiles?$top=50&$skip=0").await["count"], 1);
    let page = world.get_json("//bulkImportMappingTypes///Phones//PhoneTypeID/values?$top=2").await;
    assert_eq!(page, world.get_json("/bulkImportMappingTypes/Phones/PhoneTypeID/values?$top=2").await);
    errors(world.get("//unknown").await, StatusCode::NOT_FOUND).await;
}
