//! An API that pages of some sites may call: one list decides which requests are served, and as a predicate of tower-http's CORS layer which sites may read the answers.
//!
//! ```sh
//! cargo run -p guestlist-tower --features cors --example cors              # on 127.0.0.1:3000
//! cargo run -p guestlist-tower --features cors --example cors 127.0.0.1:0  # on a free port
//! ```

// It is run by a person.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use guestlist::{Gate, List, ListError, ListType};
use guestlist_tower::GuestlistLayer;
use tower_http::cors::CorsLayer;

pub(crate) fn router() -> Result<Router, ListError> {
    let list = List::builder(ListType::Upload).patterns(["{,*.}example.com", "localhost:*"]).build()?;
    let guests = GuestlistLayer::new(Gate::new().with_list(list));
    let cors = CorsLayer::new()
        .allow_origin(guests.allow_origin())
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([CONTENT_TYPE])
        .max_age(Duration::from_secs(600));
    let time = get(|| async { "now\n" }).put(|| async { "set\n" });
    // What is added last is outside: the CORS layer answers preflight requests by itself.
    Ok(Router::new().route("/time", time).layer(guests).layer(cors))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_string());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let url = format!("http://{}/time", listener.local_addr()?);
    println!(
        "\
# what a browser asks before a page sends a PUT to another site
curl -i -X OPTIONS -H 'Access-Control-Request-Method: PUT' -H 'Origin: https://app.example.com' {url} # 200, access-control-allow-origin: https://app.example.com
curl -i -X OPTIONS -H 'Access-Control-Request-Method: PUT' -H 'Origin: https://evil.com' {url}        # 200, without it: the browser sends no PUT
# the request itself
curl -i -X PUT -H 'Origin: https://app.example.com' {url}                                             # 200
curl -i -X PUT -H 'Origin: https://evil.com' {url}                                                    # 403, for those who do not ask first
curl -i -H 'Origin: null' {url}                                                                       # 403"
    );
    axum::serve(listener, router()?).await?;
    Ok(())
}
