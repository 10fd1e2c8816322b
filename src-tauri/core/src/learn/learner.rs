//! What a learner is: it turns batches of mails into knowledge.

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::db::{Db, DbError};
use crate::mail::key::Key;
use crate::mail::source::{Mailbox, Place};

/// A mail that is to be learned: where it lies, and its key.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its key.
    pub key: Key,
    /// Where it lies in the mailbox.
    pub place: Place,
}

/// Some mails of one mailbox: the unit of work and of commit.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Where they lie.
    pub mailbox: Arc<Mailbox>,
    /// Which they are.
    pub mails: Vec<Mail>,
}

/// Why a mail could not be learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which kind of trouble.
    pub kind: FailureKind,
    /// What was said, for the owner.
    pub said: String,
}

/// The kinds of trouble with one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// It could not be read where it lies.
    Unreadable,
    /// Its bytes are no mail.
    NotAMail,
    /// It made the learner panic.
    Crashed,
}

impl FailureKind {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotAMail => "not_a_mail",
            Self::Crashed => "crashed",
        }
    }
}

impl From<String> for FailureKind {
    /// From the database, whose schema admits no other words.
    fn from(text: String) -> Self {
        match text.as_str() {
            "unreadable" => Self::Unreadable,
            "not_a_mail" => Self::NotAMail,
            _ => Self::Crashed,
        }
    }
}

/// Why a whole batch could not be learned: the far side's fault, not a mail's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may be gone in a moment: no network, a timeout, a busy or broken server.
    #[error("{said}")]
    Passing {
        /// What was said.
        said: String,
    },
    /// The far side asks for patience (HTTP 429): waiting costs no try.
    #[error("{said}")]
    Throttled {
        /// For how long, where it says so.
        wait: Option<Duration>,
        /// What was said.
        said: String,
    },
    /// It does not go away by itself, and concerns every mail: refused credentials, no quota left.
    #[error("{said}")]
    Lasting {
        /// What was said.
        said: String,
    },
}

/// A server that a learner depends on. Jobs that share one wait for it together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarSide {
    /// Names it.
    pub name: String,
    /// It is asked so often a minute at most; as often as can be where absent.
    pub per_minute: Option<NonZeroU32>,
}

/// What a learner made of one mail.
#[derive(Clone, Debug)]
pub struct Outcome<Lesson> {
    /// Which mail.
    pub mail: Mail,
    /// What it taught, or why it did not.
    pub lesson: Result<Lesson, Failure>,
}

/// Turns batches of mails into knowledge.
pub trait Learner: Clone + Send + Sync + 'static {
    /// What one mail teaches, before it is kept.
    type Lesson: Send + Sync;

    /// Names everything that changes what this learner makes of a mail.
    fn fingerprint(&self) -> String;

    /// The server that it depends on; `None` where it works on this machine alone.
    fn far_side(&self) -> Option<FarSide> {
        None
    }

    /// Reads and studies a batch; one outcome for every mail of it, in its order. May be dropped at any time.
    ///
    /// # Errors
    /// Where no mail of the batch could be learned, for a reason that is not theirs.
    fn learn(
        &self,
        batch: Batch,
    ) -> impl Future<Output = Result<Vec<Outcome<Self::Lesson>>, Trouble>> + Send;

    /// Keeps what a batch taught, and answers with the id of the message of every lesson, in their order.
    fn keep(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        account: i64,
        lessons: &[&Self::Lesson],
    ) -> impl Future<Output = Result<Vec<i64>, DbError>> + Send;

    /// After the last batch: brings into order what only the whole can tell.
    fn settle(&self, db: &Db, account: i64) -> impl Future<Output = Result<(), DbError>> + Send;
}

/// What a panic said.
pub(crate) fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "no reason given".to_owned())
}
