//! A graph as SVG.

use maud::{Markup, html};

use super::layout::{Place, places};
use super::{Edge, Graph, Node, NodeKind};

/// The height of a node with a label alone, of each line below the label, and of the space between rows.
const NODE: usize = 34;
const LINE: usize = 15;
const SPACE: usize = 28;
/// The width of a letter of the labels, which are monospaced, in tenths, and the space around a label.
const LETTER: usize = 76;
const PADDING: usize = 26;
/// The width of a letter of the lines below labels, in tenths, as most of them are.
const SMALL_LETTER: usize = 64;
/// The space between layers.
const GAP: usize = 96;
const MARGIN: usize = 10;
/// The most letters of a label and of the values on a line; the whole text is in the description and in the table.
const MOST_LETTERS: usize = 30;
const MOST_LIMIT_LETTERS: usize = 36;

/// The graph, whose elements get ids that begin with `id`; the words beside it say the same.
pub(crate) fn svg(graph: &Graph, id: &str, title: &str) -> Markup {
    let places = places(graph);
    let texts: Vec<Texts> = (0..graph.nodes.len()).map(|node| Texts::of(graph, node)).collect();
    let last = places.iter().map(|place| place.layer).max().unwrap_or_default();
    // Each layer is as wide as its longest text.
    let widths: Vec<usize> = (0..=last)
        .map(|layer| {
            let in_layer = places.iter().zip(&texts).filter(|(place, _)| place.layer == layer);
            in_layer.map(|(_, texts)| texts.width()).max().unwrap_or_default()
        })
        .collect();
    let left: Vec<usize> =
        (0..=last).map(|layer| MARGIN + widths[..layer].iter().sum::<usize>() + layer * GAP).collect();
    let tops = tops(&places, &texts);
    let boxes: Vec<Box> = places
        .iter()
        .zip(&texts)
        .map(|(place, texts)| Box {
            x: left[place.layer],
            y: tops[place.row],
            width: widths[place.layer],
            height: texts.height(),
        })
        .collect();
    let total_width = left[last] + widths[last] + MARGIN;
    let total_height = boxes.iter().map(|place| place.y + place.height).max().unwrap_or_default() + MARGIN;
    html! {
        svg role="img" aria-labelledby={ (id) "-title " (id) "-desc" }
            width=(total_width) height=(total_height)
            viewBox={ "0 0 " (total_width) " " (total_height) } {
            title id={ (id) "-title" } { (title) }
            desc id={ (id) "-desc" } { (graph.sentences().join(" ")) }
            @for edge in &graph.edges { (line(edge, &boxes)) }
            @for ((node, place), texts) in graph.nodes.iter().zip(&boxes).zip(&texts) { (node_box(node, place, texts)) }
        }
    }
}

/// What is written in a node.
struct Texts {
    label: String,
    /// Below it: which values of which parents allow the field.
    limits: Vec<String>,
}

impl Texts {
    fn of(graph: &Graph, node: usize) -> Self {
        let limits = graph.edges.iter().filter(|edge| edge.child == node).filter_map(|edge| {
            let words: Vec<&str> = edge.values.as_ref()?.iter().map(String::as_str).collect();
            let parent = cut(&graph.nodes[edge.parent].label, MOST_LIMIT_LETTERS / 2);
            Some(cut(&format!("{parent} = {}", words.join(", ")), MOST_LIMIT_LETTERS))
        });
        Self { label: cut(&graph.nodes[node].label, MOST_LETTERS), limits: limits.collect() }
    }

    fn width(&self) -> usize {
        let limits = self.limits.iter().map(|limit| limit.chars().count() * SMALL_LETTER / 10);
        limits.chain([self.label.chars().count() * LETTER / 10]).max().unwrap_or_default() + PADDING
    }

    fn height(&self) -> usize {
        NODE + self.limits.len() * LINE
    }
}

/// Where each row begins: below the highest node of the row above.
fn tops(places: &[Place], texts: &[Texts]) -> Vec<usize> {
    let rows = places.iter().map(|place| place.row).max().unwrap_or_default();
    let mut tops = vec![MARGIN];
    for row in 0..rows {
        let in_row = places.iter().zip(texts).filter(|(place, _)| place.row == row);
        let highest = in_row.map(|(_, texts)| texts.height()).max().unwrap_or(NODE);
        tops.push(tops[row] + highest + SPACE);
    }
    tops
}

struct Box {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

impl Box {
    fn right(&self) -> usize {
        self.x + self.width
    }

    /// The height at which lines leave and enter: that of the label.
    fn middle(&self) -> usize {
        self.y + NODE / 2
    }
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

fn node_box(node: &Node, place: &Box, texts: &Texts) -> Markup {
    let class = match node.kind {
        NodeKind::Required => "node node-required",
        NodeKind::Conditional => "node node-conditional",
        NodeKind::Optional => "node",
        NodeKind::Rest => "node node-rest",
    };
    let center = place.x + place.width / 2;
    html! {
        g class=(class) {
            @if texts.label != node.label { title { (node.label) } }
            rect x=(place.x) y=(place.y) width=(place.width) height=(place.height) rx="7" {}
            text x=(center) y=(place.middle() + 5) text-anchor="middle" { (texts.label) }
            @for (index, limit) in texts.limits.iter().enumerate() {
                text class="limit" x=(center) y=(place.middle() + 5 + (index + 1) * LINE) text-anchor="middle" { (limit) }
            }
        }
    }
}
