//! Scenarios, contenders, rounds → figures.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use super::config::Fixture;
use super::nginx::{self, Nginx};
use super::options::Options;
use super::process::{self, Addresses, Process};
use super::wrk::{self, Load};

/// The server that all others are held against.
pub(super) const BARE: &str = "bare hyper";
/// Ours.
pub(super) const GUESTLIST: &str = "guestlist";

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    pub(super) rounds: u32,
    pub(super) seconds: u32,
    pub(super) connections: u32,
    pub(super) workers: u32,
    pub(super) apps: u32,
    pub(super) cores: usize,
    pub(super) scenarios: Vec<Scenario>,
}

impl Outcome {
    /// The names of the scenarios whose target was missed.
    pub(super) fn missed(&self) -> Vec<&'static str> {
        let missed = |scenario: &&Scenario| scenario.verdict() == Some(false);
        self.scenarios.iter().filter(missed).map(|scenario| scenario.name).collect()
    }
}

/// One load for several contenders.
#[derive(Debug, Serialize)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// What part of the bare server's requests a second ours is to reach.
    pub(super) target: Option<f64>,
    pub(super) contenders: Vec<Contender>,
}

impl Scenario {
    /// The ratios of ours to the bare one, a round each, from the smallest to the largest.
    pub(super) fn ratios(&self) -> Vec<f64> {
        let turns = |name| self.contenders.iter().find(|contender| contender.name == name);
        let (Some(ours), Some(bare)) = (turns(GUESTLIST), turns(BARE)) else { return Vec::new() };
        let pairs = ours.turns.iter().zip(&bare.turns);
        let mut ratios: Vec<f64> =
            pairs.map(|(ours, bare)| ours.load.per_second() / bare.load.per_second()).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    }

    /// Whether the target was reached, where there is one and it was measured.
    pub(super) fn verdict(&self) -> Option<bool> {
        let ratios = self.ratios();
        Some(*ratios.get(ratios.len() / 2)? >= self.target?)
    }
}

/// One server under one load.
#[derive(Debug, Serialize)]
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) turns: Vec<Turn>,
    #[serde(skip)]
    plan: Plan,
}

impl Contender {
    /// The median of something over the rounds.
    pub(super) fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        let mut values: Vec<f64> = self.turns.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// What one turn took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Turn {
    pub(super) load: Load,
    /// Processor seconds for a million requests, of the checker; of nginx where there is none.
    pub(super) checker_cpu: f64,
    /// The same of nginx.
    pub(super) nginx_cpu: f64,
    /// Of the checker; of nginx where there is none.
    pub(super) resident_bytes: f64,
}

/// How to load a contender.
#[derive(Debug)]
struct Plan {
    url: String,
    origin: String,
    script: PathBuf,
    /// Whether it is to refuse everything.
    refuses: bool,
    checker: Option<Server>,
    through_nginx: bool,
}

#[derive(Clone, Copy, Debug)]
enum Server {
    Bare,
    Guestlist,
}

/// All servers, started.
#[derive(Debug)]
struct Stage {
    bare: (Process, Addresses),
    guestlist: (Process, Addresses),
    nginx: Nginx,
    /// The last to go: the servers' sockets and logs are in it.
    directory: tempfile::TempDir,
}

