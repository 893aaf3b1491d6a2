//! The logs that were named → readers of their text, checked before any of them is read through.
//!
//! A log is recognised by its first bytes, not by its name: gzip is unpacked, and the format of the lines is the one in which more of the first lines can be
//! read. What is certainly not a log is refused here, so that a wrong name among many fails at once.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use super::gzip::Members;
use super::line::{self, LineFormat, Unreadable};
use super::progress::Progress;
use crate::failure::Failure;

/// A log that was checked and is not yet read.
pub(super) struct Input {
    /// As it was named.
    pub(super) name: String,
    /// `None` for a log without a line.
    pub(super) format: Option<LineFormat>,
    /// Size of the file, packed if it is; `None` for a pipe.
    pub(super) size: Option<u64>,
    path: PathBuf,
    /// What cannot be opened again: a pipe, with what was already read of it in front.
    held: Option<Text>,
}

/// The unpacked text of a log.
pub(super) struct Text {
    reader: Box<dyn Read + Send>,
    pub(super) is_gzip: bool,
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// Checks every log in turn.
pub(super) fn check_all(
    paths: &[PathBuf],
    format: Option<LineFormat>,
    progress: &Progress,
) -> Result<Vec<Input>, Failure> {
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::new("standard input is named twice", "name `-` once: it can be read only once"));
    }
    paths.iter().map(|path| Input::check(path, format, progress)).collect()
}

impl Input {
    fn check(path: &Path, format: Option<LineFormat>, progress: &Progress) -> Result<Input, Failure> {
        let mut input = Input {
            name: if is_stdin(path) { STDIN.to_owned() } else { path.display().to_string() },
            format: None,
            size: None,
            path: path.to_owned(),
            held: None,
        };
        let file = if is_stdin(path) { stdin() } else { File::open(path) };
        let file = file.map_err(|error| Failure::file(Path::new(&input.name), &error))?;
        let metadata = file.metadata().map_err(|error| Failure::file(Path::new(&input.name), &error))?;
        if metadata.is_dir() {
            return Err(Failure::file(Path::new(&input.name), &io::ErrorKind::IsADirectory.into()));
        }
        input.size = metadata.is_file().then_some(metadata.len());
        // A pipe cannot be opened again, and standard input stands where it was left.
        let is_held = is_stdin(path) || input.size.is_none();
        let raw: Box<dyn Read + Send> = Box::new(file);
        // Any other file is counted when it is opened again.
        let raw = if is_held { progress.watch(raw) } else { raw };
        let mut text = unpack(raw, &input.name)?;
        let mut head = vec![0; HEAD];
        let (len, result) = fill(&mut text, &mut head);
        head.truncate(len);
        result.map_err(|error| {
            let lines = memchr::memchr_iter(b'\n', &head).count() as u64;
            input.failure(&error, text.is_gzip, lines + 1, len as u64)
        })?;
        input.format = input.recognise(&head, len < HEAD, format)?;
        if is_held {
            let is_gzip = text.is_gzip;
            input.held = Some(Text { reader: Box::new(Cursor::new(head).chain(text)), is_gzip });
        }
        Ok(input)
    }

    /// The text from its beginning.
    pub(super) fn open(&mut self, progress: &Progress) -> Result<Text, Failure> {
        if let Some(held) = self.held.take() {
            return Ok(held);
        }
        let file = File::open(&self.path).map_err(|error| Failure::file(&self.path, &error))?;
        unpack(progress.watch(Box::new(file)), &self.name)
    }

