//! A loss of power at any moment: what was acknowledged is there, what was not is there whole or not at all.

use crate::redb_store::tests::disk::Disk;
use crate::redb_store::tests::{store_on, work};

/// What became of the images of crashes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    images: u64,
    /// As before the change that was being made, or as after it.
    before: u64,
    after: u64,
    /// The store could not be opened, or does not belong together.
    broken: u64,
    /// Something that was acknowledged is not there.
    lost: u64,
    /// It is in no state that it ever was in.
    mixed: u64,
}

/// Makes changes until there were so many images of crashes, and opens every one of them again.
fn crash(seed: u64, images: u64, lies: bool) -> Tally {
    let mut random = fastrand::Rng::with_seed(seed);
    let disk = Disk::default();
    let store = store_on(
        {
            let disk = disk.clone();
            move || disk.clone()
        },
        true,
    )
    .unwrap();
    let mut states = vec![work::everything(&store).unwrap()];
    let mut tally = Tally::default();
    if lies {
        disk.lie();
    }
    disk.watch(random.fork());
    disk.take_images();
    let mut number = 0;
    while tally.images < images {
        number += 1;
        let is_made = work::change(&store, &mut random, number).unwrap();
        let mut taken: Vec<(Vec<u8>, bool)> =
            disk.take_images().into_iter().map(|image| (image, false)).collect();
        if is_made {
            states.push(work::everything(&store).unwrap());
        }
        // After it was acknowledged.
        taken.push((disk.crash(&mut random), true));
        // Reading makes no images.
        assert!(disk.take_images().is_empty());
        for (image, is_acknowledged) in taken {
            tally.images += 1;
            let Ok(state) =
                store_on(move || Disk::of(image.clone()), false).and_then(|store| work::everything(&store))
            else {
                tally.broken += 1;
                continue;
            };
            match states.iter().rposition(|known| *known == state) {
                Some(at) if at + 1 == states.len() => tally.after += 1,
                Some(at) if is_made && !is_acknowledged && at + 2 == states.len() => tally.before += 1,
                Some(_) => tally.lost += 1,
                None => tally.mixed += 1,
            }
        }
        // No change is needed twice.
        if states.len() > 50 {
            states.drain(..25);
        }
    }
    tally
}

/// How many images are taken of one store, whose history makes them slower as it grows.
const IMAGES_OF_ONE: u64 = 500;

/// `GUESTLIST_CRASH_IMAGES=1000000` opens as many.
#[test]
fn a_crash_loses_nothing_and_mixes_nothing() {
    let wanted = std::env::var("GUESTLIST_CRASH_IMAGES").ok();
    let wanted = wanted.map_or(10_000, |wanted| wanted.parse().expect("GUESTLIST_CRASH_IMAGES is a number"));
    let mut all = Tally::default();
    for seed in 0.. {
        let tally = crash(seed, IMAGES_OF_ONE, false);
        assert_eq!((tally.broken, tally.lost, tally.mixed), (0, 0, 0), "seed {seed}: {tally:?}");
        all.images += tally.images;
        all.before += tally.before;
        all.after += tally.after;
        if all.images >= wanted {
            break;
        }
    }
    println!("{all:?}");
    assert!(all.before > 0 && all.after > 0, "{all:?}");
}

/// Without it the test above would prove nothing.
#[test]
fn a_disk_that_lies_about_syncs_is_found_out() {
    let tally = crash(0, 300, true);
    println!("{tally:?}");
    assert!(tally.lost + tally.broken + tally.mixed > 20, "{tally:?}");
}
