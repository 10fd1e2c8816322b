//! How long something took. The only clock in these commands.

use std::time::{Duration, Instant};

pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "measuring is what these commands are for; nothing else here asks for the time"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A duration as a person says it: 0.4 s, 12 s, 3 min 5 s.
pub(crate) fn said(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    if whole < 60 {
        format!("{whole} s")
    } else {
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_said() {
        assert_eq!(said(Duration::from_millis(430)), "0.4 s");
        assert_eq!(said(Duration::from_millis(9_970)), "10 s");
        assert_eq!(said(Duration::from_millis(59_700)), "1 min 0 s");
        assert_eq!(said(Duration::from_secs(185)), "3 min 5 s");
    }
}