    /// What an error of reading means for this log. It came in this line, behind so many bytes of text.
    pub(super) fn failure(&self, error: &io::Error, is_gzip: bool, line: u64, bytes: u64) -> Failure {
        let damaged = matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
        );
        if is_gzip && damaged {
            return Failure::new(
                format!(
                    "{} is damaged: the gzip data cannot be unpacked behind byte {bytes} of the log, in line {line} ({error})",
                    self.name
                ),
                "copy the file again; what can be unpacked is read with `gzip -dc FILE | guestlist audit -`",
            );
        }
        Failure::file(Path::new(&self.name), error)
    }

    /// The format of a log that begins like this. Fails if this is no log.
    fn recognise(
        &self,
        head: &[u8],
        is_all: bool,
        asked: Option<LineFormat>,
    ) -> Result<Option<LineFormat>, Failure> {
        // The last line of the head may be cut off.
        let complete = if is_all { head.len() } else { memchr::memrchr(b'\n', head).unwrap_or(0) };
        let mut lines: u32 = 0;
        let (mut combined, mut json) = (0, 0);
        let mut first = None;
        line::for_each_line(&head[..complete], |line| {
            if line::is_blank(line) {
                return;
            }
            lines += 1;
            first.get_or_insert(line);
            combined += u32::from(asked != Some(LineFormat::Json) && LineFormat::Combined.is_readable(line));
            json += u32::from(asked != Some(LineFormat::Combined) && LineFormat::Json.is_readable(line));
        });
        if lines == 0 && is_all {
            return Ok(asked.filter(|_| !head.is_empty()));
        }
        let has_brace = first.is_some_and(|line| line.trim_ascii_start().starts_with(b"{"));
        let guess = match asked {
            Some(asked) => asked,
            None if json > combined || (json == combined && has_brace) => LineFormat::Json,
            None => LineFormat::Combined,
        };
        let is_binary = memchr::memchr(0, head).is_some();
        if combined + json == 0 && (is_binary || is_all || lines >= ENOUGH_LINES) {
            let first = first.filter(|_| !is_binary).unwrap_or_default();
            let reason = guess.read(first, &mut Vec::new(), |_, _| ()).err();
            let what = match (is_binary, reason) {
                (true, _) => "it is binary".to_owned(),
                (_, None) => "no line can be read".to_owned(),
                (_, Some(reason)) => no_line(reason),
            };
            return Err(not_a_log(&self.name, &what));
        }
        Ok(Some(guess))
    }
}

/// That no line can be read, with what is wrong with the first.
pub(super) fn no_line(first: Unreadable) -> String {
    format!("no line can be read, and the first is {}", first.description())
}

/// The failure of a file that holds no log.
pub(super) fn not_a_log(name: &str, what: &str) -> Failure {
    Failure::new(
        format!("{name} is not a log that can be read: {what}"),
        "expected the combined format of Apache and nginx, `host ident user [time] \"request\" status bytes \"referer\" \
         \"user-agent\"`, or a JSON object a line with `origin` or `referer`; either may be packed with gzip",
    )
}

/// Reads until the buffer is full, the end is reached or an error stops it, and says how much it read.
pub(super) fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (len, Err(error)),
        }
    }
    (len, Ok(()))
}

/// Unpacks gzip and takes off a byte order mark.
fn unpack(mut raw: Box<dyn Read + Send>, name: &str) -> Result<Text, Failure> {
    let (magic, raw) = peek(&mut raw, 6)
        .map(|head| (head.clone(), Cursor::new(head).chain(raw)))
        .map_err(|error| Failure::file(Path::new(name), &error))?;
    if let Some((_, kind, tool)) = PACKED.iter().find(|(bytes, ..)| magic.starts_with(bytes)) {
        return Err(Failure::new(
            format!("{name} is packed with {kind}, which cannot be read"),
            format!("unpack it on the way: `{tool} FILE | guestlist audit -`"),
        ));
    }
    let is_gzip = magic.starts_with(b"\x1f\x8b");
    let reader: Box<dyn Read + Send> = if is_gzip {
        Box::new(Members::new(BufReader::with_capacity(GZIP_BUFFER, raw)))
    } else {
        Box::new(raw)
    };
    Ok(Text { reader: without_mark(reader, is_gzip, name)?, is_gzip })
}

fn without_mark(
    mut text: Box<dyn Read + Send>,
    is_gzip: bool,
    name: &str,
) -> Result<Box<dyn Read + Send>, Failure> {
    let mut head = peek(&mut text, 3).map_err(|error| {
        let input =
            Input { name: name.to_owned(), format: None, size: None, path: PathBuf::new(), held: None };
        input.failure(&error, is_gzip, 1, 0)
    })?;
    if head == b"\xef\xbb\xbf" {
        head.clear();
    }
    Ok(Box::new(Cursor::new(head).chain(text)))
}

fn peek(reader: &mut impl Read, len: usize) -> io::Result<Vec<u8>> {
    let mut head = vec![0; len];
    let (len, result) = fill(reader, &mut head);
    head.truncate(len);
    result.map(|()| head)
}

/// Standard input as a file of its own: whoever holds its lock need not let it go, and there is no second buffer.
fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    let own = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let own = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(File::from(own))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

const STDIN: &str = "standard input";
/// How much of a log is looked at to recognise it.
const HEAD: usize = 64 * 1024;
/// So many lines of which none can be read are no log.
const ENOUGH_LINES: u32 = 20;
const GZIP_BUFFER: usize = 128 * 1024;
/// What else logs are packed with: first bytes, name, and what unpacks it.
const PACKED: [(&[u8], &str, &str); 4] = [
    (b"\x28\xb5\x2f\xfd", "Zstandard", "zstd -dc"),
    (b"\xfd7zXZ\0", "xz", "xz -dc"),
    (b"BZh91A", "bzip2", "bzip2 -dc"),
    (b"PK\x03\x04", "zip", "unzip -p"),
];
