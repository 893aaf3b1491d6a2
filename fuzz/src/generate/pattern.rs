//! The texts of patterns.

use arbitrary::{Result, Unstructured};

use super::{LABELS, ODD_LABELS, long_name};

/// What may stand in front of a name: one label more, or none.
const HEADS: &[&str] = &["*.", "{,*.}", "{,www.}", "{a,b}.", "{a.,b.,}", "{,{a,b}.}", "{*.,}*."];
/// What a port may be, with what may stand instead of it.
const GOOD_PORTS: &[&str] = &[
    ":80",
    ":443",
    ":8080",
    ":3000",
    ":*",
    ":300?",
    ":8*",
    ":[1-3]",
    ":{80,443}",
    "{:80,}",
    "{,:*}",
    ":{,1}1",
];
const GOOD_SETS: &[&str] =
    &["[a-b]", "[ab]", "[y-z]", "[a-c0-9]", "[0-9]", "[1-3]", "[ab-]", "[a_]", "[B-C]", "[x]", "[0]"];

const PORTS: &[&str] = &[
    "80", "443", "8080", "3000", "1", "65535", "65536", "0", "08", "*", "?", "300?", "[0-3]", "8*",
    "{80,443}", "{,1}", "*0", "??????",
];
const SETS: &[&str] = &[
    "[a-b]", "[ab]", "[a-c0-9]", "[0-9]", "[1-3]", "[ab-]", "[a_]", "[B-C]", "[x]", "[0]", "[a-]", "[-a]",
    "[b-a]", "[]", "[^a]", "[a.b]", "[a-c-]",
];
const ADDRESSES: &[&str] = &[
    "[::1]",
    "[1::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:1.2.3.4]",
    "[2001:DB8::1]",
    "[::1%1]",
    "[0000:0000:0000:0000:0000:ffff:192.168.100.228]",
    "[:]",
    "[a:b]",
];
const NOISE: &[&str] = &[
    " ", "/", "\\", "@", "#", "%41", "(", ")", "**", ",", "}", "]", "{", "[", "^", "$", "|", "+", "..", ":",
    "://", "\u{3002}", "\u{a0}", "\0",
];

/// The text of a pattern, mostly valid by construction.
pub fn pattern(u: &mut Unstructured<'_>) -> Result<String> {
    match u.int_in_range(0..=29)? {
        0..=3 => wild_pattern(u),
        4 => long_pattern(u),
        5 => Ok(format!("{}{}", u.choose(ADDRESSES)?, u.choose(&["", ":80", ":*"])?)),
        6 => Ok(u.choose(&["10.0.0.*", "*.*.*.5", "127.0.0.1", "1?.{0,1}.0.25[0-5]", "*.0x1"])?.to_string()),
        _ => good_pattern(u),
    }
}

fn good_pattern(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    if u.ratio(1, 15)? {
        text += u.choose(&["http://", "HTTPS://", "*://", "//", " ", "\t"])?;
    }
    if u.ratio(1, 3)? {
        text += u.choose(HEADS)?;
    }
    for _ in 0..u.int_in_range(0..=2)? {
        label(u, &mut text)?;
        text.push('.');
    }
    text +=
        u.choose(&["com", "a", "b", "ab", "*", "{a,b}", "{a.b,com}", "?b", "[a-b]a", "A", "b\u{fc}cher"])?;
    if u.ratio(1, 4)? {
        text += u.choose(GOOD_PORTS)?;
    }
    if u.ratio(1, 15)? {
        text += u.choose(&["/", " "])?;
    }
    Ok(text)
}

/// One label, in form on every way through it.
fn label(u: &mut Unstructured<'_>, text: &mut String) -> Result<()> {
    match u.int_in_range(0..=11)? {
        0..=3 => *text += u.choose(LABELS)?,
        4 | 5 => text.push('*'),
        6 => *text += u.choose(&["*a", "a*", "a*b", "*-*", "b*a"])?,
        7 => *text += u.choose(&["?", "a?", "??", "?*", "*?b"])?,
        8 => {
            *text += u.choose(GOOD_SETS)?;
            *text += u.choose(&["", "a", "*", "b?"])?;
        }
        9 => {
            *text +=
                u.choose(&["{a,b}", "{a,ab}", "{*,a}b", "a{,b}", "{a,{b,ba}}", "{a{,b},b*}", "x{a,b}{,1}"])?;
        }
        10 => *text += u.choose(&["{a.b,a}", "{a,b.*}", "{*.a,www}", "{a,{b.,}a}"])?,
        _ => *text += u.choose(&["xn--bcher-kva", "XN--BCHER-KVA", "b\u{fc}cher", "A"])?,
    }
    Ok(())
}

/// A pattern that has much in common with another.
pub fn sibling(u: &mut Unstructured<'_>, pattern: &str) -> Result<String> {
    let label = *u.choose(LABELS)?;
    let other = *u.choose(&["*", "?", "{a,b}", "[a-b]", "a", "ab"])?;
    Ok(match u.int_in_range(0..=5)? {
        0 => pattern.replacen(label, other, 1),
        1 => format!("{}{pattern}", u.choose(HEADS)?),
        2 => format!("{pattern}{}", u.choose(GOOD_PORTS)?),
        3 => pattern.split_once('.').map_or(pattern, |(_, rest)| rest).to_owned(),
        4 => pattern.split_once('.').map_or(pattern.to_owned(), |(_, rest)| format!("{other}.{rest}")),
        _ => pattern.to_ascii_uppercase(),
    })
}

/// The text of a pattern of any parts in any order.
fn wild_pattern(u: &mut Unstructured<'_>) -> Result<String> {
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

/// A pattern whose length in bytes is one of those at which something ends: a label, a host, a pattern.
fn long_pattern(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = long_name(u)?;
    if u.ratio(1, 4)? {
        // Its ASCII form is longer than what is written: eight bytes for each.
        return Ok(format!("{{{}}}.com", vec!["\u{e9}"; *u.choose(&[126, 127, 128])?].join(",")));
    }
    if u.arbitrary()? {
        let len = *u.choose(&[1023, 1024, 1025])?;
        text = format!("{{{}}}", "a.com,".repeat(171));
        text.truncate(len - 1);
        text.push('}');
    }
    text += u.choose(&["", ":80", ".", "*", "?"])?;
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
        0..=4 => *text += u.choose(ODD_LABELS)?,
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
