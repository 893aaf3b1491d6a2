//! A run as one picture (SVG) for a page with a light or a dark background.
//!
//! A group of rows for each question that people ask; in it the engine, in green, and the peers of [`ENGINES`] that answer it, the fastest first. The scale
//! is logarithmic, so a row is a dot at its time and not a bar, whose length would mean nothing. The same figures give the same picture.

use std::fmt::Write;

use super::figure::{BASE, Run, Stage};

/// What is shown: title, what the numbers are for, stage, the stage in batches, workload.
const GROUPS: [Group; 6] = [
    Group::new("Check a host", "20 patterns", Stage::Check, Some(Stage::Batch), "w2-ordinary"),
    Group::new("Check a host", "10,000 patterns", Stage::Check, Some(Stage::Batch), "w4-ten-thousand"),
    Group::new(
        "Check a host",
        "20 hard patterns, *a??????????*.com",
        Stage::Check,
        Some(Stage::Batch),
        "w5-adversarial",
    ),
    Group::new("Check a host", "a random app of very many", Stage::Apps, Some(Stage::AppsBatch), "w6-apps"),
    Group::new(
        "Decide on a raw Origin header",
        "20 patterns",
        Stage::Header,
        Some(Stage::HeaderBatch),
        "w2-ordinary",
    ),
    Group::new(
        "Build a list",
        "20 patterns, which peers get in their own syntax",
        Stage::Build,
        None,
        "w2-ordinary",
    ),
];

/// Who is shown, and under which name.
const ENGINES: [(&str, &str); 16] = [
    (BASE, "guestlist"),
    ("guestlist-registry", "guestlist"),
    ("regex-set", "regex::RegexSet"),
    ("lazy-dfa", "regex-automata, lazy DFA"),
    ("dense-dfa", "regex-automata, dense DFA"),
    ("globset", "globset"),
    ("wax", "wax"),
    ("fast-glob", "fast-glob"),
    ("hash-siphash", "hash sets, by hand"),
    ("hash-foldhash", "hash sets, foldhash"),
    ("re2-set", "RE2::Set"),
    ("vectorscan", "Vectorscan"),
    ("pcre2-jit", "PCRE2, JIT"),
    ("url+regex-set", "url::Url + RegexSet"),
    ("http+regex-set", "http::Uri + RegexSet"),
    ("guestlist-gates-in-a-map", "map of guestlist gates"),
];

const WIDTH: f64 = 840.0;
/// Where the names end and the scale begins and ends.
const NAMES: f64 = 214.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = 750.0;
const TOP: f64 = 78.0;
const ROW: f64 = 22.0;
/// The title of a group, and the space above it.
const TITLE: f64 = 42.0;

