//! A disk that remembers what was synced and what was only written, and can be switched off at any moment.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: u64 = 512;

/// A disk; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What programs read.
    written: Vec<u8>,
    /// What a loss of power leaves for certain.
    synced: Vec<u8>,
    /// What was done since; a loss of power leaves any part of it, in any order.
    since: Vec<Step>,
    /// Says that it has synced, and has not.
    lies: bool,
    /// Most bytes that there is room for.
    room: Option<u64>,
    /// What a crash would have left after each step, while chance is given to choose it by.
    images: Vec<Vec<u8>>,
    random: Option<fastrand::Rng>,
}

#[derive(Clone, Debug)]
enum Step {
    Write(u64, Vec<u8>),
    SetLen(u64),
}

impl Disk {
    /// With these bytes on it.
    pub(super) fn of(bytes: Vec<u8>) -> Disk {
        Disk(Arc::new(Mutex::new(State { written: bytes.clone(), synced: bytes, ..State::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on syncs are lies.
    pub(super) fn lie(&self) {
        self.state().lies = true;
    }

    /// There is room for so many bytes.
    pub(super) fn set_room(&self, bytes: Option<u64>) {
        self.state().room = bytes;
    }

    /// From now on images are taken of what a crash would leave, by these random numbers.
    pub(super) fn watch(&self, random: fastrand::Rng) {
        self.state().random = Some(random);
    }

    /// The images that were taken since this was last asked.
    pub(super) fn take_images(&self) -> Vec<Vec<u8>> {
        mem::take(&mut self.state().images)
    }

    /// What programs read.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.state().written.clone()
    }

    /// What a loss of power could leave now.
    pub(super) fn crash(&self, random: &mut fastrand::Rng) -> Vec<u8> {
        self.state().crash(random)
    }
}

impl State {
    fn step(&mut self, step: Step) {
        step.apply(&mut self.written, |_| true);
        self.since.push(step);
        self.stepped();
    }

    fn stepped(&mut self) {
        if let Some(mut random) = self.random.take() {
            let image = self.crash(&mut random);
            self.images.push(image);
            self.random = Some(random);
        }
    }

    /// What a loss of power could leave now: of what was not synced, some steps, in some order, and of a write some sectors.
    fn crash(&self, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut image = self.synced.clone();
        let mut since: Vec<&Step> = self.since.iter().collect();
        let (keeps, tears, reorders) = (random.u8(0..=4), random.bool(), random.bool());
        if reorders {
            random.shuffle(&mut since);
        }
        for step in since {
            if random.u8(0..4) < keeps {
                step.apply(&mut image, |_| !tears || random.bool());
            }
        }
        image
    }
}

impl Step {
    /// Does it, as far as the sectors that it writes to are kept.
    fn apply(&self, bytes: &mut Vec<u8>, mut keeps: impl FnMut(u64) -> bool) {
        match self {
            Step::SetLen(len) => bytes.resize(usize::try_from(*len).unwrap(), 0),
            Step::Write(offset, data) => {
                let end = usize::try_from(*offset).unwrap() + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                let mut at = *offset;
                while at < end as u64 {
                    let next = ((at / SECTOR + 1) * SECTOR).min(end as u64);
                    if keeps(at / SECTOR) {
                        let (from, to) = (usize::try_from(at).unwrap(), usize::try_from(next).unwrap());
                        let begin = usize::try_from(*offset).unwrap();
                        bytes[from..to].copy_from_slice(&data[from - begin..to - begin]);
                    }
                    at = next;
                }
            }
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.state().written.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let state = self.state();
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = from.checked_add(out.len()).and_then(|to| state.written.get(from..to));
        out.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let mut state = self.state();
        if state.room.is_some_and(|room| len > room) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        state.step(Step::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let mut state = self.state();
        if !state.lies {
            state.synced = state.written.clone();
            state.since.clear();
        }
        state.stepped();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        self.state().step(Step::Write(offset, data.to_vec()));
        Ok(())
    }
}
