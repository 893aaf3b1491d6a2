//! Bytes → the text of a configuration: what it says, and then one of the ways to say it in TOML.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use guestlist::{ListType, Pattern};

use crate::generate;

/// The text of a configuration, mostly valid, in one of the many ways that TOML can say it.
pub fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut apps = BTreeMap::new();
    for _ in 0..u.int_in_range(0..=3)? {
        apps.insert(key(u)?, AppText::generate(u)?);
    }
    let mut writer = Writer { text: String::new(), u };
    let server = writer.u.ratio(1, 4)?;
    if writer.u.ratio(1, 20)? {
        writer.text.push('\u{feff}');
    }
    if server {
        writer.server()?;
    }
    // A route names an app that is there.
    if writer.text.contains("app.key = ''") {
        apps.entry(String::new()).or_insert(AppText { schemes: None, lists: Vec::new() });
    }
    let style = *writer.u.choose(&[Style::Headers, Style::Headers, Style::Dotted, Style::Inline])?;
    for (key, app) in &apps {
        writer.app(style, key, app)?;
    }
    let Writer { mut text, u } = writer;
    // Where one thing is wrong, the reader must find its way through all the rest.
    if u.ratio(1, 6)? {
        let mut at = u.choose_index(text.len() + 1)?;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        match u.int_in_range(0..=2)? {
            0 if at < text.len() => drop(text.remove(at)),
            1 => text.truncate(at),
            _ => text.insert_str(at, u.choose(NOISE)?),
        }
    }
    Ok(text)
}

const NOISE: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\\",
    "\n",
    "\r",
    "\0",
    "é",
    "\u{202e}",
    "1",
    "-1",
    "1.5",
    "true",
    "1979-05-27",
    "apps",
    "limit = 'x'\n",
    "mode = 1\n",
    "[apps.x.upload]\n",
    "x = 1\n",
];
const KEY_PARTS: &[&str] = &[
    "shop",
    "AbCd1234",
    "a-b_c",
    "1",
    "1.5",
    "true",
    "",
    " ",
    ".",
    "#",
    "=",
    "'",
    "\"",
    "\\",
    "\\u0041",
    "'''",
    "\"\"\"",
    "[x]",
    "é",
    "apps",
    "upload",
    "\u{0}",
    "\t",
    "\n",
    "\r",
    "\u{7f}",
    "\u{9b}",
    "\u{ad}",
    "\u{202e}",
    "\u{feff}",
    "\u{e0041}",
    "\u{10ffff}",
];
const OWN_LETTERS: &[&str] =
    &["bücher.example", "BÜCHER.example", "א.com", "a\u{ad}b.com", "ｅxample.com", "*.bücher.example:*"];
const SCHEMES: &[&str] =
    &["capacitor", "Capacitor", "CAPACITOR", "ionic", "a+b-c.d", "http", "HTTPS", "ws", "x"];

/// Settings of the server, each of which may be there; those of a table stand together.
const SERVER: &[(&str, &[&str])] = &[
    (
        "[server]",
        &[
            "listen = ['127.0.0.1:0', 'unix:/run/a b\u{202e}.sock', '[::1]:80']",
            "spop = [\"[::ffff:127.0.0.1]:81\"]",
            "admin = '0.0.0.0:1'\ndangerously_expose_admin = true",
            "admin = '[0::1]:1'",
            "socket_mode = '7'",
            "workers = 0x10",
        ],
    ),
    ("[server.tls]", &["certificate = 'a'\nkey = \"\\u0001b\"", "certificate = 'é'\nkey = \"\\t\""]),
    (
        "[server.limits]",
        &[
            "header_timeout = '61s'",
            "idle_timeout = '0120m'",
            "head_bytes = 0b10000000000000",
            "headers = 100",
            "streams = 1_0",
            "drain = '1ms'",
        ],
    ),
    ("[server.log]", &["allowed = 1e-300", "denied = -0.0", "allowed = 1", "per_second = +5", "file = ' '"]),
    (
        "[server.policy]",
        &["carried = ['header', 'query']", "skew_seconds = 0x10", "carried = ['path']\nskew_seconds = +0"],
    ),
    (
        "[[server.routes]]",
        &[
            "list = 'upload'\napp.query = \"k\\u007f\"",
            "list = 'delivery'\napp = { segment = 64 }\npath = '/'\nmethods = ['GET', 'M-SEARCH']",
            "list = 'upload'\napp.key = ''\nheader = { name = 'X-a', value = '\t' }\nquery = { name = '=', value = '&' }",
            "list = 'upload'\napp.query = 'k'\nasks = { call = 'store', size.header = 'X-Size', handle = { segment = -0x1 }, path = { query = \"\\u0001\" } }",
        ],
    ),
];

