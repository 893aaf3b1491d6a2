//! nginx in front: one process that serves the same small file three times, asking the bare server, guestlist or nobody.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use super::process::{self, Process};

/// nginx and the addresses of its three servers.
#[derive(Debug)]
pub(super) struct Nginx {
    pub(super) process: Process,
    pub(super) bare: String,
    pub(super) guestlist: String,
    pub(super) nobody: String,
}

/// Starts it in a directory, with checkers on these two sockets.
pub(super) fn start(directory: &Path, workers: u32, bare: &Path, guestlist: &Path) -> io::Result<Nginx> {
    fs::create_dir(directory)?;
    fs::write(directory.join("small.txt"), "A small file, such as a thumbnail is.\n")?;
    // Held until all are known, so that no two are the same.
    let free: Vec<TcpListener> =
        (0..3).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
    let addresses: Vec<String> =
        free.iter().map(|free| Ok(free.local_addr()?.to_string())).collect::<io::Result<_>>()?;
    drop(free);
    let [asks_bare, asks_guestlist, nobody] =
        [&addresses[0], &addresses[1], &addresses[2]].map(String::clone);

    // Its workers are `nobody` where root starts it, who may not look into this directory.
    let user = if fs::metadata("/proc/self")?.uid() == 0 { "user root;" } else { "" };
    let log = directory.join("error.log");
    let text = format!(
        "{user}
daemon off;
worker_processes {workers};
pid nginx.pid;
error_log {log} warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    types {{ text/plain txt; }}
    root {root};
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    upstream bare {{ server unix:{bare}; keepalive 256; keepalive_requests 1000000000; }}
    upstream guestlist {{ server unix:{guestlist}; keepalive 256; keepalive_requests 1000000000; }}
    server {{ listen {nobody}; }}
    {asks_bare}
    {asks_guestlist}
}}
",
        log = log.display(),
        root = directory.display(),
        bare = bare.display(),
        guestlist = guestlist.display(),
        asks_bare = asking(&asks_bare, "bare"),
        asks_guestlist = asking(&asks_guestlist, "guestlist"),
    );
    let file = directory.join("nginx.conf");
    fs::write(&file, text)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(directory).arg("-e").arg(&log).arg("-c").arg(&file);
    let process = Process::quiet("nginx", &mut command)?;
    for address in &addresses {
        process::wait_for(address, &log)?;
    }
    Ok(Nginx { process, bare: asks_bare, guestlist: asks_guestlist, nobody })
}

/// A server that asks a checker about every request, as docs say that it is to be set up.
fn asking(address: &str, checker: &str) -> String {
    format!(
        "server {{
        listen {address};
        location / {{ auth_request /guestlist; }}
        location = /guestlist {{
            internal;
            proxy_pass http://{checker}/api/authz/auth-request;
            proxy_pass_request_body off;
            proxy_set_header Content-Length \"\";
            proxy_set_header X-Original-URL $request_uri;
            proxy_set_header X-Original-Method $request_method;
            proxy_set_header Connection \"\";
            proxy_http_version 1.1;
        }}
    }}"
    )
}
