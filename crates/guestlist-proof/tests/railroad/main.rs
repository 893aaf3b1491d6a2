//! Pictures of patterns: what must hold for each of them, and how a few look.

// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod picture;

use guestlist::{Limits, Pattern};
use guestlist_proof::railroad::{self, Style};

use crate::picture::{Area, Picture};

fn parse(text: &str) -> Pattern {
    let limits = Limits::default().nesting(Limits::MAX_NESTING).pattern_bytes(1 << 20).alternatives(1 << 20);
    Pattern::parse_with(text, &limits).unwrap_or_else(|error| panic!("{error}"))
}

fn svg(texts: &[&str]) -> String {
    let patterns: Vec<Pattern> = texts.iter().map(|text| parse(text)).collect();
    railroad::svg(&patterns.iter().collect::<Vec<_>>(), &Style::default())
}

/// Patterns of every kind.
const KINDS: [&str; 33] = [
    "example.com",
    "*",
    "*.example.com",
    "{,www.}example.com",
    "{www.,}example.com",
    "localhost:{3000,80*}",
    "localhost:*",
    "localhost:{*,8?}",
    "localhost:80{,*}",
    "{app[1-3],*-prev?ew}.{eu,us{1,2}}.example.com:8080",
    "[::1]",
    "[2001:db8::1]:{80,443}",
    "{localhost:3000,example.com}",
    "{a.,b}c.com",
    "app{1,2}.com",
    "{,www.}app{1,2}{.com,.org}",
    "a{b,c.d}e.com",
    "a{:8,b}0",
    "a{:8,b}*",
    "example.com{,:8080,:300?}",
    "bücher.example",
    "{bücher,books}.example",
    "*{,*.}?a??.{,}{,x}y.{z}.com",
    "x[a][a-a][abc][aa-][a-c0-9_].com",
    "10.0.0.*",
    "n{,{a,{b,c}.d}}.e",
    "{{,a}{,b}{,c}z.,}q.com",
    "{a{b{c,d},e},f}.g{h,i}",
    "{{{{{{{{a,b},c},d},e},f},g},h},i}.com",
    "{a:{80,81},b}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "*a*b*c*d*e*f*.?g?h?i?j.com",
    "{alpha,bravo,charlie,delta,echo,foxtrot,golf,hotel,india,juliett,kilo}.com",
];

/// Every pattern of the tables of cases that is accepted: people's patterns, and hard ones.
fn tables() -> Vec<Pattern> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/");
    let mut patterns = Vec::new();
    for (file, column) in [("match-cases.tsv", 0), ("hard-match-cases.tsv", 1)] {
        let text = std::fs::read_to_string(format!("{root}{file}")).unwrap();
        let texts = text.lines().filter_map(|line| line.split('\t').nth(column));
        patterns.extend(texts.filter_map(|text| Pattern::parse(text).ok()));
    }
    assert!(patterns.len() > 300, "{}", patterns.len());
    patterns
}

/// What holds for every picture.
fn check(patterns: &[&Pattern]) -> Picture {
    let svg = railroad::svg(patterns, &Style::default());
    let names: Vec<&str> = patterns.iter().map(|pattern| pattern.canonical()).collect();
    let picture = Picture::read(&svg);
    let paper = picture.paper.as_ref().unwrap();
    let all = picture.shapes.iter().chain(&picture.texts).chain(&picture.captions).chain(&picture.lines);
    for area in all {
        assert!(paper.holds(area), "{names:?}: {area:?} is not on the paper");
    }
    nothing_overlaps(&picture, &names);
    let drawn = patterns.iter().take(Style::default().rows);
    let count =
        |sign: char| drawn.clone().map(|pattern| pattern.canonical().matches(sign).count()).sum::<usize>();
    // Dots, colons and alternatives of the picture are those of the text, neither lost nor written out.
    assert_eq!(picture.texts.iter().filter(|area| area.what == ".").count(), count('.'), "{names:?}");
    if !drawn.clone().any(|pattern| pattern.canonical().starts_with('[')) {
        let colons = picture.texts.iter().filter(|area| area.what.starts_with(':')).count();
        assert_eq!(colons, count(':'), "{names:?}");
    }
    let rows = drawn.clone().count();
    assert_eq!(picture.branches, count(',') + rows.saturating_sub(1), "{names:?}");
    for pattern in drawn {
        let caption: String = picture.captions.iter().map(|area| area.what.as_str()).collect();
        assert!(caption.contains(pattern.canonical()), "{caption}");
    }
    picture
}