/// What the configuration says of an app.
struct AppText {
    schemes: Option<Vec<String>>,
    lists: Vec<(ListType, Vec<Setting>)>,
}

/// A setting of a list.
enum Setting {
    Strings(&'static str, Vec<String>),
    Text(&'static str, String),
    /// As it is written.
    Raw(&'static str, String),
}

fn key(u: &mut Unstructured<'_>) -> Result<String> {
    let parts: Result<Vec<_>> = (0..u.int_in_range(1..=3)?).map(|_| u.choose(KEY_PARTS).copied()).collect();
    Ok(parts?.concat())
}

impl AppText {
    fn generate(u: &mut Unstructured<'_>) -> Result<AppText> {
        let mut schemes = None;
        if u.ratio(1, 3)? {
            let count = u.int_in_range(0..=3)?;
            let mut named: Vec<String> = (0..count)
                .map(|_| u.choose(SCHEMES).map(|scheme| (*scheme).to_string()))
                .collect::<Result<_>>()?;
            if u.ratio(1, 20)? {
                named.push((*u.choose(&["file", "", "a b", "1a", "é"])?).to_string());
            }
            schemes = Some(named);
        }
        let mut lists = Vec::new();
        for list_type in ListType::ALL {
            if u.ratio(2, 3)? {
                lists.push((list_type, settings_text(u)?));
            }
        }
        Ok(AppText { schemes, lists })
    }
}

/// The settings of a list in any order.
fn settings_text(u: &mut Unstructured<'_>) -> Result<Vec<Setting>> {
    let mut settings = Vec::new();
    let mut patterns: Vec<String> = Vec::new();
    if u.ratio(5, 6)? {
        for _ in 0..u.int_in_range(0..=5)? {
            let mut pattern = match patterns.last() {
                // A duplicate, in other letters.
                Some(last) if u.ratio(1, 5)? => last.to_uppercase(),
                _ if u.ratio(1, 8)? => (*u.choose(OWN_LETTERS)?).to_string(),
                _ => generate::pattern(u)?,
            };
            if u.ratio(1, 8)? {
                pattern = format!(
                    "{}{pattern}{}",
                    u.choose(&["", " ", "\t", "\u{a0}", "\n"])?,
                    u.choose(&["", " ", "\u{3000}"])?
                );
            }
            patterns.push(pattern);
        }
        // With one that is refused nothing is printed.
        if u.ratio(7, 8)? {
            patterns.retain(|pattern| Pattern::parse(pattern).is_ok());
        }
    }
    if u.ratio(1, 3)? {
        let fits = patterns.len();
        let limit = match u.int_in_range(0..=9)? {
            0 => format!("{:#x}", fits + 10),
            1 => format!("{fits:#o}"),
            2 => format!("{fits:#b}"),
            3 => format!("+{fits}"),
            4 => "1_000".to_string(),
            5 => i64::MAX.to_string(),
            6 => (*u.choose(&["0", "1", "-1", "18446744073709551616", "0x_1", "2.0", "'20'"])?).to_string(),
            7 => "20".to_string(),
            _ => fits.to_string(),
        };
        settings.push(Setting::Raw("limit", limit));
    }
    if u.ratio(1, 2)? {
        let mode = if u.ratio(1, 30)? { "Off" } else { *u.choose(&["off", "report", "enforce"])? };
        settings.push(Setting::Text("mode", mode.to_string()));
    }
    if !patterns.is_empty() || u.arbitrary()? {
        settings.push(Setting::Strings("patterns", patterns));
    }
    if u.ratio(1, 2)? {
        let value = if u.ratio(1, 30)? { "'true'" } else { *u.choose(&["true", "false"])? };
        settings.push(Setting::Raw("block_missing", value.to_string()));
    }
    if u.arbitrary()? {
        settings.reverse();
    }
    Ok(settings)
}

/// How tables are written; one way for a file, because not every mixture is TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `[apps.KEY.upload]`
    Headers,
    /// `apps.KEY.upload.mode = …`
    Dotted,
    /// `apps.KEY = { upload = { mode = … } }`
    Inline,
}

/// Writes TOML, choosing among its ways.
struct Writer<'w, 'u> {
    text: String,
    u: &'w mut Unstructured<'u>,
}

impl Writer<'_, '_> {
    /// Some settings of the server.
    fn server(&mut self) -> Result<()> {
        for (table, settings) in SERVER {
            if self.u.ratio(1, 2)? {
                self.text += table;
                self.text.push('\n');
                // A key twice is a mistake: one setting, or two neighbours.
                let first = self.u.choose_index(settings.len())?;
                for setting in settings.iter().skip(first).take(self.u.int_in_range(1..=2)?) {
                    self.text += setting;
                    self.text.push('\n');
                }
            }
        }
        Ok(())
    }

    fn push_one(&mut self, of: &[&str]) -> Result<()> {
        self.text += self.u.choose(of)?;
        Ok(())
    }

    fn gap(&mut self) -> Result<()> {
        self.push_one(&["", "", " ", " ", "  ", "\t"])
    }

    /// What may stand in an array: blanks, lines and comments.
    fn wide_gap(&mut self) -> Result<()> {
        self.push_one(&["", "", "", " ", "\n", "\r\n\t", " # é\n  "])
    }

    fn end_line(&mut self) -> Result<()> {
        self.push_one(&["\n", "\n", "\n", "\n\n", "\r\n", " # a comment\n", "\t#\n"])
    }

    fn app(&mut self, style: Style, key: &str, app: &AppText) -> Result<()> {
        match style {
            Style::Headers => {
                if app.schemes.is_some() || app.lists.is_empty() || self.u.arbitrary()? {
                    self.header(&["apps", key])?;
                    if let Some(schemes) = &app.schemes {
                        self.schemes(&[], schemes)?;
                        self.end_line()?;
                    }
                }
                for (list_type, settings) in &app.lists {
                    self.header(&["apps", key, list_type.as_str()])?;
                    for setting in settings {
                        self.setting(&[], setting)?;
                        self.end_line()?;
                    }
                }
            }
            Style::Dotted => {
                if let Some(schemes) = &app.schemes {
                    self.schemes(&["apps", key], schemes)?;
                    self.end_line()?;
                }
                for (list_type, settings) in &app.lists {
                    for setting in settings {
                        self.setting(&["apps", key, list_type.as_str()], setting)?;
                        self.end_line()?;
                    }
                }
            }
            Style::Inline => {
                self.path(&["apps", key])?;
                self.equals()?;
                self.text.push('{');
                self.gap()?;
                let mut separator = "";
                if let Some(schemes) = &app.schemes {
                    self.schemes(&[], schemes)?;
                    separator = ",";
                }
                for (list_type, settings) in &app.lists {
                    self.text += separator;
                    separator = ",";
                    self.gap()?;
                    self.path(&[list_type.as_str()])?;
                    self.equals()?;
                    self.text.push('{');
                    for (index, setting) in settings.iter().enumerate() {
                        self.text += if index > 0 { "," } else { "" };
                        self.gap()?;
                        self.setting(&[], setting)?;
                    }
                    self.gap()?;
                    self.text.push('}');
                }
                self.gap()?;
                self.text.push('}');
                self.end_line()?;
            }
        }
        Ok(())
    }

    fn header(&mut self, path: &[&str]) -> Result<()> {
        self.gap()?;
        self.text.push('[');
        self.gap()?;
        self.path(path)?;
        self.gap()?;
        self.text.push(']');
        self.end_line()
    }

    fn schemes(&mut self, path: &[&str], schemes: &[String]) -> Result<()> {
        self.path(&[path, &["dangerously_supported_schemes"]].concat())?;
        self.equals()?;
        self.strings(schemes)
    }

    fn setting(&mut self, path: &[&str], setting: &Setting) -> Result<()> {
        let (Setting::Strings(name, _) | Setting::Text(name, _) | Setting::Raw(name, _)) = setting;
        self.path(&[path, &[*name]].concat())?;
        self.equals()?;
        match setting {
            Setting::Strings(_, strings) => self.strings(strings),
            Setting::Text(_, text) => self.string(text),
            Setting::Raw(_, raw) => {
                self.text += raw;
                Ok(())
            }
        }
    }

    fn equals(&mut self) -> Result<()> {
        self.push_one(&[" = ", " = ", "=", "\t=  "])
    }

    fn strings(&mut self, strings: &[String]) -> Result<()> {
        self.text.push('[');
        for (index, string) in strings.iter().enumerate() {
            self.text += if index > 0 { "," } else { "" };
            self.wide_gap()?;
            self.string(string)?;
            self.wide_gap()?;
        }
        if !strings.is_empty() && self.u.arbitrary()? {
            self.text.push(',');
        }
        self.wide_gap()?;
        self.text.push(']');
        Ok(())
    }

    fn path(&mut self, keys: &[&str]) -> Result<()> {
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                self.push_one(&[".", ".", ".", " . "])?;
            }
            let is_bare = !key.is_empty()
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            match self.u.int_in_range(0..=5)? {
                0..=3 if is_bare => self.text += key,
                4 if is_literal(key) => self.text += &format!("'{key}'"),
                _ => self.basic(key, "\"")?,
            }
        }
        Ok(())
    }

