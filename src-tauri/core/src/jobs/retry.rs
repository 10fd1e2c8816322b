//! Patience with a far side: how long to wait before a batch is tried again, how often it may be asked, and when to
//! leave it alone for a while. A learner that works on this machine alone needs none of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::{Clock, Millis};
use crate::learn::learner::FarSide;

/// So often a batch is tried again before its job is paused.
pub const TRIES: usize = 5;

/// Between two tries at least and at most, before jitter.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// A job that is paused by trouble goes on after this, and after twice as long each time that it is paused again
/// without a batch in between, up to the longest.
const COOL_DOWN: Duration = Duration::from_secs(60);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(30 * 60);

/// Who asks for more patience than this gets it from a paused job, which holds up no other.
pub const LONGEST_PATIENCE: Duration = Duration::from_secs(2 * 60);

/// No far side keeps a job waiting for longer, whatever it asks.
pub const LONGEST_PAUSE: Millis = 24 * 60 * 60 * 1000;

/// The waits between the tries of one batch: exponential, with jitter.
pub(super) fn waits(seed: u64) -> impl Iterator<Item = Duration> + Send {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .with_max_times(TRIES)
        .with_jitter()
        .with_jitter_seed(seed)
        .build()
}

/// How long a job stays paused when trouble pauses it after so many times in a row.
#[must_use]
pub fn cool_down(trips: i64) -> Duration {
    let doublings = u32::try_from(trips.clamp(0, 16)).unwrap_or(0);
    COOL_DOWN
        .saturating_mul(2_u32.pow(doublings))
        .min(LONGEST_COOL_DOWN)
}

/// The engine's clock, as the rate limiter reads it.
#[derive(Clone, Debug)]
struct Limits(Clock);

impl GovernorClock for Limits {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Limits, NoOpMiddleware<Duration>>;

/// A far side is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Down {
    pub(super) said: String,
    /// Nobody asks it before.
    pub(super) until: Millis,
}

/// One far side, shared by the jobs that need it.
#[derive(Debug)]
pub(super) struct Far {
    limiter: Option<Limiter>,
    down: Mutex<Option<Down>>,
    clock: Clock,
}

impl Far {
    fn new(side: &FarSide, clock: &Clock) -> Self {
        let limiter = side.per_minute.map(|per_minute| {
            RateLimiter::direct_with_clock(Quota::per_minute(per_minute), Limits(clock.clone()))
        });
        Self {
            limiter,
            down: Mutex::default(),
            clock: clock.clone(),
        }
    }

    /// Waits until it may be asked.
    ///
    /// # Errors
    /// Where it is down.
    pub(super) async fn admit(&self) -> Result<(), Down> {
        loop {
            if let Some(down) = self.is_down() {
                return Err(down);
            }
            let Some(wait) = self.limiter.as_ref().and_then(|limiter| {
                let not_yet = limiter.check().err()?;
                Some(not_yet.wait_time_from(self.clock.elapsed()))
            }) else {
                return Ok(());
            };
            self.clock.sleep(wait).await;
        }
    }

    fn is_down(&self) -> Option<Down> {
        let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        // A wall clock that was set back would keep it down for longer than anybody meant.
        let longest = now.saturating_add(LONGEST_PAUSE);
        if down
            .as_ref()
            .is_some_and(|down| down.until <= now || down.until > longest)
        {
            *down = None;
        }
        down.clone()
    }

    /// Nobody asks it before that time.
    pub(super) fn leave_alone(&self, down: Down) {
        *self.down.lock().unwrap_or_else(PoisonError::into_inner) = Some(down);
    }
}

/// All far sides that the jobs of this process need.
#[derive(Clone, Debug, Default)]
pub(super) struct FarSides(Arc<Mutex<HashMap<String, Arc<Far>>>>);

impl FarSides {
    /// The state of this one.
    pub(super) fn of(&self, side: &FarSide, clock: &Clock) -> Arc<Far> {
        let mut sides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            sides
                .entry(side.name.clone())
                .or_insert_with(|| Arc::new(Far::new(side, clock))),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use chrono_tz::Tz;
    use futures_util::FutureExt;

    use super::*;
    use crate::clock::{HandClock, millis};

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<Duration> = waits(7).collect();
        assert_eq!(waits.len(), TRIES);
        assert!(waits.iter().all(|wait| *wait >= SHORTEST));
        assert!(waits[TRIES - 1] > waits[0] * 4);
    }

    #[test]
    fn a_far_side_that_stays_down_is_asked_more_rarely_but_never_given_up() {
        assert_eq!(cool_down(0), COOL_DOWN);
        assert_eq!(cool_down(1), COOL_DOWN * 2);
        assert_eq!(cool_down(1_000_000), LONGEST_COOL_DOWN);
    }

    #[tokio::test]
    async fn a_far_side_is_asked_as_often_as_it_allows() {
        let hand = HandClock::at(0, Tz::UTC);
        let side = FarSide {
            name: "far".into(),
            per_minute: NonZeroU32::new(2),
        };
        let far = FarSides::default().of(&side, &Clock::Hand(hand.clone()));
        far.admit().await.unwrap();
        far.admit().await.unwrap();
        let mut third = Box::pin(far.admit());
        assert!((&mut third).now_or_never().is_none());
        hand.pass(Duration::from_secs(30));
        third.await.unwrap();
    }

    #[tokio::test]
    async fn a_far_side_that_is_down_is_left_alone_by_all_until_its_time() {
        let hand = HandClock::at(1_000_000, Tz::UTC);
        let clock = Clock::Hand(hand.clone());
        let sides = FarSides::default();
        let side = FarSide {
            name: "far".into(),
            per_minute: None,
        };
        let down = Down {
            said: "no answer".into(),
            until: 1_000_000 + millis(COOL_DOWN),
        };
        sides.of(&side, &clock).leave_alone(down.clone());
        assert_eq!(sides.of(&side, &clock).admit().await, Err(down));
        hand.pass(COOL_DOWN);
        assert_eq!(sides.of(&side, &clock).admit().await, Ok(()));
    }
}
