//! The time and the owner's time zone, handed in, so that a test can say what time it is. Nothing else in the core asks
//! the system for them.

use std::str::FromStr;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use tokio::sync::watch;

/// Milliseconds since 1970 in UTC, as the database keeps times.
pub type Millis = i64;

/// Milliseconds in a day.
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// The system's clock, or one that a test moves.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The clocks of the machine, in its owner's time zone.
    #[default]
    System,
    /// Moved by hand, for tests.
    Hand(HandClock),
}

/// A clock that stands still until it is moved. Copies of it move together.
#[derive(Clone, Debug)]
pub struct HandClock {
    face: watch::Sender<Face>,
    zone: Tz,
}

#[derive(Clone, Copy, Debug)]
struct Face {
    wall: Millis,
    ran: Duration,
}

impl HandClock {
    /// A clock that shows `now` in `zone`.
    #[must_use]
    pub fn at(now: Millis, zone: Tz) -> Self {
        let face = Face {
            wall: now,
            ran: Duration::ZERO,
        };
        Self {
            face: watch::Sender::new(face),
            zone,
        }
    }

    /// Lets time pass, and wakes who slept through it.
    pub fn pass(&self, time: Duration) {
        self.face.send_modify(|face| {
            face.ran += time;
            face.wall = face.wall.saturating_add(millis(time));
        });
    }

    /// Sets the wall clock, as its owner may at any time; no time passes.
    pub fn set(&self, now: Millis) {
        self.face.send_modify(|face| face.wall = now);
    }
}

impl Clock {
    /// A clock that stands at `now`, in UTC.
    #[must_use]
    pub fn standing_at(now: Millis) -> Self {
        Self::Hand(HandClock::at(now, Tz::UTC))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Millis {
        match self {
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that asks")]
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                millis(since)
            }
            Self::Hand(clock) => clock.face.borrow().wall,
        }
    }

    /// Time that only runs forward, for measuring how long something takes; it begins anywhere.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        match self {
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that asks")]
                let now = Instant::now();
                now.duration_since(*START.get_or_init(|| now))
            }
            Self::Hand(clock) => clock.face.borrow().ran,
        }
    }

    /// Waits until `time` has passed.
    pub async fn sleep(&self, time: Duration) {
        match self {
            Self::System => tokio::time::sleep(time).await,
            Self::Hand(clock) => {
                let until = self.elapsed() + time;
                // The sender is ours: it cannot be gone.
                let _ = clock
                    .face
                    .subscribe()
                    .wait_for(|face| face.ran >= until)
                    .await;
            }
        }
    }

    /// The owner's time zone; UTC where the system does not say. Asked anew each time: its owner may travel.
    #[must_use]
    pub fn zone(&self) -> Tz {
        match self {
            Self::System => iana_time_zone::get_timezone()
                .ok()
                .and_then(|name| Tz::from_str(&name).ok())
                .unwrap_or(Tz::UTC),
            Self::Hand(clock) => clock.zone,
        }
    }

    /// The day that it is for the owner.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        DateTime::<Utc>::from_timestamp_millis(self.now())
            .unwrap_or_default()
            .with_timezone(&self.zone())
            .date_naive()
    }
}

/// A length of time in milliseconds.
#[must_use]
pub fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}