    /// A string of any kind that can hold the text.
    fn string(&mut self, text: &str) -> Result<()> {
        match self.u.int_in_range(0..=5)? {
            0 | 1 if is_literal(text) => self.text += &format!("'{text}'"),
            // The first line break belongs to the quotes.
            2 if is_literal(&text.replace('\n', "")) => self.text += &format!("'''\n{text}'''"),
            3 => self.basic(text, "\"\"\"")?,
            _ => self.basic(text, "\"")?,
        }
        Ok(())
    }

    fn basic(&mut self, text: &str, quotes: &str) -> Result<()> {
        self.text += quotes;
        if quotes.len() > 1 {
            self.push_one(&["", "\n", "\r\n", "\\\n   "])?;
        }
        for c in text.chars() {
            let code = u32::from(c);
            let must = matches!(c, '"' | '\\' | '\0'..='\x1f' | '\x7f');
            if must || self.u.ratio(1, 12)? {
                self.text += &match (c, self.u.arbitrary()?) {
                    ('"' | '\\', true) => format!("\\{c}"),
                    ('\n', true) => "\\n".to_string(),
                    ('\t', true) => "\\t".to_string(),
                    _ if code <= 0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08X}"),
                };
            } else {
                self.text.push(c);
            }
        }
        self.text += quotes;
        Ok(())
    }
}

/// True if the text can stand between single quotes.
fn is_literal(text: &str) -> bool {
    !text.contains(|c| matches!(c, '\'' | '\0'..='\x08' | '\n'..='\x1f' | '\x7f'))
}
