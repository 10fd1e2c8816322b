//! The time, handed in, so that a test can say what time it is. Nothing else in the core asks the system for it.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 in UTC, as the database keeps times.
pub type Millis = i64;

/// Milliseconds in a day.
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// The system's clock, or one that a test sets.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The wall clock of the machine.
    #[default]
    System,
    /// Stands still, for tests.
    Standing(Millis),
}

impl Clock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn standing_at(now: Millis) -> Self {
        Self::Standing(now)
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
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Standing(now) => *now,
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
            Self::Standing(now) => Duration::from_millis(u64::try_from(*now).unwrap_or(0)),
        }
    }
}
