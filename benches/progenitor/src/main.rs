//! Generates a client with progenitor-impl from an OpenAPI document, formatted as its users format it, and prints the time
//! and the size of the text as one JSON object.
//!
//! The crate is published without the documents that its own tests read, so this one is made here, in the shape of a usual
//! service: 60 kinds of things of twelve properties, each listed in pages, viewed, made, changed and removed.

use std::error::Error;
use std::time::Instant;

use openapiv3::OpenAPI;
use progenitor_impl::Generator;
use serde_json::{Map, Value, json};

const KINDS: usize = 60;
const PROPERTIES: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let text = document().to_string();
    let begun = Instant::now();
    let document: OpenAPI = serde_json::from_str(&text)?;
    let tokens = Generator::default().generate_tokens(&document)?;
    let generated = prettyplease::unparse(&syn::parse2(tokens)?);
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", json!({ "seconds": seconds, "bytes": generated.len(), "peakKiB": peak_kib() }));
    Ok(())
}

fn document() -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for kind in 0..KINDS {
        let name = format!("Thing{kind}");
        paths.insert(format!("/v1/things{kind}"), json!({ "get": list(kind), "post": create(kind) }));
        paths.insert(
            format!("/v1/things{kind}/{{id}}"),
            json!({ "get": view(kind), "put": update(kind), "delete": delete(kind) }),
        );
        schemas.insert(format!("{name}Page"), page(&name));
        schemas.insert(format!("{name}Create"), thing(kind, &name, false));
        schemas.insert(name.clone(), thing(kind, &name, true));
    }
    schemas.insert("Error".to_owned(), error());
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "description": "A service of many kinds of things", "version": "1.0.0" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn refers(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn content(name: &str) -> Value {
    json!({ "application/json": { "schema": refers(name) } })
}

fn operation(id: String, summary: String, parameters: Value, status: &str, reply: Value) -> Value {
    json!({
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": { status: reply, "4XX": { "description": "The request was wrong", "content": content("Error") } },
    })
}

fn id() -> Value {
    json!([{
        "name": "id", "in": "path", "required": true, "description": "The id of the thing",
        "schema": { "type": "string", "format": "uuid" },
    }])
}

fn list(kind: usize) -> Value {
    let parameters = json!([
        { "name": "limit", "in": "query", "description": "The most things of a page", "schema": { "type": "integer", "format": "uint32", "minimum": 1 } },
        { "name": "page_token", "in": "query", "description": "Where the last page ended", "schema": { "type": "string" } },
    ]);
    let reply = json!({ "description": "A page of things", "content": content(&format!("Thing{kind}Page")) });
    operation(
        format!("thing{kind}_list"),
        format!("List the things of kind {kind}"),
        parameters,
        "200",
        reply,
    )
}

fn view(kind: usize) -> Value {
    let reply = json!({ "description": "The thing", "content": content(&format!("Thing{kind}")) });
    operation(format!("thing{kind}_view"), format!("View a thing of kind {kind}"), id(), "200", reply)
}

fn delete(kind: usize) -> Value {
    let reply = json!({ "description": "It is gone" });
    operation(format!("thing{kind}_delete"), format!("Remove a thing of kind {kind}"), id(), "204", reply)
}

fn create(kind: usize) -> Value {
    with_body(kind, "create", "Make", json!([]), "201")
}

fn update(kind: usize) -> Value {
    with_body(kind, "update", "Change", id(), "200")
}

fn with_body(kind: usize, verb: &str, word: &str, parameters: Value, status: &str) -> Value {
    let reply = json!({ "description": "The thing", "content": content(&format!("Thing{kind}")) });
    let mut operation = operation(
        format!("thing{kind}_{verb}"),
        format!("{word} a thing of kind {kind}"),
        parameters,
        status,
        reply,
    );
    operation["requestBody"] = json!({ "required": true, "content": content(&format!("Thing{kind}Create")) });
    operation
}

fn page(name: &str) -> Value {
    json!({
        "type": "object", "description": format!("Some of the things `{name}`"),
        "properties": {
            "items": { "type": "array", "items": refers(name), "description": "The things" },
            "next_page": { "type": "string", "nullable": true, "description": "Where this page ends" },
        },
        "required": ["items"],
    })
}

fn thing(kind: usize, name: &str, has_id: bool) -> Value {
    let mut properties = Map::new();
    let mut required = vec![json!("property0")];
    for number in 0..PROPERTIES {
        properties.insert(format!("property{number}"), property(kind, number));
    }
    if has_id {
        let id = json!({ "type": "string", "format": "uuid", "description": "Its id" });
        properties.insert("id".to_owned(), id);
        required.push(json!("id"));
    }
    let description = format!("A thing of kind {kind}, `{name}`");
    json!({ "type": "object", "description": description, "properties": properties, "required": required })
}

fn property(kind: usize, number: usize) -> Value {
    let description = format!("What property {number} of a thing of kind {kind} is for");
    match number % 6 {
        0 => json!({ "type": "string", "description": description, "maxLength": 63 }),
        1 => json!({ "type": "integer", "format": "int64", "description": description }),
        2 => json!({ "type": "boolean", "description": description }),
        3 => json!({ "type": "array", "items": { "type": "string" }, "description": description }),
        4 => json!({ "type": "string", "enum": ["first", "second", "third"], "description": description }),
        _ => {
            json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description })
        }
    }
}

fn error() -> Value {
    json!({
        "type": "object", "description": "What was wrong",
        "properties": { "message": { "type": "string" }, "request_id": { "type": "string" } },
        "required": ["message", "request_id"],
    })
}

/// The most memory that this process has had in use so far (`VmHWM`), where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
