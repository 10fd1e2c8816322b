//! A job and its options. Its status is only changed in [`change`](super::change).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Waits for its turn.
    Queued,
    /// Runs, or its process died while it ran.
    Processing,
    /// Was paused, and waits to be resumed.
    Paused,
    /// Has looked at every mail.
    Completed,
    /// Was stopped by an error that does not go away by itself.
    Failed,
    /// Was stopped by the owner.
    Cancelled,
}

impl Status {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl From<String> for Status {
    /// From the database, whose schema admits no other words.
    fn from(text: String) -> Self {
        match text.as_str() {
            "queued" => Self::Queued,
            "processing" => Self::Processing,
            "paused" => Self::Paused,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

/// How urgent a job is. Ages: see [`Priority::HEAD_START`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Priority {
    /// When nothing else waits.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before the others.
    Urgent,
}

impl Priority {
    /// So much later a job of the next higher priority may come and still be first. Since every job ages alike, its
    /// turn is fixed when it is queued, and nothing starves: after this long it is before all newer ones.
    pub const HEAD_START: Millis = 10 * 60 * 1000;

    /// As the database keeps it.
    #[must_use]
    pub fn level(self) -> i64 {
        match self {
            Self::Low => -1,
            Self::Normal => 0,
            Self::Urgent => 1,
        }
    }

    /// As a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::Urgent => "urgent",
        }
    }

    /// Where a job that is asked for at `now` stands in the queue: smaller is sooner.
    pub(super) fn turn(self, now: Millis) -> i64 {
        now.saturating_sub(self.level() * Self::HEAD_START)
    }
}

impl From<i64> for Priority {
    fn from(level: i64) -> Self {
        match level {
            ..=-1 => Self::Low,
            0 => Self::Normal,
            1.. => Self::Urgent,
        }
    }
}

/// Why a paused job is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Its owner wants it so: it waits for its owner.
    Owner,
    /// The far side is down: it goes on by itself at this time.
    Trouble {
        /// When.
        until: Millis,
    },
}

/// Which mails come first, and which are kept where there are more than wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// From today backwards.
    #[default]
    Newest,
    /// From the first mail on.
    Oldest,
}

/// Whose mails are learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Only the owner's.
    Sent,
    /// Only the others'.
    Received,
    /// All.
    #[default]
    Both,
}

/// What a job is to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// The places to look in; all of the account's where empty.
    pub places: Vec<PathBuf>,
    /// At most so many mails.
    pub most: u32,
    /// Not older than so many days; all where absent.
    pub days: Option<u32>,
    /// Which first.
    pub order: Order,
    /// Whose.
    pub kind: Direction,
    /// Not from these addresses or domains.
    pub exclude: Vec<String>,
    /// Mails a batch; as many as fit 50 ms where absent.
    pub batch: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            most: 10_000,
            days: None,
            order: Order::default(),
            kind: Direction::default(),
            exclude: Vec::new(),
            batch: None,
        }
    }
}

/// Counts of a job: processed = successful + failed, and total = processed + skipped + remaining.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Mails that the job looks at.
    pub total: i64,
    /// Mails that it learned.
    pub successful: i64,
    /// Mails that it could not learn.
    pub failed: i64,
    /// Mails that were learned before.
    pub skipped: i64,
}

impl Counts {
    /// Mails that the job is done with, but for those that it skipped.
    #[must_use]
    pub fn processed(&self) -> i64 {
        self.successful + self.failed
    }

    /// Mails that are still to do.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.total - self.processed() - self.skipped
    }
}

/// One run over one account.
#[derive(Clone, Debug)]
pub struct Job {
    /// Runs upwards from 1 in a data folder.
    pub number: i64,
    /// A UUID, version 7.
    pub id: String,
    /// The account.
    pub account_id: i64,
    /// Its name.
    pub account: String,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// Why it is paused, where it is.
    pub pause: Option<Pause>,
    /// The job whose failed mails it tries again.
    pub retry_of: Option<i64>,
    /// What it looks at.
    pub options: Options,
    /// How far it is.
    pub counts: Counts,
    /// Milliseconds that it worked, over all its attempts.
    pub worked_ms: i64,
    /// How often a process began to work on it since its last commit.
    pub attempts: i64,
    /// How often in a row trouble paused it.
    pub trips: i64,
    /// How often a batch was tried again.
    pub retries: i64,
    /// Tokens that an endpoint counted.
    pub tokens: i64,
    /// What they cost, in millionths of the endpoint's currency.
    pub cost_micros: i64,
    /// What it came to, as JSON.
    pub results: Option<String>,
    /// Why it failed, or is paused by trouble.
    pub error_message: Option<String>,
    /// When it was asked for.
    pub created_at: Millis,
    /// When it last moved.
    pub updated_at: Millis,
    /// When it first began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub completed_at: Option<Millis>,
    /// When a schedule wanted it.
    pub scheduled_for: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::Priority::{Low, Normal, Urgent};
    use super::Status::{self, Cancelled, Completed, Failed, Paused, Processing, Queued};

    #[test]
    fn every_status_survives_the_database() {
        for status in [Queued, Processing, Paused, Completed, Failed, Cancelled] {
            assert_eq!(Status::from(status.as_str().to_owned()), status);
        }
    }

    #[test]
    fn the_urgent_come_first_but_nothing_starves() {
        let hour = 60 * 60 * 1000;
        assert!(Urgent.turn(5) < Normal.turn(0));
        assert!(Normal.turn(5) < Low.turn(0));
        assert!(Low.turn(0) < Urgent.turn(hour));
    }
}
