//! The sign that stops a job after the batch in flight.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// Why a job is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The owner wants no more of it.
    Cancel,
    /// The process ends: the job goes on at the next start.
    Shutdown,
}

/// Raised once, and seen by everybody who holds it; the first reason stands.
#[derive(Clone, Debug, Default)]
pub struct StopSign {
    token: CancellationToken,
    why: Arc<OnceLock<Stop>>,
}

impl StopSign {
    /// Stops the job.
    pub fn raise(&self, why: Stop) {
        self.why.get_or_init(|| why);
        self.token.cancel();
    }

    /// Whether the job is to stop.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Why, where it is.
    #[must_use]
    pub fn why(&self) -> Option<Stop> {
        self.why.get().copied()
    }
}
