//! How fast a job goes, and how long it still takes.

use std::time::Duration;

/// Looks are this far apart at least; closer ones only measure noise.
const LEAST_LOOK: Duration = Duration::from_millis(100);

/// Seconds after which a speed counts a third, in each of the two smoothings. Longer would still be off by a quarter ten
/// seconds after a slowdown to a third, shorter would let the batches' unevenness through.
const MEMORY: f64 = 2.5;

/// Time left is not told before so much is done, or so long has passed: it would be wrong.
const TOLD_AFTER_SHARE: f64 = 0.02;
const TOLD_AFTER: Duration = Duration::from_secs(10);

/// Speed, double-smoothed: the smoothed speed is smoothed again, so that one slow batch does not make the time left
/// jump, and a lasting slowdown shows within seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    began: Duration,
    looked: Duration,
    done: i64,
    smooth: Smoothed,
    smoother: Smoothed,
}

/// A value smoothed over time. It starts at nothing, and its weight says how much of it is more than that start.
#[derive(Clone, Copy, Debug, Default)]
struct Smoothed {
    sum: f64,
    weight: f64,
}

impl Smoothed {
    fn add(&mut self, fresh: f64, value: f64) {
        self.sum += fresh * (value - self.sum);
        self.weight += fresh * (1.0 - self.weight);
    }

    fn value(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}

impl Pace {
    pub(super) fn begin(now: Duration, done: i64) -> Self {
        Self {
            began: now,
            looked: now,
            done,
            ..Self::default()
        }
    }

    /// Takes a look: `done` mails are done at `now`.
    pub(super) fn look(&mut self, now: Duration, done: i64) {
        let passed = now.saturating_sub(self.looked);
        if passed < LEAST_LOOK {
            return;
        }
        let seconds = passed.as_secs_f64();
        let speed = (done - self.done) as f64 / seconds;
        let fresh = 1.0 - (-seconds / MEMORY).exp();
        self.smooth.add(fresh, speed);
        if let Some(smooth) = self.smooth.value() {
            self.smoother.add(fresh, smooth);
        }
        self.looked = now;
        self.done = done;
    }

    /// Mails a second; `None` before the first look.
    pub(super) fn per_second(&self) -> Option<f64> {
        self.smoother.value()
    }

    /// Seconds until `remaining` mails are done; `None` while nobody can know.
    pub(super) fn seconds_left(&self, now: Duration, remaining: i64) -> Option<f64> {
        let all = (self.done + remaining).max(1) as f64;
        let told = self.done as f64 / all >= TOLD_AFTER_SHARE
            || now.saturating_sub(self.began) >= TOLD_AFTER;
        let speed = self.per_second().filter(|speed| told && *speed > 0.0)?;
        Some(remaining as f64 / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn a_steady_job_tells_its_time_left() {
        let mut pace = Pace::begin(second(0), 0);
        assert_eq!(pace.seconds_left(second(0), 1000), None);
        for now in 1..=10 {
            pace.look(second(now), now as i64 * 10);
        }
        let left = pace.seconds_left(second(10), 900).unwrap();
        assert!((left - 90.0).abs() < 9.0, "{left}");
    }

    #[test]
    fn the_first_look_already_tells_the_true_speed() {
        let mut pace = Pace::begin(second(0), 0);
        for now in 1..=3 {
            pace.look(second(now), now as i64 * 10);
            let speed = pace.per_second().unwrap();
            assert!((speed - 10.0).abs() < 0.01, "{speed}");
        }
    }

    #[test]
    fn a_lasting_slowdown_shows_within_seconds() {
        let mut pace = Pace::begin(second(0), 0);
        for now in 1..=20 {
            pace.look(second(now), now as i64 * 30);
        }
        for now in 21..=30 {
            pace.look(second(now), 600 + (now as i64 - 20) * 10);
        }
        let speed = pace.per_second().unwrap();
        assert!((speed - 10.0).abs() < 2.5, "{speed}");
    }

    #[test]
    fn nothing_is_told_before_it_can_be_trusted() {
        let mut pace = Pace::begin(second(0), 0);
        pace.look(second(1), 1);
        assert_eq!(pace.seconds_left(second(1), 100_000), None);
        pace.look(second(11), 11);
        assert!(pace.seconds_left(second(11), 100_000).is_some());
    }

    /// A job of the test: mails a second as the time goes, in looks of 50 to 350 ms that each do up to 30 % more or
    /// less than that.
    struct Course {
        pace: Pace,
        now: Duration,
        done: f64,
        remaining: f64,
        throws: u64,
    }

    impl Course {
        fn of(mails: f64) -> Self {
            Self {
                pace: Pace::begin(second(0), 0),
                now: second(0),
                done: 0.0,
                remaining: mails,
                throws: 0,
            }
        }

        fn dice(&mut self) -> f64 {
            self.throws += 1;
            let hash = blake3::hash(&self.throws.to_le_bytes());
            f64::from(hash.as_bytes()[0]) / 255.0
        }

        /// Works until the next look, at `speed`; answers with how far the time left was off, as a share of what is
        /// true, where it was told. Within the last two seconds nobody reads it.
        fn look(&mut self, speed: f64) -> Option<f64> {
            let step = 0.05 + 0.3 * self.dice();
            let mails = (speed * step * (0.7 + 0.6 * self.dice())).min(self.remaining);
            self.now += Duration::from_secs_f64(step);
            self.done += mails;
            self.remaining -= mails;
            self.pace.look(self.now, self.done as i64);
            let told = self.pace.seconds_left(self.now, self.remaining as i64)?;
            let truth = self.remaining / speed;
            (truth > 2.0).then(|| (told - truth).abs() / truth)
        }
    }

    #[test]
    fn at_a_steady_speed_the_time_left_is_true_to_a_tenth_after_a_tenth() {
        let mut course = Course::of(20_000.0);
        let mut worst: f64 = 0.0;
        while course.remaining > 0.0 {
            let off = course.look(200.0);
            if course.done >= 2_000.0 {
                worst = worst.max(off.unwrap_or(0.0));
            }
        }
        assert!(worst <= 0.10, "off by {worst:.3}");
    }

    #[test]
    fn after_skips_and_a_slowdown_to_a_third_it_is_true_to_a_quarter_again_within_ten_seconds() {
        let mut course = Course::of(40_000.0);
        while course.done < 15_000.0 {
            course.look(300.0);
        }
        // Mails that turn out to be known are no work and no longer remain. A pause stops the clock that is handed in.
        course.remaining -= 5_000.0;
        let changed = course.now;
        let mut worst: f64 = 0.0;
        while course.remaining > 0.0 {
            let off = course.look(100.0);
            if course.now >= changed + second(10) {
                worst = worst.max(off.unwrap_or(0.0));
            }
        }
        assert!(worst <= 0.25, "off by {worst:.3}");
    }
}
