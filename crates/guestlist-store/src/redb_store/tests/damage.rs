//! A file that was damaged: refused with what to do, or as it was. Never a panic, never lists that say nothing.

use crate::error::StoreErrorKind;
use crate::redb_store::tests::disk::Disk;
use crate::redb_store::tests::{store_on, work};

fn healthy() -> (Vec<u8>, String) {
    let disk = Disk::default();
    let store = store_on(
        {
            let disk = disk.clone();
            move || disk.clone()
        },
        true,
    )
    .unwrap();
    let mut random = fastrand::Rng::with_seed(4);
    for number in 0..200 {
        work::change(&store, &mut random, number).unwrap();
    }
    let state = work::everything(&store).unwrap();
    drop(store);
    (disk.bytes(), state)
}

/// What a store on these bytes says: all of it, or why not.
fn said(bytes: Vec<u8>) -> Result<String, StoreErrorKind> {
    let store = store_on(move || Disk::of(bytes.clone()), false).map_err(crate::StoreError::into_kind)?;
    work::everything(&store).map_err(crate::StoreError::into_kind)
}

#[test]
fn a_damaged_file_is_refused_or_as_it_was() {
    let (bytes, state) = healthy();
    assert_eq!(said(bytes.clone()).unwrap(), state);
    let mut random = fastrand::Rng::with_seed(5);
    let (mut refused, mut whole) = (0, 0);
    for round in 0..600 {
        let mut bytes = bytes.clone();
        let at = random.usize(0..bytes.len());
        match round % 6 {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at..].iter_mut().take(512).for_each(|byte| *byte = random.u8(..)),
            2 => bytes[at..].iter_mut().take(4096).for_each(|byte| *byte = 0),
            3 => bytes.truncate(at),
            // The head of the file says where everything is.
            4 => bytes[random.usize(0..320)] ^= 1 << random.u8(0..8),
            _ => {
                let (from, to) = (at / 4096 * 4096, random.usize(0..bytes.len()) / 4096 * 4096);
                let end = (from + 4096).min(bytes.len());
                let to = to.min(bytes.len() - (end - from));
                bytes.copy_within(from..end, to);
            }
        }
        match said(bytes) {
            Ok(said) => {
                assert_eq!(said, state, "round {round}");
                whole += 1;
            }
            Err(StoreErrorKind::Corrupt { .. } | StoreErrorKind::Format { .. }) => refused += 1,
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
    println!("{refused} refused, {whole} whole");
    assert!(refused > 100 && whole > 10, "{refused} refused, {whole} whole");
}

#[test]
fn an_empty_file_is_no_store() {
    assert!(matches!(said(Vec::new()), Err(StoreErrorKind::Corrupt { .. })));
    assert!(matches!(
        said(vec![0; 1 << 20]),
        Err(StoreErrorKind::Format { .. } | StoreErrorKind::Corrupt { .. })
    ));
    assert!(matches!(said(b"[apps.a.upload]\npatterns = []\n".to_vec()), Err(StoreErrorKind::Format { .. })));
}
