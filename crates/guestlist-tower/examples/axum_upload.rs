//! An upload service: what is put is kept in memory, by app and name, and can be fetched again. Who may put is for the upload list of the app to say, who may show for its delivery list.
//!
//! ```sh
//! cargo run -p guestlist-tower --example axum_upload              # on 127.0.0.1:3000
//! cargo run -p guestlist-tower --example axum_upload 127.0.0.1:0  # on a free port
//! ```

// It is run by a person.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Extension, Router};
use guestlist::{Decision, Gate, List, ListError, ListType, Mode};
use guestlist_gates::Gates;
use guestlist_tower::{AppKey, GuestlistLayer};

/// How many files are kept; axum lets in 2 MB of each.
const MOST_FILES: usize = 100;

/// Files by app and name.
type Files = Arc<Mutex<HashMap<(String, String), Bytes>>>;

/// `demo` enforces its lists, `trial` tries them on live traffic.
pub(crate) fn apps() -> Result<Gates, Box<dyn Error>> {
    let gate = |mode| {
        let list = |list_type| {
            List::builder(list_type).patterns(["{,*.}example.com", "localhost:*"]).mode(mode).build()
        };
        Ok::<_, ListError>(
            Gate::new().with_list(list(ListType::Upload)?).with_list(list(ListType::Delivery)?),
        )
    };
    let gates = Gates::default();
    gates.insert("demo", &gate(Mode::Enforce)?)?;
    gates.insert("trial", &gate(Mode::Report)?)?;
    Ok(gates)
}

pub(crate) fn router(gates: Gates) -> Router {
    // The app is named by the path, `/files/demo/cat.jpg`; both layers ask the same gates.
    let upload = GuestlistLayer::new(Arc::new(gates)).app(AppKey::segment(2));
    let delivery = upload.clone().list_type(ListType::Delivery);
    let files = put(store).layer(upload).merge(get(fetch).layer(delivery));
    Router::new().route("/files/{app}/{name}", files).with_state(Files::default())
}

async fn store(
    State(files): State<Files>,
    Path(file): Path<(String, String)>,
    Extension(decision): Extension<Decision>,
    content: Bytes,
) -> (StatusCode, String) {
    // With a list in the mode `report`: what it would have kept out.
    if decision.denial().is_some() {
        println!("{}: {decision}", file.0);
    }
    let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
    if files.len() >= MOST_FILES && !files.contains_key(&file) {
        return (StatusCode::INSUFFICIENT_STORAGE, format!("there are {MOST_FILES} files already\n"));
    }
    let answer = format!("{} bytes\n", content.len());
    files.insert(file, content);
    (StatusCode::CREATED, answer)
}

async fn fetch(State(files): State<Files>, Path(file): Path<(String, String)>) -> Result<Bytes, StatusCode> {
    files.lock().unwrap_or_else(PoisonError::into_inner).get(&file).cloned().ok_or(StatusCode::NOT_FOUND)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_string());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let url = format!("http://{}/files", listener.local_addr()?);
    println!(
        "\
# uploads: by the Origin header
curl -i -T Cargo.toml -H 'Origin: https://app.example.com' {url}/demo/Cargo.toml      # 201
curl -i -T Cargo.toml -H 'Origin: https://example.com.evil.com' {url}/demo/Cargo.toml # 403, no-match
curl -i -T Cargo.toml {url}/demo/Cargo.toml                                           # 403, missing-header
# an app that only reports, and one that there is not
curl -i -T Cargo.toml -H 'Origin: https://evil.com' {url}/trial/Cargo.toml            # 201, and a line here
curl -i -T Cargo.toml -H 'Origin: https://app.example.com' {url}/nobody/Cargo.toml    # 403, no-match
# downloads: by the Referer header as well
curl -i -e https://www.example.com/album {url}/demo/Cargo.toml                        # 200
curl -i -e https://evil.com/ {url}/demo/Cargo.toml                                    # 403, no-match
curl -i {url}/demo/Cargo.toml                                                         # 200: a download by hand"
    );
    axum::serve(listener, router(apps()?)).await?;
    Ok(())
}
