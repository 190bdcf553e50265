//! A graph as SVG.

use maud::{Markup, html};

use super::layout::places;
use super::{Edge, Graph, Node, NodeKind};

/// The height of a node, and of a node with the space below it.
const NODE: usize = 34;
const ROW: usize = 62;
/// The width of a letter of the labels, which are monospaced, in tenths, and the space around a label.
const LETTER: usize = 76;
const PADDING: usize = 26;
/// The space between layers, where the values of parents are written.
const GAP: usize = 150;
const MARGIN: usize = 10;
/// The most letters of a label and of the values on a line; the whole text is in the description and in the table.
const MOST_LETTERS: usize = 30;
const MOST_VALUE_LETTERS: usize = 18;

/// The graph, whose elements get ids that begin with `id`; the words beside it say the same.
pub(crate) fn svg(graph: &Graph, id: &str, title: &str) -> Markup {
    let places = places(graph);
    let labels: Vec<String> = graph.nodes.iter().map(|node| cut(&node.label, MOST_LETTERS)).collect();
    let last = places.iter().map(|place| place.layer).max().unwrap_or_default();
    // Each layer is as wide as its longest label.
    let widths: Vec<usize> = (0..=last)
        .map(|layer| {
            let in_layer = places.iter().zip(&labels).filter(|(place, _)| place.layer == layer);
            in_layer.map(|(_, label)| width(label)).max().unwrap_or_default()
        })
        .collect();
    let left: Vec<usize> =
        (0..=last).map(|layer| MARGIN + widths[..layer].iter().sum::<usize>() + layer * GAP).collect();
    let boxes: Vec<Box> = places
        .iter()
        .map(|place| Box { x: left[place.layer], y: MARGIN + place.row * ROW, width: widths[place.layer] })
        .collect();
    let total_width = left[last] + widths[last] + MARGIN;
    let rows = places.iter().map(|place| place.row).max().unwrap_or_default();
    let total_height = 2 * MARGIN + rows * ROW + NODE;
    html! {
        svg role="img" aria-labelledby={ (id) "-title " (id) "-desc" }
            width=(total_width) height=(total_height)
            viewBox={ "0 0 " (total_width) " " (total_height) } {
            title id={ (id) "-title" } { (title) }
            desc id={ (id) "-desc" } { (graph.sentences().join(" ")) }
            @for edge in &graph.edges { (line(edge, &boxes)) }
            @for ((node, place), label) in graph.nodes.iter().zip(&boxes).zip(&labels) { (node_box(node, place, label)) }
            // Above lines and nodes, so that no line crosses out a word.
            @for (index, edge) in graph.edges.iter().enumerate() { (value_label(graph, index, edge, &boxes)) }
        }
    }
}

struct Box {
    x: usize,
    y: usize,
    width: usize,
}

impl Box {
    fn right(&self) -> usize {
        self.x + self.width
    }

    fn middle(&self) -> usize {
        self.y + NODE / 2
    }
}

fn width(label: &str) -> usize {
    label.chars().count() * LETTER / 10 + PADDING
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A line from a parent to a child, with an arrow head.
fn line(edge: &Edge, boxes: &[Box]) -> Markup {
    let (from, to) = (&boxes[edge.parent], &boxes[edge.child]);
    let (x1, y1, x2, y2) = (from.right(), from.middle(), to.x, to.middle());
    // Level at both ends, so that a line leaves and enters its fields in the direction of reading.
    let bend = (x2.saturating_sub(x1) / 2).min(GAP / 2);
    let class = if edge.one_of_several { "edge edge-any" } else { "edge" };
    // Closed by hand: only in HTML do some elements end by themselves.
    html! {
        path class=(class) d={ "M" (x1) " " (y1) " C" (x1 + bend) " " (y1) " " (x2 - bend) " " (y2) " " (x2 - 6) " " (y2) } {}
        path class="arrow" d={ "M" (x2) " " (y2) " l-8 -4 v8 z" } {}
    }
}

fn node_box(node: &Node, place: &Box, label: &str) -> Markup {
    let class = match node.kind {
        NodeKind::Required => "node node-required",
        NodeKind::Conditional => "node node-conditional",
        NodeKind::Optional => "node",
        NodeKind::Rest => "node node-rest",
    };
    html! {
        g class=(class) {
            @if label != node.label { title { (node.label) } }
            rect x=(place.x) y=(place.y) width=(place.width) height=(NODE) rx="7" {}
            text x=(place.x + place.width / 2) y=(place.y + NODE / 2 + 5) text-anchor="middle" { (label) }
        }
    }
}

/// The values that a line stands for, in front of its child. Several lines into one field have their words above each other.
fn value_label(graph: &Graph, index: usize, edge: &Edge, boxes: &[Box]) -> Markup {
    let Some(values) = &edge.values else { return html! {} };
    let to = &boxes[edge.child];
    let is_one = |other: &&Edge| other.child == edge.child && other.values.is_some();
    let earlier = graph.edges[..index].iter().filter(is_one).count();
    let words: Vec<&str> = values.iter().map(String::as_str).collect();
    let label = cut(&format!("= {}", words.join(", ")), MOST_VALUE_LETTERS);
    let y = to.middle().saturating_sub(7 + 13 * earlier);
    html! {
        text class="limit" x=(to.x - 14) y=(y) text-anchor="end" { (label) }
    }
}
