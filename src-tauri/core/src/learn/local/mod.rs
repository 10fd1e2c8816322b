//! The embedded learner: counts and matches on this machine, with no network and no model.

mod boilerplate;
mod keep;
mod lesson;
mod settle;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sqlx::{Sqlite, Transaction};

pub use lesson::Lesson;

use crate::db::{Db, DbError};
use crate::learn::learner::{
    Batch, Failure, FailureKind, Learner, Mail, Outcome, Trouble, words_of,
};
use crate::mail::message::Message;
use crate::mail::source::Mailbox;

/// Raised whenever the same mail would teach something else.
const VERSION: u32 = 1;

/// Deep trees of HTML are walked by recursion in the libraries that parse them: room for the deepest that is let in.
const STACK: usize = 64 * 1024 * 1024;

static POOL: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    rayon::ThreadPoolBuilder::new()
        .stack_size(STACK)
        .thread_name(|number| format!("learner-{number}"))
        .build()
        .ok()
});

/// The embedded learner, for an owner.
#[derive(Clone, Debug)]
pub struct LocalLearner {
    me: Arc<Vec<String>>,
}

impl LocalLearner {
    /// A learner for the owner with these addresses.
    #[must_use]
    pub fn new(me: impl IntoIterator<Item = String>) -> Self {
        let mut me: Vec<String> = me
            .into_iter()
            .map(|address| address.to_lowercase())
            .collect();
        me.sort();
        me.dedup();
        Self { me: Arc::new(me) }
    }

    fn study(&self, mailbox: &Mailbox, mail: Mail) -> Outcome<Lesson> {
        fail::fail_point!("read");
        let studied = catch_unwind(AssertUnwindSafe(|| {
            let raw = mailbox.read(&mail.place).map_err(|error| Failure {
                kind: FailureKind::Unreadable,
                said: error.to_string(),
            })?;
            let message = Message::parse(&raw).map_err(|error| Failure {
                kind: FailureKind::NotAMail,
                said: error.to_string(),
            })?;
            Ok(Lesson::of(mail.key, message, &self.me))
        }));
        let lesson = studied.unwrap_or_else(|panic| {
            Err(Failure {
                kind: FailureKind::Crashed,
                said: words_of(panic.as_ref()),
            })
        });
        Outcome { mail, lesson }
    }
}

impl Learner for LocalLearner {
    type Lesson = Lesson;

    fn fingerprint(&self) -> String {
        format!("local/{VERSION} {}", self.me.join(" "))
    }

    async fn learn(&self, batch: Batch) -> Result<Vec<Outcome<Lesson>>, Trouble> {
        let learner = self.clone();
        let study = move || {
            let Batch { mailbox, mails } = batch;
            let study = || {
                mails
                    .into_par_iter()
                    .map(|mail| learner.study(&mailbox, mail))
                    .collect()
            };
            match &*POOL {
                Some(pool) => pool.install(study),
                None => study(),
            }
        };
        // Every mail's panic is caught on its own: what is left can only be the pool's.
        tokio::task::spawn_blocking(study)
            .await
            .map_err(|stopped| Trouble::Lasting {
                said: stopped.to_string(),
            })
    }

    async fn keep(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        account: i64,
        lessons: &[&Lesson],
    ) -> Result<Vec<i64>, DbError> {
        keep::all(tx, account, lessons).await
    }

    async fn settle(&self, db: &Db, account: i64) -> Result<(), DbError> {
        settle::account(db, account).await
    }
}
