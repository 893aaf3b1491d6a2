//! [`Turns`]: who thinks when, and on which threads. Some questions take a core for a second, and whoever asks many of them is to hold up nobody but themselves.
//!
//! The threads are few and always the same: allocators keep what a thread has freed for that thread, and with another one each time some hundred megabytes would stay for each.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, available_parallelism};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Questions of one token that are in the queue with those of others, or are being thought about.
const OF_TOKEN: usize = 2;

/// Questions of one token at all; one more is refused.
const MOST: usize = 64;

/// Turns to think; of all tokens in the order in which they come, but of each only so many at a time.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    tokens: Arc<Mutex<HashMap<u64, Queue>>>,
    thinkers: Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

/// The questions of a token; there while it has any.
#[derive(Debug)]
struct Queue {
    turns: Arc<Semaphore>,
    count: usize,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _of_all: OwnedSemaphorePermit,
    _of_token: OwnedSemaphorePermit,
    _place: Place,
}

/// A place in the queue of a token.
#[derive(Debug)]
struct Place {
    tokens: Arc<Mutex<HashMap<u64, Queue>>>,
    token: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = tokens.get_mut(&self.token) {
            queue.count -= 1;
            if queue.count == 0 {
                tokens.remove(&self.token);
            }
        }
    }
}

impl Turns {
    /// On half of the cores: requests are to be decided on the others.
    pub(crate) fn new() -> Turns {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Turns::of((cores / 2).clamp(1, 4))
    }

    fn of(thinkers: usize) -> Turns {
        let (sender, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..thinkers {
            let jobs = jobs.clone();
            let thinker = thread::Builder::new().name("thinking".to_string());
            if let Err(error) = thinker.spawn(move || think(&jobs)) {
                tracing::error!(%error, "there is no thread to think on");
            }
        }
        Turns { all: Arc::new(Semaphore::new(thinkers)), tokens: Arc::default(), thinkers: sender }
    }

    /// Does something that takes long. `None` if it panicked, or there is no thread to do it.
    pub(crate) async fn think<T: Send + 'static>(
        &self,
        turn: Turn,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        let job = move || {
            let answer = question();
            // Not before: who goes away meanwhile does not make room for another.
            drop(turn);
            sender.send(answer).ok();
        };
        self.thinkers.send(Box::new(job)).ok()?;
        answer.await.ok()
    }

    /// Waits for the turn of a question of this token. `None` if it has too many already.
    pub(crate) async fn wait(&self, token: u64) -> Option<Turn> {
        let (place, turns) = self.place(token)?;
        // They are never closed.
        let of_token = turns.acquire_owned().await.ok()?;
        let of_all = self.all.clone().acquire_owned().await.ok()?;
        Some(Turn { _of_all: of_all, _of_token: of_token, _place: place })
    }

    fn place(&self, token: u64) -> Option<(Place, Arc<Semaphore>)> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = tokens
            .entry(token)
            .or_insert_with(|| Queue { turns: Arc::new(Semaphore::new(OF_TOKEN)), count: 0 });
        if queue.count == MOST {
            return None;
        }
        queue.count += 1;
        Some((Place { tokens: self.tokens.clone(), token }, queue.turns.clone()))
    }
}

/// Does one job after the other, until there is nobody who could have another.
fn think(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The next one may do better; whoever waits for this one sees that nothing comes.
        catch_unwind(AssertUnwindSafe(job)).ok();
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn whoever_asks_much_holds_up_themselves() {
        let turns = Arc::new(Turns::of(1));
        let first = turns.wait(1).await.unwrap();
        let ask = |token| {
            let turns = turns.clone();
            tokio::spawn(async move { turns.wait(token).await })
        };
        let mut others: Vec<_> = (1..MOST).map(|_| ask(1)).collect();
        while turns.tokens.lock().unwrap()[&1].count < MOST {
            yield_now().await;
        }
        assert!(turns.wait(1).await.is_none());
        let second = ask(2);
        while !turns.tokens.lock().unwrap().contains_key(&2) {
            yield_now().await;
        }
        assert!(!second.is_finished());
        // One of the first token's was in the queue before it, and no more.
        drop(first);
        let next = others.remove(0).await.unwrap().unwrap();
        drop(next);
        let second = second.await.unwrap().unwrap();
        assert!(others.iter().all(|other| !other.is_finished()));
        drop(second);
        for other in others {
            drop(other.await.unwrap().unwrap());
        }
        // Nothing is kept of who has nothing to ask.
        assert!(turns.tokens.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_panic_ends_with_its_question() {
        let turns = Turns::of(1);
        let turn = turns.wait(1).await.unwrap();
        assert_eq!(turns.think(turn, || -> u8 { panic!("a test") }).await, None);
        let turn = turns.wait(1).await.unwrap();
        assert_eq!(turns.think(turn, || 7).await, Some(7));
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_queue() {
        let turns = Arc::new(Turns::of(1));
        let first = turns.wait(1).await.unwrap();
        let waiting = {
            let turns = turns.clone();
            tokio::spawn(async move { turns.wait(1).await })
        };
        yield_now().await;
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        drop(first);
        drop(turns.wait(2).await.unwrap());
        assert!(turns.tokens.lock().unwrap().is_empty());
    }
}
