//! The graph of what needs what among the fields of a mapping type.
//!
//! Fields stand in layers, each to the right of everything that it needs, so that the graph is read from left to right in an
//! order in which fields can be filled. Optional fields that nothing connects share one box, so that large mapping types stay
//! readable.

mod draw;
mod layout;

use van_bulk_schema::rules::{self, Required};
use van_bulk_schema::{MappingType, Schema, ValueList};

pub(crate) use draw::svg;

/// The fields of a mapping type and what they need.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
}

/// A field, or the box of optional fields that nothing connects.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its name, as it is shown.
    pub(crate) label: String,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Required,
    /// Required where its parents have certain values.
    Conditional,
    Optional,
    /// Several optional fields in one box.
    Rest,
}

/// That the field `child` needs the field `parent`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) parent: usize,
    pub(crate) child: usize,
    /// The values of the parent that allow the child; nothing if any does.
    pub(crate) values: Option<Vec<String>>,
    /// Whether another parent will do instead.
    pub(crate) one_of_several: bool,
}

impl Graph {
    pub(crate) fn new(schema: &Schema, mapping: &MappingType) -> Self {
        let is_parent = |name: &str| {
            mapping
                .fields
                .iter()
                .flat_map(|field| &field.parents)
                .any(|parent| parent.parent_field_name == name)
        };
        let mut nodes = Vec::new();
        let mut names = Vec::new();
        let mut rest = 0;
        for field in &mapping.fields {
            let kind = match rules::required(schema, mapping, field) {
                Required::Always => NodeKind::Required,
                Required::WhenAllowed => NodeKind::Conditional,
                Required::No => NodeKind::Optional,
            };
            if kind == NodeKind::Optional && field.parents.is_empty() && !is_parent(&field.name) {
                rest += 1;
            } else {
                nodes.push(Node { label: crate::text::name(&field.name), kind });
                names.push(field.name.as_str());
            }
        }
        let place = |name: &str| names.iter().position(|known| *known == name);
        let mut edges = Vec::new();
        for field in &mapping.fields {
            let limits = field.parent_limits();
            let any = schema.any_parent(&mapping.name, &field.name) && limits.len() > 1;
            for limit in limits {
                let (Some(parent), Some(child)) = (place(limit.parent), place(&field.name)) else { continue };
                let list = schema.values(&mapping.name, limit.parent);
                let values =
                    limit.allowed.map(|ids| ids.into_iter().map(|id| value_name(list, id)).collect());
                edges.push(Edge { parent, child, values, one_of_several: any });
            }
        }
        if rest > 0 {
            nodes.push(Node { label: rest_label(rest, nodes.is_empty()), kind: NodeKind::Rest });
        }
        Self { nodes, edges }
    }

    /// The graph in words, a sentence a field that needs another.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let required: Vec<&str> = self.labels(NodeKind::Required).collect();
        match required.as_slice() {
            [] => sentences.push("No field is required in every mapping.".to_owned()),
            [one] => sentences.push(format!("{one} is required.")),
            several => sentences.push(format!("{} are required.", joined(several, "and"))),
        }
        for (child, node) in self.nodes.iter().enumerate() {
            let edges: Vec<&Edge> = self.edges.iter().filter(|edge| edge.child == child).collect();
            let Some(first) = edges.first() else { continue };
            let word = if first.one_of_several { "or" } else { "and" };
            let needs: Vec<String> = edges.iter().map(|edge| self.need(edge)).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            let also = if node.kind == NodeKind::Conditional { " and is required then" } else { "" };
            sentences.push(format!("{} needs {}{also}.", node.label, joined(&needs, word)));
        }
        if self.edges.is_empty() {
            sentences.push("No field needs another one.".to_owned());
        }
        sentences
    }

    fn labels(&self, kind: NodeKind) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter(move |node| node.kind == kind).map(|node| node.label.as_str())
    }

    fn need(&self, edge: &Edge) -> String {
        let parent = &self.nodes[edge.parent].label;
        match &edge.values {
            None => parent.clone(),
            Some(values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                format!("{parent} to be {}", joined(&values, "or"))
            }
        }
    }
}

/// What people call a value; its id where the list does not name it.
fn value_name(list: Option<&ValueList>, id: &str) -> String {
    let name = list.and_then(|list| list.by_id(id)).map(|value| value.name.as_str());
    crate::text::name(name.filter(|name| !name.trim().is_empty()).unwrap_or(id))
}

fn rest_label(rest: usize, is_all: bool) -> String {
    match (rest, is_all) {
        (_, true) => format!("{}, all optional", crate::text::count(rest, "field")),
        (1, false) => "1 more field, optional".to_owned(),
        (_, false) => format!("{rest} more fields, optional"),
    }
}

/// Words with commas and a last word between them; of many, the first and how many more there are.
pub(crate) fn joined(words: &[&str], last: &str) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = words.iter().take(MOST).map(|word| (*word).to_owned()).collect();
    if words.len() > MOST {
        shown.push(format!("{} more", words.len() - MOST));
    }
    match shown.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => shown.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use van_bulk_schema::Snapshot;

    pub(super) fn graph(fields: &str) -> Graph {
        let text = format!(
            r#"{{"items": [{{"name": "M", "allowMultipleMode": "Single", "resourceTypes": ["Contacts"], "fields": [{fields}]}}]}}"#
        );
        let (snapshot, _) = Snapshot::parse([("mapping-types.json".to_owned(), text)].into());
        Graph::new(&snapshot.schema, &snapshot.schema.mapping_types[0])
    }

    pub(super) fn field(name: &str, required: bool, parents: &str) -> String {
        format!(
            r#"{{"name": "{name}", "hasPredefinedValues": false, "isRequired": {required}, "canBeMappedToColumn": true, "parents": [{parents}]}}"#
        )
    }

    #[test]
    fn the_graph_says_in_words_what_needs_what() {
        let limited = r#"{"parentFieldName": "Kind", "limitedToParentValues": ["1", "2"]}"#;
        let plain = r#"{"parentFieldName": "By", "limitedToParentValues": null}"#;
        let fields = [
            field("Kind", true, ""),
            field("By", false, ""),
            field("Note", true, limited),
            field("Both", false, &format!("{limited}, {plain}")),
            field("Alone", false, ""),
        ];
        let graph = graph(&fields.join(","));
        assert_eq!(
            graph.sentences(),
            [
                "Kind is required.",
                "Note needs Kind to be 1 or 2 and is required then.",
                "Both needs Kind to be 1 or 2 and By.",
            ]
        );
        assert_eq!(graph.nodes.last().unwrap().label, "1 more field, optional");
    }

    #[test]
    fn fields_that_nothing_connects_share_a_box() {
        let fields: Vec<String> = (0..40).map(|number| field(&format!("F{number}"), false, "")).collect();
        let graph = graph(&fields.join(","));
        assert_eq!(graph.nodes.len(), 1);
        assert_eq!(
            graph.sentences(),
            ["No field is required in every mapping.", "No field needs another one."]
        );
    }
}