/// What is left free between two boxes, and around a text in its box, in pixels.
const AIR: i64 = 4;

fn nothing_overlaps(picture: &Picture, names: &[&str]) {
    let boxes = &picture.shapes;
    for (index, one) in boxes.iter().enumerate() {
        for other in &boxes[..index] {
            let is_end = one.what == "end" || one.what == "ring";
            let nested = one.holds(other) && !other.holds(one) || other.holds(one) && !one.holds(other);
            let apart = one.with_margin(AIR).is_apart_from(other);
            assert!(is_end || nested || apart, "{names:?}: {one:?} and {other:?}");
        }
    }
    for (index, text) in picture.texts.iter().enumerate() {
        let others = picture.texts[..index].iter().chain(&picture.captions);
        assert!(others.clone().all(|other| text.is_apart_from(other)), "{names:?}: {text:?}");
        let holds = |area: &Area| match area.what.as_str() {
            "mark" => !area.is_apart_from(text),
            _ => area.holds(&text.with_margin(AIR)),
        };
        assert!(boxes.iter().any(holds), "{names:?}: {text:?} is in no box");
        for area in boxes {
            let fits = area.is_apart_from(text) || holds(area);
            assert!(fits, "{names:?}: {text:?} and {area:?}");
        }
    }
    for (index, caption) in picture.captions.iter().enumerate() {
        let others = picture.captions[..index].iter().chain(boxes).chain(&picture.lines);
        for other in others {
            assert!(caption.is_apart_from(other), "{names:?}: {caption:?} and {other:?}");
        }
    }
    // What goes along a track goes through its boxes; what goes down passes them all.
    for line in picture.lines.iter().filter(|line| line.what == "V") {
        for area in boxes.iter().filter(|area| !area.what.starts_with("frame")) {
            assert!(line.with_margin(AIR).is_apart_from(area), "{names:?}: {line:?} and {area:?}");
        }
    }
}

#[test]
fn every_kind_of_pattern_is_drawn_in_order() {
    let patterns: Vec<Pattern> = KINDS.iter().map(|text| parse(text)).collect();
    for pattern in &patterns {
        check(&[pattern]);
    }
    check(&patterns.iter().collect::<Vec<_>>());
}

#[test]
fn every_pattern_of_the_tables_is_drawn_in_order() {
    let patterns = tables();
    for pattern in &patterns {
        check(&[pattern]);
    }
    for patterns in patterns.chunks(50) {
        check(&patterns.iter().collect::<Vec<_>>());
    }
}

#[test]
fn literals_are_drawn_as_they_are_and_wildcards_in_words() {
    let texts = |pattern: &str| -> Vec<String> {
        check(&[&parse(pattern)]).texts.into_iter().map(|area| area.what).collect()
    };
    assert_eq!(texts("*.Example.com"), ["any text", ".", "example", ".", "com"]);
    assert_eq!(texts("app*.x??.com"), ["app", "any text", ".", "x", "any 2 characters", ".", "com"]);
    assert_eq!(texts("[a-d]?.com"), ["a to d", "any one character", ".", "com"]);
    assert_eq!(texts("x[aab0-9a].com"), ["x", "one of a, b, 0 to 9", ".", "com"]);
    assert_eq!(texts("x[a]y.com"), ["xay", ".", "com"]);
    assert_eq!(texts("[::1]:3000"), ["[::1]", ":3000"]);
    assert_eq!(texts("x:*"), ["x", ":", "any port"]);
    assert_eq!(texts("x{:*,}"), ["x", ":", "any port"]);
    assert_eq!(texts("x:80*"), ["x", ":80", "any digits"]);
    assert_eq!(texts("x:80{,*}"), ["x", ":80", "any digits"]);
    assert_eq!(texts("x:{*,8?}"), ["x", ":", "any port", "8", "any one digit"]);
    assert_eq!(texts("x:8??[1-3]"), ["x", ":8", "any 2 digits", "1 to 3"]);
    // Behind these braces it depends on the way whether there is a port.
    assert_eq!(texts("a{:8,b}*"), ["a", ":8", "b", "any text"]);
    assert_eq!(texts("bücher.example"), ["xn--bcher-kva", ".", "example"]);
}

