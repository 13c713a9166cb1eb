//! Lines for what grows: one plot for each thing that is measured, one line for each server. Both
//! axes are logarithmic, so that what grows in proportion is a straight rising line, and what does
//! not grow at all a level one.

use std::fmt::Write as _;

use super::chart::{WIDTH, head};
use crate::figures::{Curve, Findings};

const HEIGHT: f64 = 300.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 180.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 40.0;
const COLOURS: [&str; 3] = ["#2f6f5e", "#b5651d", "#4a5f8a"];

/// Every plot that the findings allow, with the name of its file.
pub(super) fn all(findings: &Findings) -> Vec<(String, String)> {
    let mut names: Vec<&str> = Vec::new();
    for curve in &findings.curves {
        if curve.points.len() > 1 && !names.contains(&curve.plot.as_str()) {
            names.push(&curve.plot);
        }
    }
    let plot = |name: &str| {
        let lines: Vec<_> = findings.curves.iter().filter(|c| c.plot == name).collect();
        let file = name.to_ascii_lowercase().replace(' ', "-");
        (format!("growth-{file}.svg"), draw(name, &lines))
    };
    names.into_iter().map(plot).collect()
}

/// The range of one axis.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::MAX, f64::min).max(1e-6);
        let high = values.fold(low, f64::max);
        Self {
            low,
            high,
            from,
            to,
        }
    }

    /// A little room on both sides, so that a level line is level and not noise drawn large.
    fn wide(mut self) -> Self {
        (self.low, self.high) = (self.low / 2.0, self.high * 2.0);
        self
    }

    fn place(&self, value: f64) -> f64 {
        let share = match self.high > self.low {
            true => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
            false => 0.5,
        };
        self.from + share * (self.to - self.from)
    }
}

fn draw(title: &str, lines: &[&Curve]) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let across = Axis::of(points().map(|(at, _)| *at), LEFT, WIDTH - RIGHT);
    let up = Axis::of(points().map(|(_, value)| *value), HEIGHT - BOTTOM, TOP).wide();
    let (over, unit) = lines
        .first()
        .map_or(("", ""), |line| (line.over, line.unit));
    let mut svg = head(&format!("{title}, {unit}"), HEIGHT);
    let _ = writeln!(
        svg,
        "<path d=\"M{LEFT:.0} {TOP:.0}V{:.0}H{:.0}\" fill=\"none\" stroke=\"#9aa5b1\"/>",
        HEIGHT - BOTTOM,
        WIDTH - RIGHT
    );
    let mut marks: Vec<f64> = points().map(|(at, _)| *at).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    for mark in marks {
        let (x, y) = (across.place(mark), HEIGHT - BOTTOM + 18.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"middle\">{mark} {over}</text>"
        );
    }
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        draw_line(&mut svg, line, &across, &up, colour);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_line(svg: &mut String, line: &Curve, across: &Axis, up: &Axis, colour: &str) {
    let places = line.points.iter();
    let places: Vec<_> = places
        .map(|(at, value)| (across.place(*at), up.place(*value), *value))
        .collect();
    let path: Vec<_> = places
        .iter()
        .map(|(x, y, _)| format!("{x:.0},{y:.0}"))
        .collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
        path.join(" ")
    );
    for (x, y, value) in &places {
        let above = y - 8.0;
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"3\" fill=\"{colour}\"/>\n\
             <text x=\"{x:.0}\" y=\"{above:.0}\" text-anchor=\"middle\" fill=\"{colour}\">{value:.1}</text>"
        );
    }
    if let Some((x, y, _)) = places.last() {
        let (x, y) = (x + 24.0, y + 4.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" fill=\"{colour}\">{}</text>",
            line.line
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plot_has_a_line_for_each_server_and_a_mark_for_each_size() {
        let mut findings = Findings::default();
        for (line, factor) in [("Genkan, SQLite", 1.0), ("Genkan, PostgreSQL", 2.0)] {
            for size in [1_000.0, 10_000.0] {
                let curve = Curve {
                    plot: "search p95 by entries".to_owned(),
                    line: line.to_owned(),
                    over: "entries",
                    unit: "ms",
                    points: Vec::new(),
                };
                findings.grow(curve, size, size * factor / 1_000.0);
            }
        }
        let plots = all(&findings);
        let [(name, svg)] = &plots[..] else {
            panic!("one plot")
        };
        assert_eq!(name, "growth-search-p95-by-entries.svg");
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert_eq!(svg.matches(" entries</text>").count(), 2, "{svg}");
        assert!(svg.contains(">20.0</text>"), "{svg}");
    }
}
