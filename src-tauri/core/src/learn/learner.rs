//! What a learner is: it turns batches of mails into knowledge.

use std::future::Future;
use std::sync::Arc;

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

    /// Reads and studies a batch; one outcome for every mail of it, in its order. Never fails as a whole.
    fn learn(&self, batch: Batch) -> impl Future<Output = Vec<Outcome<Self::Lesson>>> + Send;

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
