//! Bars as SVG: one drawing for each group, readable on light and dark pages, and by those who hear it read.

use std::fmt::Write as _;

use super::samples::{Ratio, Samples};
use super::targets::number;

/// Contenders side by side. The shortest bar is best, unless the title says otherwise.
#[derive(Debug)]
pub(in crate::bench) struct Chart {
    title: String,
    unit: &'static str,
    bars: Vec<(String, Ratio)>,
}

impl Chart {
    pub(in crate::bench) fn new(title: impl Into<String>, unit: &'static str) -> Self {
        Self { title: title.into(), unit, bars: Vec::new() }
    }

    /// The seconds of contenders.
    pub(in crate::bench) fn of_seconds(title: impl Into<String>, samples: &[Samples]) -> Self {
        let bars = samples.iter().filter(|samples| !samples.seconds.is_empty());
        let bars = bars.map(|samples| (samples.name.clone(), samples.seconds()));
        bars.fold(Self::new(title, "s"), |chart, (name, ratio)| chart.bar(name, ratio))
    }

    #[must_use]
    pub(in crate::bench) fn bar(mut self, name: impl Into<String>, value: Ratio) -> Self {
        self.bars.push((name.into(), value));
        self
    }

    /// What a screen reader says.
    fn sentence(&self) -> String {
        let bars: Vec<String> = self
            .bars
            .iter()
            .map(|(name, ratio)| format!("{name} {} {}", number(ratio.value), self.unit))
            .collect();
        format!("{}: {}.", self.title, bars.join(", "))
    }
}

const WIDTH: f64 = 820.0;
/// Where names end and bars begin: names of up to 45 letters have room.
const LEFT: f64 = 290.0;
/// What is left for the figures behind bars.
const RIGHT: f64 = 130.0;
const BAR: f64 = 16.0;
const ROW: f64 = 24.0;
const HEAD: f64 = 30.0;
const GAP: f64 = 14.0;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600}.ours{fill:#0969da}\
    .other{fill:#8c959f}.spread{stroke:#1f2328;stroke-width:1.5}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#4493f8}.other{fill:#6e7681}.spread{stroke:#e6edf3}}";

/// Draws the charts of a group below each other.
pub(in crate::bench) fn svg(group: &str, charts: &[Chart]) -> String {
    let mut body = String::new();
    let mut top = GAP;
    for chart in charts {
        top = draw(&mut body, chart, top) + GAP;
    }
    let sentences: Vec<String> = charts.iter().map(Chart::sentence).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" width=\"{WIDTH}\" height=\"{top}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">Benches of the group {}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n{body}</svg>\n",
        escape(group),
        escape(&sentences.join(" ")),
    )
}

/// Draws one chart from `top` on, and gives where it ends.
fn draw(svg: &mut String, chart: &Chart, top: f64) -> f64 {
    let most = chart.bars.iter().map(|(_, ratio)| ratio.high).fold(f64::MIN_POSITIVE, f64::max);
    let scale = |value: f64| LEFT + (value / most).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT);
    let title = escape(&format!("{} ({})", chart.title, chart.unit));
    // Writing to a string does not fail.
    let _ = writeln!(svg, "<text class=\"head\" x=\"12\" y=\"{:.0}\">{title}</text>", top + 14.0);
    let mut y = top + HEAD;
    for (name, ratio) in &chart.bars {
        let (class, end, middle) = (class(name), scale(ratio.value), y + BAR / 2.0);
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\"/>",
            LEFT - 8.0,
            middle + 4.0,
            escape(name),
            (end - LEFT).max(1.0),
        );
        if ratio.low < ratio.high {
            let (low, high) = (scale(ratio.low), scale(ratio.high));
            let _ = writeln!(
                svg,
                "<line class=\"spread\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\"/>"
            );
        }
        let behind = scale(ratio.high).max(end) + 8.0;
        let told = escape(&format!("{} {}", number(ratio.value), chart.unit));
        let _ = writeln!(svg, "<text x=\"{behind:.1}\" y=\"{:.1}\">{told}</text>", middle + 4.0);
        y += ROW;
    }
    y
}

fn class(name: &str) -> &'static str {
    if name.starts_with("ours") { "ours" } else { "other" }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_says_in_words_what_it_shows() {
        let chart = Chart::new("reading <fast> & well", "s")
            .bar("ours", Ratio { value: 1.0, low: 0.9, high: 1.2 })
            .bar("another", Ratio::exact(4.0));
        let svg = svg("pack", &[chart]);
        assert!(
            svg.contains("<desc id=\"desc\">reading &lt;fast&gt; &amp; well: ours 1 s, another 4 s.</desc>"),
            "{svg}"
        );
        assert_eq!(
            (svg.matches("<rect class=\"ours\"").count(), svg.matches("<rect class=\"other\"").count()),
            (1, 1)
        );
        assert_eq!(svg.matches("<line").count(), 1);
    }
}
