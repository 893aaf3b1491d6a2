//! Changes of every kind, in an order that chance chooses, and all that a store says afterwards.

use std::fmt::Write;

use guestlist::{List, ListType, Mode};
use guestlist_policy::Requirement;

use crate::app::{AppQuery, AppSettings};
use crate::content::Content;
use crate::error::{StoreError, StoreErrorKind};
use crate::redb_store::RedbStore;
use crate::revision::Change;
use crate::secrets::{AppSecret, AppSecrets};
use crate::store::Store;
use crate::time::Timestamp;
use crate::token::{Access, Grant, Scope};

/// How many apps there are at most.
const APPS: u8 = 6;

/// Makes one change, of a kind that chance chooses; whether it was made. One that is refused because of what is there changes nothing.
pub(super) fn change(store: &RedbStore, random: &mut fastrand::Rng, number: u64) -> Result<bool, StoreError> {
    let key = format!("app-{}", random.u8(0..APPS));
    let change = Change::by(format!("person {}", random.u8(0..3)))
        .why(format!("change {number}"))
        .at(Timestamp::from_millis(number));
    let list_type = ListType::ALL[usize::from(random.bool())];
    let done = match random.u8(0..24) {
        0 | 1 => store.create_app(&key, AppSettings::named(format!("name {number}")), &change).map(drop),
        2 => store.remove_app(&key, &change),
        3 => with_app(store, &key, |app| {
            let requirement = [Requirement::Off, Requirement::Required][usize::from(random.bool())];
            let settings = AppSettings::named(format!("name {number}"))
                .limit(list_type, random.usize(1..50))
                .require(list_type, requirement);
            store.change_app(&key, app.version, settings, &change).map(drop)
        }),
        4 => store
            .create_token(&format!("token {number}"), &Grant::new(Access::Write, Scope::App(key)), &change)
            .map(drop),
        5 => store.revoke_token(random.u64(1..10), &change).map(drop),
        6 => with_app(store, &key, |app| {
            let seen = app.list(list_type).number;
            store.restore_list(&key, list_type, seen, random.u64(1..=seen), &change).map(drop)
        }),
        7 | 8 => {
            let seen = store.secrets(&key)?.map_or(0, |secrets| secrets.version);
            store.rotate_secret(&key, seen, random.bool(), &change).map(drop)
        }
        9 => match store.secrets(&key)? {
            Some(AppSecrets { version, previous: Some(_), .. }) => {
                store.drop_previous_secret(&key, version, &change).map(drop)
            }
            _ => return Ok(false),
        },
        _ => with_app(store, &key, |app| {
            let content = content(list_type, random, number);
            store.save_list(&key, list_type, app.list(list_type).number, &content, &change).map(drop)
        }),
    };
    match done {
        Ok(()) => Ok(true),
        Err(error) => match error.kind() {
            StoreErrorKind::UnknownApp
            | StoreErrorKind::AppExists
            | StoreErrorKind::UnknownToken
            | StoreErrorKind::TooManyPatterns { .. } => Ok(false),
            _ => Err(error),
        },
    }
}

fn with_app(
    store: &RedbStore,
    key: &str,
    change: impl FnOnce(crate::app::App) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    change(store.app(key)?.ok_or(StoreErrorKind::UnknownApp)?)
}

fn content(list_type: ListType, random: &mut fastrand::Rng, number: u64) -> Content {
    let count = random.usize(0..20);
    let patterns = (0..count)
        .map(|pattern| format!("*.p{pattern}-{number}.{}example.com", "x".repeat(random.usize(0..40))))
        .collect::<Vec<_>>();
    let mode = [Mode::Off, Mode::Report, Mode::Enforce][random.usize(0..3)];
    let list = List::builder(list_type).patterns(patterns).mode(mode).block_missing(random.bool());
    Content::of(&list.build().unwrap())
}

/// All that the store says, and that it belongs together.
pub(super) fn everything(store: &RedbStore) -> Result<String, StoreError> {
    store.verify()?;
    let mut text = String::new();
    let mut apps = Vec::new();
    let last = store.each_app(&mut |app| apps.push(app))?;
    writeln!(text, "{last} {apps:#?} {:#?}", store.apps(&AppQuery::new(), usize::MAX)?).unwrap();
    for app in 0..APPS {
        for list_type in ListType::ALL {
            let history = store.history(&format!("app-{app}"), list_type, None, usize::MAX)?;
            writeln!(text, "{history:?}").unwrap();
        }
    }
    store.each_secrets(&mut |key, secrets| {
        let AppSecrets { version, current, previous } = &secrets;
        let one = |secret: &AppSecret| (secret.secret.expose().to_vec(), secret.created, secret.by.clone());
        writeln!(text, "{key} {version} {:?} {:?}", one(current), previous.as_ref().map(one)).unwrap();
    })?;
    writeln!(text, "{:?} {:?}", store.log(None, None, usize::MAX)?, store.tokens()?).unwrap();
    Ok(text)
}
