//! Where the fields of a graph stand.

use super::{Graph, NodeKind};

/// The place of a node: its layer from the left, and its place in the layer from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) layer: usize,
    pub(super) row: usize,
}

/// The place of every node. A child is right of all that it needs; within a layer, children stand at the height of what they
/// need as far as there is room, which keeps lines short and crossings few.
pub(super) fn places(graph: &Graph) -> Vec<Place> {
    let layers = layers(graph);
    let mut rows = vec![0; graph.nodes.len()];
    for layer in 0..=layers.iter().copied().max().unwrap_or_default() {
        let mut members: Vec<usize> = (0..layers.len()).filter(|node| layers[*node] == layer).collect();
        // Stable: fields that want the same height keep VAN's order. The box of the rest is the last.
        members.sort_by_key(|node| match graph.nodes[*node].kind {
            NodeKind::Rest => usize::MAX,
            _ if layer == 0 => children_first(graph, *node),
            _ => wanted_height(graph, &rows, *node),
        });
        let mut next = 0;
        for node in members {
            let wanted = if layer == 0 { next } else { wanted_height(graph, &rows, node) / SCALE };
            rows[node] = wanted.max(next);
            next = rows[node] + 1;
        }
    }
    layers.into_iter().zip(rows).map(|(layer, row)| Place { layer, row }).collect()
}

/// The length of the longest way to each node. A schema whose parents go in a circle has no builders, so it does not get here;
/// a circle would end after as many rounds as there are nodes.
fn layers(graph: &Graph) -> Vec<usize> {
    let mut layers = vec![0; graph.nodes.len()];
    for _ in 0..graph.nodes.len() {
        let mut is_done = true;
        for edge in &graph.edges {
            if layers[edge.child] <= layers[edge.parent] && layers[edge.parent] + 1 < graph.nodes.len() {
                layers[edge.child] = layers[edge.parent] + 1;
                is_done = false;
            }
        }
        if is_done {
            break;
        }
    }
    layers
}

/// Fields on which others depend come first.
fn children_first(graph: &Graph, node: usize) -> usize {
    usize::from(graph.edges.iter().all(|edge| edge.parent != node))
}

/// Heights are compared in parts of a row.
const SCALE: usize = 16;

/// The mean height of what a node needs, in parts of a row.
fn wanted_height(graph: &Graph, rows: &[usize], node: usize) -> usize {
    let parents: Vec<usize> =
        graph.edges.iter().filter(|edge| edge.child == node).map(|edge| rows[edge.parent]).collect();
    parents.iter().sum::<usize>() * SCALE / parents.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{field, graph};
    use super::*;

    fn needs(parents: &[&str]) -> String {
        let one = |name: &&str| format!(r#"{{"parentFieldName": "{name}", "limitedToParentValues": null}}"#);
        parents.iter().map(one).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn a_field_stands_right_of_all_that_it_needs_and_no_two_stand_at_one_place() {
        let fields = [
            field("C", false, &needs(&["B", "A"])),
            field("A", true, ""),
            field("B", false, &needs(&["A"])),
            field("D", false, &needs(&["A"])),
            field("E", false, ""),
        ];
        let graph = graph(&fields.join(","));
        let places = places(&graph);
        for edge in &graph.edges {
            assert!(places[edge.parent].layer < places[edge.child].layer, "{edge:?}");
        }
        for (index, place) in places.iter().enumerate() {
            assert!(!places[..index].contains(place), "{places:?}");
        }
    }
}