/// Read on white and on black; the accent is the project's, the rest one muted colour.
const STYLE: &str = "\
    text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; fill: #57606a }
    .head { font-size: 17px; font-weight: 600; fill: #1f2328 }
    .title { font-weight: 600; fill: #1f2328 }
    .tick { font-size: 11px; fill: #7d8590 }
    .value { font-variant-numeric: tabular-nums }
    .line { stroke: #8c959f; stroke-opacity: .28 }
    .stem { stroke: #8c959f; stroke-width: 2; stroke-opacity: .55 }
    .dot { fill: #8c959f }
    .ours { font-weight: 600; fill: #0a7d4f }
    .stem.ours { stroke: #12a066; stroke-width: 4; stroke-opacity: 1 }
    .dot.ours { fill: #12a066 }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1 }
      .head, .title { fill: #f0f6fc }
      .ours { fill: #3fd08f }
      .stem.ours { stroke: #2ebd7b }
      .dot.ours { fill: #2ebd7b }
    }";

struct Group {
    title: &'static str,
    subtitle: &'static str,
    stage: Stage,
    batch: Option<Stage>,
    workload: &'static str,
}

impl Group {
    const fn new(
        title: &'static str,
        subtitle: &'static str,
        stage: Stage,
        batch: Option<Stage>,
        workload: &'static str,
    ) -> Group {
        Group { title, subtitle, stage, batch, workload }
    }

    /// What is known for it, the fastest first.
    fn rows(&self, run: &Run) -> Vec<Row> {
        let known = |stage: Stage, suffix: &str| {
            let figures = run.at(stage, self.workload).filter_map(|figure| {
                let (_, name) = ENGINES.iter().find(|(engine, _)| *engine == figure.engine)?;
                let ours = *name == BASE;
                Some(Row { name: format!("{name}{suffix}"), ns: figure.outcome.value()?, ours })
            });
            figures.collect::<Vec<_>>()
        };
        let mut rows = known(self.stage, "");
        if let Some(batch) = self.batch {
            rows.extend(known(batch, ", in batches").into_iter().filter(|row| row.ours));
        }
        rows.sort_by(|a, b| a.ns.total_cmp(&b.ns));
        rows
    }
}

struct Row {
    name: String,
    ns: f64,
    ours: bool,
}

/// The picture.
pub(super) fn draw(run: &Run) -> String {
    let groups = GROUPS.iter().map(|group| (group, group.rows(run))).filter(|(_, rows)| !rows.is_empty());
    let groups: Vec<_> = groups.collect();
    let times = || groups.iter().flat_map(|(_, rows)| rows).map(|row| row.ns.max(1.0).log10());
    let first = times().fold(f64::INFINITY, f64::min).floor();
    let first = if first.is_finite() { first } else { 0.0 };
    let last = times().fold(first + 1.0, f64::max).ceil();
    let x = |ns: f64| LEFT + (ns.max(1.0).log10() - first) / (last - first) * (RIGHT - LEFT);

    let height = TOP + groups.iter().map(|(_, rows)| TITLE + ROW * rows.len() as f64).sum::<f64>() + 46.0;
    let mut svg = String::new();
    // Writing to a String does not fail.
    let _ = draw_all(&mut svg, &groups, (first, last), x, height);
    svg
}

fn draw_all(
    svg: &mut String,
    groups: &[(&Group, Vec<Row>)],
    (first, last): (f64, f64),
    x: impl Fn(f64) -> f64,
    height: f64,
) -> std::fmt::Result {
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Times of guestlist and its peers">"#
    )?;
    writeln!(svg, "<style>\n{STYLE}\n</style>")?;
    writeln!(svg, r#"<text class="head" x="16" y="30">How long it takes</text>"#)?;
    writeln!(svg, r#"<text x="16" y="50">median of one run, logarithmic scale: shorter is faster</text>"#)?;

    let mut decades = Vec::new();
    let mut decade = first;
    while decade <= last {
        decades.push(10f64.powf(decade));
        decade += 1.0;
    }
    for y in [TOP, height - 16.0] {
        for ns in &decades {
            let at = x(*ns);
            let label = duration(*ns);
            writeln!(svg, r#"<text class="tick" x="{at:.1}" y="{y}" text-anchor="middle">{label}</text>"#)?;
        }
    }

    let mut y = TOP;
    for (group, rows) in groups {
        y += TITLE;
        writeln!(
            svg,
            r#"<text x="16" y="{:.0}"><tspan class="title">{}</tspan> · {}</text>"#,
            y - 9.0,
            escape(group.title),
            escape(group.subtitle)
        )?;
        // Beside the rows only, so that no line runs through a title.
        let bottom = y + ROW * rows.len() as f64;
        for at in decades.iter().map(|ns| x(*ns)) {
            writeln!(svg, r#"<path class="line" d="M{at:.1} {y}V{bottom}"/>"#)?;
        }
        for Row { name, ns, ours } in rows {
            let (middle, at, class) = (y + ROW / 2.0, x(*ns), if *ours { " ours" } else { "" });
            let baseline = middle + 4.5;
            writeln!(
                svg,
                r#"<text class="name{class}" x="{NAMES}" y="{baseline}" text-anchor="end">{}</text>"#,
                escape(name)
            )?;
            writeln!(svg, r#"<path class="stem{class}" d="M{LEFT} {middle}H{at:.1}"/>"#)?;
            writeln!(
                svg,
                r#"<circle class="dot{class}" cx="{at:.1}" cy="{middle}" r="{}"/>"#,
                if *ours { 6 } else { 4 }
            )?;
            writeln!(
                svg,
                r#"<text class="value{class}" x="{:.1}" y="{baseline}">{}</text>"#,
                at + 12.0,
                duration(*ns)
            )?;
            y += ROW;
        }
    }
    writeln!(svg, "</svg>")
}

/// As `9.6 ns`, `12 ns`, `1.6 µs`.
fn duration(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999_500.0 => (ns / 1e3, "µs"),
        ns => (ns / 1e6, "ms"),
    };
    let digits = usize::from(value < 9.95 && (value - value.round()).abs() > 0.049);
    format!("{value:.digits$} {unit}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::figure::{Figure, Outcome};
    use super::*;

    fn run(figures: &[(Stage, &str, &str, f64)]) -> Run {
        let figures = figures.iter();
        let figures = figures
            .map(|(stage, workload, engine, ns)| Figure::new(workload, *stage, engine, Outcome::Ns(*ns)));
        Run { hosts: 1, rounds: 1, cpu: Vec::new(), figures: figures.collect() }
    }

    #[test]
    fn the_fastest_comes_first_and_only_the_engine_and_known_peers_are_shown() {
        let w2 = "w2-ordinary";
        let run = run(&[
            (Stage::Check, w2, "regex-set", 70.0),
            (Stage::Check, w2, BASE, 20.0),
            (Stage::Check, w2, "hash-siphash", 33.0),
            (Stage::Check, w2, "guestlist-dfa", 21.0),
            (Stage::Batch, w2, BASE, 30.0),
        ]);
        let names: Vec<String> = GROUPS[0].rows(&run).into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["guestlist", "guestlist, in batches", "hash sets, by hand", "regex::RegexSet"]);
        assert_eq!(draw(&run), draw(&run));
    }

    #[test]
    fn nothing_measured_is_still_a_picture() {
        assert!(draw(&run(&[])).ends_with("</svg>\n"));
    }

    #[test]
    fn durations_have_two_digits_where_they_need_them() {
        let all = [1.0, 7.25, 12.4, 999.0, 999.9, 1620.0, 27_980.0, 1e6].map(duration);
        assert_eq!(all, ["1 ns", "7.2 ns", "12 ns", "999 ns", "1 µs", "1.6 µs", "28 µs", "1 ms"]);
    }
}
