//! [`RedbStore::verify`]: everything, held against everything else.

use std::collections::{HashMap, HashSet};

use redb::{ReadTransaction, ReadableTable};

use crate::error::StoreError;
use crate::log::Action;
use crate::redb_store::RedbStore;
use crate::redb_store::error::Failure;
use crate::redb_store::tables::{
    APPS, LOG, LOG_OF_APPS, REVISIONS, SECRETS, SUMMARIES, SummaryRow, TOKENS, list_number,
};
use crate::secrets::AppSecrets;
use guestlist::ListType;

impl RedbStore {
    /// Reads everything, and looks whether all of it belongs together: every row as it was written, the list in force the last version of its history, no number missing, and the log telling of every version.
    ///
    /// Costs some microseconds for each version that there ever was.
    ///
    /// # Errors
    ///
    /// What does not belong together.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.read(verify)
    }
}

fn verify(transaction: &ReadTransaction) -> Result<(), Failure> {
    let wrong = |what: String| Err(Failure::corrupt(what));
    // The last number of each list, as its history has it.
    let mut last: HashMap<(String, u8), u64> = HashMap::new();
    let revisions = transaction.open_table(REVISIONS.definition)?;
    for row in revisions.iter()? {
        let (place, bytes) = row?;
        let (key, list, number) = place.value();
        let revision = REVISIONS.unseal(&place.value(), bytes.value())?;
        let last = last.entry((key.to_string(), list)).or_default();
        if number != *last + 1 || revision.number != number {
            return wrong(format!("version {} of a list of {key} is missing", *last + 1));
        }
        *last = number;
    }
    let summaries = transaction.open_table(SUMMARIES.definition)?;
    let mut apps = HashSet::new();
    for row in transaction.open_table(APPS.definition)?.iter()? {
        let (key, bytes) = row?;
        let key = key.value();
        let app = APPS.unseal(&key, bytes.value())?.with_key(key);
        for list_type in ListType::ALL {
            let (list, current) = (list_number(list_type), app.list(list_type));
            let is_last = last.get(&(key.to_string(), list)) == Some(&current.number);
            if !is_last || REVISIONS.get(&revisions, (key, list, current.number))?.as_ref() != Some(current) {
                return wrong(format!("the {list_type} list of {key} is not the last of its versions"));
            }
        }
        if SUMMARIES.get(&summaries, key)? != Some(SummaryRow::of(&app)) {
            return wrong(format!("the summary of {key} is of another version"));
        }
        apps.insert(key.to_string());
    }
    if summaries.iter()?.count() != apps.len() {
        return wrong("there is a summary of an app that there is not".to_string());
    }
    let mut secrets = HashMap::new();
    for row in transaction.open_table(SECRETS.definition)?.iter()? {
        let (key, bytes) = row?;
        let key = key.value();
        secrets.insert(key.to_string(), AppSecrets::from(SECRETS.unseal(&key, bytes.value())?).version);
    }
    verify_log(transaction, &last, &apps, &secrets)?;
    for row in transaction.open_table(TOKENS.definition)?.iter()? {
        let (number, bytes) = row?;
        if TOKENS.unseal(&number.value(), bytes.value())?.token.number != number.value() {
            return wrong(format!("token {} has another number", number.value()));
        }
    }
    Ok(())
}

/// The log tells of every app and every version, and of the versions of secrets, and of no other.
fn verify_log(
    transaction: &ReadTransaction,
    last: &HashMap<(String, u8), u64>,
    apps: &HashSet<String>,
    secrets: &HashMap<String, u64>,
) -> Result<(), Failure> {
    let wrong = |what: String| Err(Failure::corrupt(what));
    let mut told: HashMap<(String, u8), u64> = HashMap::new();
    let mut there: HashSet<String> = HashSet::new();
    let mut secrets_told: HashMap<String, u64> = HashMap::new();
    let mut of_apps = HashSet::new();
    let mut before = 0;
    for row in transaction.open_table(LOG.definition)?.iter()? {
        let (number, bytes) = row?;
        let entry = LOG.unseal(&number.value(), bytes.value())?;
        if number.value() != before + 1 || entry.number != number.value() {
            return wrong(format!("entry {} of the log is missing", before + 1));
        }
        before = entry.number;
        let Some(app) = entry.app else { continue };
        of_apps.insert((app.clone(), entry.number));
        match entry.action {
            Action::AppCreated => {
                ListType::ALL
                    .map(list_number)
                    .into_iter()
                    .for_each(|list| *told.entry((app.clone(), list)).or_default() += 1);
                there.insert(app);
            }
            Action::AppRemoved => {
                there.remove(&app);
                secrets_told.remove(&app);
            }
            Action::SecretMade { version, .. } | Action::PreviousSecretEnded { version } => {
                if version != before {
                    return wrong(format!(
                        "the log tells of secrets of {app} with another version than its own"
                    ));
                }
                secrets_told.insert(app, version);
            }
            Action::ListSaved { list, number, .. } => {
                let told = told.entry((app.clone(), list_number(list))).or_default();
                *told += 1;
                if *told != number {
                    return wrong(format!(
                        "the log tells of version {number} of the {list} list of {app} too early"
                    ));
                }
            }
            _ => {}
        }
    }
    if &told != last || &there != apps {
        return wrong("the log tells of other versions than there are".to_string());
    }
    if &secrets_told != secrets {
        return wrong("the log tells of other secrets than there are".to_string());
    }
    let mut count = 0;
    for row in transaction.open_table(LOG_OF_APPS)?.iter()? {
        let (app, number) = {
            let (place, _) = row?;
            let (app, number) = place.value();
            (app.to_string(), number)
        };
        count += 1;
        if !of_apps.contains(&(app.clone(), number)) {
            return wrong(format!("entry {number} of the log is not about {app}"));
        }
    }
    if count != of_apps.len() {
        return wrong("an app's part of the log is missing".to_string());
    }
    Ok(())
}