/// Starts everything, holds every answer against what it must be, and lets the contenders take turns.
pub(super) fn run(options: &Options) -> io::Result<Outcome> {
    let fixture = Fixture::new(options.apps);
    let stage = Stage::new(options, &fixture)?;
    let mut scenarios = stage.scenarios(&fixture)?;
    if !options.scenario.is_empty() {
        if let Some(unknown) =
            options.scenario.iter().find(|name| !scenarios.iter().any(|s| s.name == **name))
        {
            let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name).collect();
            return Err(io::Error::other(format!("no scenario `{unknown}`; there are {}", names.join(", "))));
        }
        scenarios.retain(|scenario| options.scenario.iter().any(|name| name == scenario.name));
    }

    let (rounds, seconds) = options.turns();
    // The first second warms up and does not count.
    for contender in scenarios.iter_mut().flat_map(|scenario| &mut scenario.contenders) {
        stage.turn(options, 1, &contender.plan)?;
    }
    for _ in 0..rounds {
        for contender in scenarios.iter_mut().flat_map(|scenario| &mut scenario.contenders) {
            let turn = stage.turn(options, seconds, &contender.plan)?;
            contender.turns.push(turn);
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let Options { connections, workers, apps, .. } = *options;
    Ok(Outcome { rounds, seconds, connections, workers, apps, cores, scenarios })
}

impl Stage {
    fn new(options: &Options, fixture: &Fixture) -> io::Result<Stage> {
        let directory = tempfile::tempdir()?;
        let workers = options.workers;
        let bare_socket = directory.path().join("bare.sock");
        let bare = Process::server(
            BARE,
            Command::new(&options.bare)
                .args(["--listen", "127.0.0.1:0", "--workers", &workers.to_string()])
                .arg("--listen")
                .arg(unix(&bare_socket)),
        )?;

        let socket = directory.path().join("guestlist.sock");
        let config = directory.path().join("guestlist.toml");
        // Denials are what makes a log grow, so it is as it is by default, but for where it goes.
        let server = format!(
            "[server]\nlisten = [\"127.0.0.1:0\", \"{}\"]\nadmin = \"127.0.0.1:0\"\nworkers = {workers}\n[server.log]\nfile = \"decisions.jsonl\"\n",
            unix(&socket)
        );
        fs::write(&config, server + &fixture.toml)?;
        let log = fs::File::create(directory.path().join("guestlist.log"))?;
        let guestlist = Process::server(
            GUESTLIST,
            Command::new(&options.guestlist)
                .args(["serve", "--format", "json", "--config"])
                .arg(&config)
                .stderr(log),
        )
        .map_err(|error| {
            let log = fs::read_to_string(directory.path().join("guestlist.log")).unwrap_or_default();
            io::Error::other(format!("{error}\n{log}"))
        })?;
        let nginx = nginx::start(&directory.path().join("nginx"), workers, &bare_socket, &socket)?;
        Ok(Stage { bare, guestlist, nginx, directory })
    }

    /// What is measured; each contender's answer is looked at once.
    fn scenarios(&self, fixture: &Fixture) -> io::Result<Vec<Scenario>> {
        let one = self.script("one.lua", "")?;
        let every = self.script("every.lua", &fixture.in_turn())?;
        let (key, origin) = fixture.middle();
        let (bare, guestlist) = (self.bare.1.tcp()?, self.guestlist.1.tcp()?);
        let check = format!("/check/upload/{key}");
        let file = format!("/small.txt?key={key}");
        let stranger = "https://evil.example";

        let contender = |name, address: &str, path: &str, origin: &str, checker| {
            let through_nginx = [&self.nginx.bare, &self.nginx.guestlist, &self.nginx.nobody]
                .iter()
                .any(|own| **own == address);
            let plan = Plan {
                url: format!("http://{address}{path}"),
                origin: origin.to_owned(),
                script: one.clone(),
                refuses: origin == stranger && matches!(checker, Some(Server::Guestlist)),
                checker,
                through_nginx,
            };
            let status = match (plan.refuses, through_nginx) {
                (true, _) => "403",
                (false, true) => "200",
                (false, false) => "204",
            };
            let answer = process::ask(address, path, origin)?;
            if !answer.starts_with(&format!("HTTP/1.1 {status}")) {
                return Err(io::Error::other(format!("{name} should answer {path} with {status}: {answer}")));
            }
            Ok(Contender { name, turns: Vec::new(), plan })
        };
        let direct = |path: &str, origin: &str| {
            io::Result::Ok(vec![
                contender(BARE, bare, path, origin, Some(Server::Bare))?,
                contender(GUESTLIST, guestlist, path, origin, Some(Server::Guestlist))?,
            ])
        };
        let mut in_turn = direct(&check, origin)?;
        in_turn.iter_mut().for_each(|contender| contender.plan.script.clone_from(&every));
        Ok(vec![
            Scenario {
                name: "direct",
                about: "the check endpoint over TCP, one app, an origin that it admits",
                target: Some(0.85),
                contenders: direct(&check, origin)?,
            },
            Scenario {
                name: "direct-apps",
                about: "every app in turn, each with an origin that it admits",
                target: None,
                contenders: in_turn,
            },
            Scenario {
                name: "direct-denied",
                about: "one app, an origin that it does not admit: 403 with a body, against an empty 204",
                target: None,
                contenders: direct(&check, stranger)?,
            },
            Scenario {
                name: "nginx",
                about: "a small file from nginx, `auth_request` over a unix socket",
                target: Some(0.90),
                contenders: vec![
                    contender(BARE, &self.nginx.bare, &file, origin, Some(Server::Bare))?,
                    contender(GUESTLIST, &self.nginx.guestlist, &file, origin, Some(Server::Guestlist))?,
                    contender("nobody asked", &self.nginx.nobody, &file, origin, None)?,
                ],
            },
        ])
    }

    fn script(&self, name: &str, requests: &str) -> io::Result<PathBuf> {
        let path = self.directory.path().join(name);
        wrk::write_script(&path, requests)?;
        Ok(path)
    }

    fn turn(&self, options: &Options, seconds: u32, plan: &Plan) -> io::Result<Turn> {
        let nginx = &self.nginx.process;
        let checker = match plan.checker {
            Some(Server::Bare) => &self.bare.0,
            Some(Server::Guestlist) => &self.guestlist.0,
            None => nginx,
        };
        let before = (checker.cpu_seconds()?, nginx.cpu_seconds()?);
        let load = wrk::run(options, seconds, &plan.url, &plan.origin, &plan.script)?;
        let after = (checker.cpu_seconds()?, nginx.cpu_seconds()?);

        let refused = if plan.refuses { load.requests } else { 0.0 };
        if load.requests < 1.0 || load.broken > 0.0 || (load.refused - refused).abs() > 0.5 {
            return Err(io::Error::other(format!(
                "{}: not everything was answered as it should be: {load:?}",
                plan.url
            )));
        }
        let millions = load.requests / 1e6;
        let nginx_cpu = if plan.through_nginx { (after.1 - before.1) / millions } else { 0.0 };
        Ok(Turn {
            checker_cpu: (after.0 - before.0) / millions,
            nginx_cpu,
            resident_bytes: checker.resident_bytes()?,
            load,
        })
    }
}

fn unix(path: &Path) -> String {
    format!("unix:{}", path.display())
}
