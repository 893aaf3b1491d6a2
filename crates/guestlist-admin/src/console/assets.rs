//! What pages load beside themselves: a style sheet, a script, an icon, each ours, named for what is in it and kept by browsers for good.

use core::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use guestlist_proof::railroad;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

/// Where they are.
pub(crate) const FOLDER: &str = "/assets/";

pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    // Names of the pictures' styles are those of every day.
    let ours = [include_str!("assets/console.css"), include_str!("assets/beside.css")].concat();
    let text = format!("{ours}\n.railroad {{\n{}}}\n", railroad::STYLE_SHEET);
    Asset::new("css", "text/css; charset=utf-8", text)
});
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("js", "text/javascript; charset=utf-8", include_str!("assets/console.js").to_string())
});
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("svg", "image/svg+xml", include_str!("assets/icon.svg").to_string()));

/// A file that pages load.
pub(crate) struct Asset {
    path: String,
    kind: &'static str,
    text: String,
}

impl Asset {
    fn new(ending: &str, kind: &'static str, text: String) -> Asset {
        let mut path = format!("{FOLDER}console-");
        for byte in Sha256::digest(text.as_bytes()).iter().take(8) {
            // Writing to a text does not fail.
            let _ = write!(path, "{byte:02x}");
        }
        path += ".";
        path += ending;
        Asset { path, kind, text }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

pub(super) async fn get(uri: Uri) -> Result<Response, Problem> {
    let all: [&'static Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    let asset = all.into_iter().find(|asset| asset.path == uri.path());
    let asset = asset.ok_or_else(|| Problem::new(Kind::NoSuchResource, "there is nothing at this path"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.text.as_str()).into_response())
}
