//! Bytes → cases. Small alphabets, so that patterns and hosts meet often; structure first, so that few cases are wasted on syntax.

use arbitrary::{Result, Unstructured};

/// Labels that patterns and hosts share.
const LABELS: &[&str] = &[
    "a",
    "b",
    "ab",
    "ba",
    "aab",
    "x",
    "com",
    "example",
    "www",
    "a-b",
    "a_b",
    "-",
    "0",
    "1",
    "10",
    "255",
    "256",
    "01",
    "0x1",
    "0x",
    "xn--bcher-kva",
    "xn--a",
    "XN--BCHER-KVA",
    "xn--4db",
    "bücher",
    "א",
    "A",
    "localhost",
];
const PORTS: &[&str] = &[
    "80", "443", "8080", "3000", "1", "65535", "65536", "0", "08", "*", "?", "300?", "[0-3]", "8*",
    "{80,443}", "{,1}", "*0", "??????",
];
const SETS: &[&str] = &[
    "[a-b]", "[ab]", "[a-c0-9]", "[0-9]", "[1-3]", "[ab-]", "[a_]", "[B-C]", "[x]", "[0]", "[a-]", "[-a]",
    "[b-a]", "[]", "[^a]", "[a.b]", "[a-c-]",
];
const ADDRESSES: &[&str] =
    &["[::1]", "[1::]", "[0:0:0:0:0:0:0:1]", "[::ffff:1.2.3.4]", "[2001:DB8::1]", "[::1%1]", "[:]", "[a:b]"];
const NOISE: &[&str] = &[
    " ", "/", "\\", "@", "#", "%41", "(", ")", "**", ",", "}", "]", "{", "[", "^", "$", "|", "+", "..", ":",
    "://", "\u{3002}", "\u{a0}", "\0",
];

/// The text of a pattern, mostly valid.
pub fn pattern(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    if u.ratio(1, 12)? {
        text += u.choose(&["http://", "HTTPS://", "*://", "//", " ", "ftp://", "\t"])?;
    }
    if u.ratio(1, 25)? {
        text += u.choose(ADDRESSES)?;
    } else {
        sequence(u, &mut text, 0)?;
    }
    if u.ratio(1, 6)? {
        text += ":";
        text += u.choose(PORTS)?;
    }
    if u.ratio(1, 12)? {
        text += u.choose(&["/", ".", " ", "//", ":", "{:80,}", "{,:80}"])?;
    }
    if u.ratio(1, 15)? {
        let mut at = u.choose_index(text.len() + 1)?;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, u.choose(NOISE)?);
    }
    Ok(text)
}

fn sequence(u: &mut Unstructured<'_>, text: &mut String, depth: usize) -> Result<()> {
    let labels = if depth == 0 { u.int_in_range(1..=4)? } else { u.int_in_range(0..=2)? };
    for index in 0..labels {
        if index > 0 && u.ratio(7, 8)? {
            text.push('.');
        }
        for _ in 0..u.int_in_range(1..=2)? {
            part(u, text, depth)?;
        }
    }
    Ok(())
}

fn part(u: &mut Unstructured<'_>, text: &mut String, depth: usize) -> Result<()> {
    match u.int_in_range(0..=11)? {
        0..=4 => *text += u.choose(LABELS)?,
        5 | 6 => text.push('*'),
        7 => text.push('?'),
        8 => *text += u.choose(SETS)?,
        9 | 10 if depth < 3 => {
            text.push('{');
            for index in 0..u.int_in_range(1..=3)? {
                if index > 0 {
                    text.push(',');
                }
                if u.ratio(5, 6)? {
                    sequence(u, text, depth + 1)?;
                }
                if u.ratio(1, 10)? {
                    text.push(':');
                    *text += u.choose(PORTS)?;
                }
            }
            text.push('}');
        }
        _ => text.push(char::from(b'a' + u.int_in_range(0..=2u8)?)),
    }
    Ok(())
}

/// A `host` or `host:port` that has a chance to be matched by the pattern: one way through it, with wildcards filled in, and sometimes one change.
pub fn host_near(u: &mut Unstructured<'_>, pattern: &str) -> Result<String> {
    let mut host = String::new();
    walk(u, &mut pattern.trim().chars().collect::<Vec<_>>().as_slice(), &mut host, true)?;
    if u.ratio(1, 4)? {
        host += u.choose(&[":80", ":443", ":8080", ":3000", ".", ":", ":0", ".com", "/", ".:80"])?;
    }
    if u.ratio(1, 3)? && !host.is_empty() {
        let mut at = u.choose_index(host.len())?;
        while !host.is_char_boundary(at) {
            at -= 1;
        }
        match u.int_in_range(0..=3)? {
            0 => host.insert_str(at, u.choose(&["a", ".", "b.", "-", "0", ":", "x", "@", "%", "/"])?),
            1 => drop(host.remove(at)),
            2 => host = host.split_off(at),
            _ => host = host.to_uppercase(),
        }
    }
    Ok(host)
}