#[test]
fn a_frame_holds_what_is_one_label_and_nothing_else() {
    let frames = |pattern: &str| -> Vec<String> {
        let picture = check(&[&parse(pattern)]);
        let frames = picture.shapes.iter().filter(|area| area.what.starts_with("frame"));
        frames
            .map(|frame| {
                let held = picture.texts.iter().filter(|text| frame.holds(text));
                format!(
                    "{}: {}",
                    frame.what,
                    held.map(|text| text.what.as_str()).collect::<Vec<_>>().join(" ")
                )
            })
            .collect()
    };
    assert_eq!(frames("app{1,2}.com"), ["frame: app 1 2"]);
    assert_eq!(frames("{,www.}app{1,2}{.com,.org}"), ["frame: app 1 2"]);
    assert_eq!(frames("app{1,2}:80"), ["frame: app 1 2"]);
    assert_eq!(frames("app{1,2}{,:80}"), ["frame: app 1 2"]);
    assert_eq!(frames("{eu,us{1,2}}.com"), ["frame: us 1 2"]);
    assert_eq!(frames("x{eu,us{1,2}}.com"), ["frame: x eu us 1 2"]);
    assert_eq!(frames("x:{80,8{1,2}}"), ["frame port: : 80 8 1 2"]);
    assert_eq!(frames("{a.b{1,2},c}.com"), ["frame: b 1 2"]);
    // The label goes on beside it.
    for pattern in [
        "{a.,b}c{1,2}.com",
        "c{1,2}{.a,b}.com",
        "{a,b}.com",
        "{x{1,2},y.z}b.com",
        "app.com:80",
        "a{:8,b}{1,2}",
    ] {
        assert_eq!(frames(pattern), [""; 0], "{pattern}");
    }
}

#[test]
fn a_picture_grows_with_the_text_and_no_faster() {
    // The last is what one byte of the text may cost. Braces beside each other are few, because all ways through them are checked when a pattern is read.
    let units: [(&str, &str, &str, &[usize], usize); 7] = [
        ("{", "a,", "b}.com", &[1, 30, 400], 130),
        ("", "a.", "com", &[1, 10, 120], 140),
        ("", "{a,b}.", "com", &[1, 4, 10], 90),
        ("", "a{1,2}.", "com", &[1, 4, 10], 100),
        ("", "{,a}", "b.com", &[1, 4, 10], 60),
        ("", "*?", ".com", &[1, 10, 60], 190),
        ("{", "{b{c,d},a:80},", "x}", &[1, 10, 60], 100),
    ];
    for (front, unit, behind, counts, cost) in units {
        for count in counts {
            let text = format!("{front}{}{behind}", unit.repeat(*count));
            let len = svg(&[&text]).len();
            assert!(len < 4000 + cost * text.len(), "{len} bytes for {} of `{text}`", text.len());
        }
    }
}

#[test]
fn a_thousand_alternatives_are_a_thousand_tracks() {
    let text = format!("{{{}}}.com", vec!["a"; 1024].join(","));
    let pattern = Pattern::parse_with(&text, &Limits::default().pattern_bytes(4096)).unwrap();
    let picture = Picture::read(&railroad::svg(&[&pattern], &Style::default()));
    assert_eq!(picture.branches, 1023);
    assert!(picture.paper.unwrap().right < 1000);
    // Two to the tenth ways, ten pairs of tracks.
    let pattern = parse(&format!("{}com", "{a,b}.".repeat(10)));
    assert_eq!(check(&[&pattern]).branches, 10);
}

#[test]
fn the_deepest_braces_are_drawn() {
    let text = format!("{}z{}.com", "{a,x.".repeat(64), "}".repeat(64));
    check(&[&parse(&text)]);
}

