//! A configuration in a directory that Kubernetes keeps: `guestlist.toml → ..data/guestlist.toml`, `..data → ..some-version`. A new version is a new directory,
//! and one rename of `..data`: the file that was opened is never written to, and nothing is ever said to happen to its name.

use std::fs;
use std::os::unix::fs::symlink;

use crate::client::{allowed, denied};
use crate::server::{self, APPS, Server};
use crate::until;

#[test]
fn a_new_version_of_a_config_map_is_read() {
    let directory = server::directory();
    let mount = directory.path().join("mounted");
    fs::create_dir(&mount).unwrap();
    let publish = |version: &str, apps: &str| {
        let data = mount.join(version);
        fs::create_dir(&data).unwrap();
        fs::write(data.join("guestlist.toml"), server::config(directory.path(), "127.0.0.1:0", apps))
            .unwrap();
        symlink(version, mount.join("..data_tmp")).unwrap();
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    };
    publish("..1", APPS);
    let config = mount.join("guestlist.toml");
    symlink("..data/guestlist.toml", &config).unwrap();

    let server = Server::start(&config);
    let mut client = server.connect();
    assert_eq!(client.ask(&allowed()).unwrap().status, 204);

    publish("..2", &APPS.replace("example.com", "example.org"));
    fs::remove_dir_all(mount.join("..1")).unwrap();
    until("the new version is in force", || client.ask(&denied()).unwrap().status == 204);
    assert_eq!(client.ask(&allowed()).unwrap().status, 403);

    // One that does not load changes nothing.
    publish("..3", "[apps.one.upload]\npatterns = [\"(\"]\n");
    until("it is told", || server.metric("guestlist_reloads_total{result=\"error\"") > 0.5);
    assert_eq!(client.ask(&denied()).unwrap().status, 204);
    assert_eq!(server.admin("GET /readyz").status, 200);

    publish("..4", APPS);
    until("the last version is in force", || client.ask(&allowed()).unwrap().status == 204);
}
