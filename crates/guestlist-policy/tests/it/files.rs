//! Secrets in files, and secrets that are not shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use guestlist_policy::{MAX_SECRET_BYTES, Secret, Secrets};

fn read(text: &str, mode: u32) -> Result<Secrets, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.secret");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    Secrets::read_file(&file).map_err(|error| error.to_string().replace(&*file.display().to_string(), "FILE"))
}

fn texts(secrets: &Secrets) -> Vec<&[u8]> {
    [secrets.current(), secrets.previous()].into_iter().flatten().map(Secret::expose).collect()
}

#[test]
fn one_or_two_are_read_the_newest_first() {
    for (text, expected) in [
        ("new", vec!["new"]),
        ("new\n", vec!["new"]),
        ("new\r\nold\r\n", vec!["new", "old"]),
        ("\n new \n\n\told\n\n", vec!["new", "old"]),
        ("with blanks in it\n", vec!["with blanks in it"]),
    ] {
        let secrets = read(text, 0o600).unwrap();
        let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
        assert_eq!(texts(&secrets), expected, "{text:?}");
    }
    assert_eq!(
        read(&format!("{0}\n{0}", "x".repeat(MAX_SECRET_BYTES)), 0o600).map(|secrets| texts(&secrets).len()),
        Ok(2)
    );
}

#[test]
fn what_cannot_be_used_is_said_with_what_to_do() {
    let too_long = "x".repeat(MAX_SECRET_BYTES + 1);
    let far_too_long = "x".repeat(5000);
    for (text, mode, words) in [
        ("new", 0o644, "exposed"),
        ("new", 0o604, "exposed"),
        ("new", 0o660, "exposed"),
        ("new", 0o777, "0777"),
        ("", 0o600, "no secret"),
        (" \n \n", 0o600, "no secret"),
        ("a\nb\nc", 0o600, "more than two"),
        (&too_long, 0o600, "limit is 1024"),
        (&far_too_long, 0o600, "too long"),
    ] {
        let error = read(text, mode).unwrap_err();
        assert!(error.contains(words) && error.contains("FILE"), "{text} {mode:o}: {error}");
        assert!(text.trim().is_empty() || !error.contains(text), "{error}");
    }
    for mode in [0o600, 0o400, 0o640, 0o440] {
        assert!(read("new", mode).is_ok(), "{mode:o}");
    }
    assert!(read("\u{feff}new", 0o600).unwrap_err().contains("byte order mark"));
    let folder = tempfile::tempdir().unwrap();
    assert!(Secrets::read_file(folder.path()).unwrap_err().to_string().contains("is no file"));
    let missing = Secrets::read_file("/nonexistent/app.secret".as_ref()).unwrap_err().to_string();
    assert!(missing.contains("/nonexistent/app.secret") && missing.contains("cannot be read"), "{missing}");
}

#[test]
fn nothing_that_is_shown_has_a_secret_in_it() {
    let secret = Secret::new("dontshowthis").unwrap();
    let secrets = Secrets::one(secret.clone()).rotated(Secret::new("northis").unwrap());
    let verifier = guestlist_policy::Verifier::new(secrets.clone());
    let shown =
        format!("{secret:?} {secrets:?} {verifier:?} {:?}", guestlist_policy::AppLock::new(verifier.clone()));
    assert!(!shown.contains("showthis") && !shown.contains("northis"), "{shown}");
    // Nor the bytes of one.
    assert!(!shown.contains("100, 111"), "{shown}");
    assert!(Secret::new("").unwrap_err().to_string().contains("empty"));
}

#[test]
fn new_ones_are_letters_and_digits_and_never_the_same() {
    let texts: std::collections::BTreeSet<Vec<u8>> =
        (0..100).map(|_| Secret::generate().unwrap().expose().to_vec()).collect();
    assert_eq!(texts.len(), 100);
    let mut seen = [false; 256];
    for byte in texts.iter().flatten() {
        seen[usize::from(*byte)] = true;
    }
    assert_eq!(seen.iter().filter(|seen| **seen).count(), 32);
    assert!(texts.iter().all(|text| text.len() == 52 && text.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))));
}