#[test]
fn of_a_long_list_the_first_are_drawn_and_the_others_counted() {
    let patterns: Vec<Pattern> = (0..1000).map(|index| parse(&format!("a{index}.*.example.com"))).collect();
    let patterns: Vec<&Pattern> = patterns.iter().collect();
    let picture = Picture::read(&railroad::svg(&patterns, &Style::default()));
    let captions: Vec<&str> = picture.captions.iter().map(|area| area.what.as_str()).collect();
    assert!(captions.contains(&"rule 200") && !captions.contains(&"rule 201"));
    assert!(captions.contains(&"and 800 more, which are not drawn"));
    assert!(picture.description.ends_with("800 more are not drawn."));
    assert_eq!(picture.title, "A list of 1000 patterns as a railroad diagram");
    let all = Picture::read(&railroad::svg(&patterns, &Style::default().rows(1000)));
    assert!(!all.captions.iter().any(|area| area.what.contains("more")));
    assert_eq!(all.branches, 999);
    let none = Picture::read(&railroad::svg(&patterns, &Style::default().rows(0)));
    assert!(none.captions.iter().any(|area| area.what == "and 1000 more, which are not drawn"));
}

#[test]
fn a_list_without_patterns_has_a_start_and_an_end_and_no_way() {
    let picture = check(&[]);
    assert_eq!((picture.shapes.len(), picture.lines.len()), (3, 0));
}

#[test]
fn a_title_is_text_whatever_is_in_it() {
    let evil = "</title><script>alert(\"1\")</script>&'\u{1}\u{ffff}";
    let pattern = parse("example.com");
    let svg = railroad::svg(&[&pattern], &Style::default().title(evil));
    assert!(!svg.contains("<script"), "{svg}");
    let title = evil.replace(['\u{1}', '\u{ffff}'], "\u{fffd}");
    assert_eq!(Picture::read(&svg).title, title);
}

#[test]
fn as_a_part_of_a_page_it_has_a_name_of_its_own_and_no_style() {
    let pattern = parse("*.example.com");
    let [alone, part] =
        [Style::default(), Style::default().part("rule-\"1")].map(|style| railroad::svg(&[&pattern], &style));
    assert!(alone.contains(railroad::STYLE_SHEET) && !alone.contains("class=\"railroad\""));
    assert!(!part.contains("<style") && part.contains(" class=\"railroad\" "));
    assert_eq!(part.matches("rule-&quot;1-title").count(), 2, "{part}");
    assert_eq!(part.matches("rule-&quot;1-desc").count(), 2, "{part}");
    // The drawing is the same.
    let drawing = |svg: &str| svg.split_once("<rect class=\"paper\"").unwrap().1.to_string();
    assert_eq!(drawing(&alone), drawing(&part));
}

#[test]
fn nothing_runs_and_nothing_comes_from_elsewhere() {
    let svg = svg(&KINDS);
    for word in ["<script", "href", "url(", "@import", "<image", "<foreignObject", "onload", "onclick"] {
        assert!(!svg.contains(word), "{word}");
    }
    assert_eq!(svg.matches("http").count(), 1, "the name space alone");
    assert_eq!(svg, self::svg(&KINDS), "the same patterns, the same bytes");
}

#[test]
fn a_screen_reader_says_the_way() {
    let description = |texts: &[&str]| Picture::read(&svg(texts)).description;
    insta::assert_snapshot!(
        description(&["{,www.}example.com", "app*.{eu,us{1,2}}.com:8080", "localhost:{3000,80*}", "x:*"]),
        @r"
    Every way from start to end is a host that gets in, with its port where one is drawn.
    rule 1: either (nothing) or (www, dot), example, dot, com.
    rule 2: app then any text, dot, either (eu) or (us then either (1) or (2)), dot, com, port: 8080.
    rule 3: localhost, port: either (3000) or (80 then any digits).
    rule 4: x, port: any port.
    "
    );
}

#[test]
fn a_few_pictures() {
    for text in ["*.example.com", "{,www.}app{1,2}.com:*"] {
        insta::assert_snapshot!(svg(&[text]));
    }
    insta::assert_snapshot!(svg(&["{localhost:3000,example.com}", "[::1]:{80,443}"]));
}
