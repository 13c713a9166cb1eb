//! Plots as SVG: bars for servers side by side, lines for what grows. Drawn by hand, since bars and
//! lines are all that is needed.

use std::fmt::Write as _;

use crate::figures::{Figures, Findings};

pub(super) const WIDTH: f64 = 720.0;
const LEFT: f64 = 190.0;
const BAR: f64 = 22.0;
const GAP: f64 = 10.0;
const TOP: f64 = 44.0;

/// Every plot that the findings allow, with the name of its file.
pub(super) fn all(findings: &Findings) -> Vec<(String, String)> {
    let mut plots = Vec::new();
    let mut cases: Vec<&str> = findings.figures.iter().map(|f| f.case.as_str()).collect();
    cases.dedup();
    for case in cases {
        let of_case = || {
            findings
                .figures
                .iter()
                .filter(|figures| figures.case == case)
        };
        // The most telling load: many clients, but not so many that only the queue is seen.
        let clients = of_case()
            .map(|f| f.clients)
            .filter(|clients| *clients <= 64)
            .max();
        let bars: Vec<_> = of_case()
            .filter(|figures| Some(figures.clients) == clients)
            .collect();
        if bars.len() > 1 {
            let title = format!("{case}: CPU per request, {} clients", clients.unwrap_or(0));
            plots.push((format!("cpu-{case}.svg"), bar_chart(&title, &bars)));
        }
    }
    plots
}

/// One bar for each server. The scale is logarithmic, since servers differ by two orders.
fn bar_chart(title: &str, bars: &[&Figures]) -> String {
    let most = bars.iter().map(|bar| bar.cpu_us).fold(1.0, f64::max);
    let least = bars.iter().map(|bar| bar.cpu_us).fold(most, f64::min) / 4.0;
    let scale = |us: f64| (us / least).ln() / (most / least).ln() * (WIDTH - LEFT - 160.0);
    let height = TOP + (BAR + GAP) * count(bars.len()) + 12.0;
    let mut svg = head(title, height);
    for (position, bar) in bars.iter().enumerate() {
        let y = TOP + (BAR + GAP) * count(position);
        let colour = if bar.server.starts_with("Genkan") {
            "#2f6f5e"
        } else {
            "#9aa5b1"
        };
        let ratio = bar
            .ratio
            .map_or(String::new(), |ratio| format!(" ({ratio:.2} ×)"));
        let width = scale(bar.cpu_us);
        let (middle, beside) = (y + BAR * 0.7, LEFT + width + 6.0);
        let _ = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{middle:.0}\" text-anchor=\"end\">{}</text>\n\
             <rect x=\"{LEFT:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{BAR:.0}\" \
             fill=\"{colour}\"/>\n\
             <text x=\"{beside:.0}\" y=\"{middle:.0}\">{:.1} µs{ratio}</text>\n",
            LEFT - 8.0,
            bar.server,
            bar.cpu_us,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The begin of every plot.
pub(super) fn head(title: &str, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\" fill=\"#1f2933\">\n\
         <rect width=\"{WIDTH:.0}\" height=\"{height:.0}\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"24\" font-size=\"15\">{title} (logarithmic)</text>\n"
    )
}

#[allow(clippy::cast_precision_loss, reason = "a handful of bars")]
fn count(number: usize) -> f64 {
    number as f64
}