/// One way through what is left of the pattern, up to the end of the braces; leaves the rest behind the `}`.
fn walk(u: &mut Unstructured<'_>, rest: &mut &[char], host: &mut String, taken: bool) -> Result<()> {
    while let Some((first, tail)) = rest.split_first() {
        match first {
            '}' | ',' => return Ok(()),
            '{' => {
                let chosen = u.int_in_range(0..=2)?;
                let mut index = 0;
                *rest = tail;
                loop {
                    walk(u, rest, host, taken && index == chosen)?;
                    let ended = !matches!(rest.first(), Some(','));
                    *rest = rest.get(1..).unwrap_or_default();
                    if ended {
                        break;
                    }
                    index += 1;
                }
                continue;
            }
            '[' => {
                let len = tail.iter().position(|c| *c == ']').unwrap_or(tail.len());
                let (set, behind) = tail.split_at(len);
                if taken && set.contains(&':') {
                    host.push('[');
                    host.extend(set);
                    host.push(']');
                } else if taken && !set.is_empty() {
                    host.push(*u.choose(set)?);
                }
                *rest = behind.get(1..).unwrap_or_default();
                continue;
            }
            '*' if taken => *host += u.choose(&["", "a", "www", "ab", "0", "8080", "-"])?,
            '?' if taken => *host += u.choose(&["a", "b", "0", "9", "_", ""])?,
            c if taken => host.push(*c),
            _ => {}
        }
        *rest = tail;
    }
    Ok(())
}

/// A host that no pattern was looked at for.
pub fn host(u: &mut Unstructured<'_>) -> Result<String> {
    let labels: Result<Vec<_>> = (0..u.int_in_range(1..=4)?).map(|_| u.choose(LABELS).copied()).collect();
    Ok(labels?.join("."))
}

/// The value of an `Origin` or `Referer` header around a host, mostly in form.
pub fn header(u: &mut Unstructured<'_>, host: &str) -> Result<Vec<u8>> {
    if u.ratio(1, 12)? {
        return Ok(u
            .choose(&[
                "",
                "null",
                " null\t",
                "NULL",
                " ",
                "about:blank",
                "data:text/html,x",
                "file:///x",
                "https://",
            ])?
            .as_bytes()
            .to_vec());
    }
    let mut value = String::new();
    value += u.choose(&["", "", "", " ", "\t", "\u{a0}"])?;
    value += u.choose(&[
        "https://",
        "http://",
        "HTTPS://",
        "https://",
        "http://",
        "capacitor://",
        "https:",
        "//",
        "https:\\\\",
        "1a://",
        "a+b://",
        "",
    ])?;
    value += u.choose(&["", "", "", "", "", "a@", "a:b@", "evil.com\\", "."])?;
    value += host;
    value +=
        u.choose(&["", "", "", "", ":80", ":443", ":8080", ":", ":08", ":65536", ":80:80", ".", ".."])?;
    value += u.choose(&[
        "",
        "",
        "",
        "/",
        "/a?b#c",
        "?x",
        "#y",
        "\\z",
        " ",
        "\t",
        " https://b.com",
        ",",
        "%2e",
        "\u{3002}",
        "\0",
        "/\u{ff}",
    ])?;
    let mut value = value.into_bytes();
    if u.ratio(1, 10)? && !value.is_empty() {
        let at = u.choose_index(value.len())?;
        value[at] = u.arbitrary()?;
    }
    Ok(value)
}

/// The text of a pattern near a limit: long, deep, with many alternatives or hard to determinize.
pub fn heavy_pattern(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(1..=3)? {
        let unit = *u.choose(&[
            "*a", "*a*", "?", "*", "a", "*.", "a.", "?.", "{a,b}", "{a,bb}", "{*a,b*}", "[a-c]", "{a,b}.",
            "{,*.}", "{a?,*b}.", "0", "é.", "x*{1,2}",
        ])?;
        let times = *u.choose(&[1, 2, 3, 5, 8, 10, 11, 16, 32, 63, 64, 126, 127, 253])?;
        text += &unit.repeat(times);
    }
    let depth = *u.choose(&[0, 0, 0, 1, 7, 8, 9, 64, 65])?;
    let mut text = format!("{}{text}{}", "{".repeat(depth), "}".repeat(depth));
    text += u.choose(&["", "com", "a.com", ".com", "*", "com:*", "com:{80,443}", ":8???"])?;
    Ok(text)
}
