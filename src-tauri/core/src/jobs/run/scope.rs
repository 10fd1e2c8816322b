//! What a job is to learn: the mailbox looked through, less what is done already.

use std::collections::HashMap;
use std::sync::Arc;

use super::batches::Added;
use super::{Halt, Run};
use crate::db::DbError;
use crate::jobs::ask::blocking;
use crate::jobs::figures::{self, Figures};
use crate::jobs::plan::{Plan, Wanted, plan};
use crate::jobs::progress::Stage;
use crate::jobs::{event, failure, queue, suspect};
use crate::learn::learner::{Failure, FailureKind, Learner, Mail};
use crate::learn::ledger::{self, Entry, Had};
use crate::mail::key::Key;

/// So many keys are looked up in the ledger at once.
const LOOK_UP: usize = 8192;

impl<L: Learner> Run<L> {
    pub(super) async fn find(&self) -> Result<Plan, Halt> {
        fail::fail_point!("find");
        let (mailbox, me) = (Arc::clone(&self.mailbox), self.me.clone());
        let (options, clock) = (self.job.options.clone(), self.clock.clone());
        let (progress, stop) = (self.progress.clone(), self.stop.clone());
        let mut snapshot = self.snapshot(Stage::Finding);
        let planned = blocking(move || {
            let wanted = Wanted {
                options: &options,
                me: &me,
                now: clock.now(),
            };
            plan(&mailbox, &wanted, &stop, &mut |found| {
                snapshot.found = i64::try_from(found).unwrap_or(i64::MAX);
                progress.show(snapshot.clone());
            })
        });
        self.or_stopped(planned).await?.map_err(Halt::from)
    }

    pub(super) async fn learner_id(&self) -> Result<i64, DbError> {
        let mut tx = self.db.write_lightly().await?;
        let id = ledger::learner_id(&mut tx, &self.learner.fingerprint()).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Leaves out what is done already, fixes the job's total, and sets aside what stops the process.
    pub(super) async fn scope(&mut self, plan: Plan, learner_id: i64) -> Result<Vec<Mail>, Halt> {
        let mut skipped = plan.twice;
        let mut mails = plan.mails;
        if let Some(job) = self.job.retry_of {
            let failed_there = failure::keys(self.db.read(), job).await?;
            mails.retain(|mail| failed_there.contains(&mail.key));
            skipped = 0;
        }
        let failed_here = failure::keys(self.db.read(), self.job.number).await?;
        let mut known: HashMap<Key, Had> = HashMap::new();
        for piece in mails.chunks(LOOK_UP) {
            let keys: Vec<Key> = piece.iter().map(|mail| mail.key).collect();
            let account = self.job.account_id;
            known.extend(ledger::known(self.db.read(), account, learner_id, &keys).await?);
        }
        mails.retain(|mail| match known.get(&mail.key) {
            // Done by this very job before it was interrupted: counted already.
            Some(had) if had.job == self.job.number => false,
            // It failed before, and is tried again.
            Some(had) if !had.learned && self.job.retry_of.is_some() => {
                !failed_here.contains(&mail.key)
            }
            Some(_) => {
                skipped += 1;
                false
            }
            None => !failed_here.contains(&mail.key),
        });
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let more = count(skipped) - self.job.counts.skipped;
        self.job.counts.skipped = count(skipped);
        self.job.counts.total = count(mails.len() + skipped) + self.job.counts.processed();
        let (total, skipped) = (self.job.counts.total, self.job.counts.skipped);
        let mut tx = self.db.write_lightly().await?;
        queue::set_scope(&mut tx, self.job.number, total, skipped, self.clock.now()).await?;
        if more > 0 {
            let figures = Figures {
                skipped: more,
                ..Figures::default()
            };
            figures::add(&mut tx, self.clock.today(), &figures).await?;
        }
        tx.commit().await.map_err(DbError::from)?;
        self.set_aside(mails, learner_id).await
    }

    /// Reports the mails that stop the process as failed, without touching them once more.
    async fn set_aside(&mut self, mails: Vec<Mail>, learner_id: i64) -> Result<Vec<Mail>, Halt> {
        let deadly = suspect::deadly(self.db.read(), self.job.number).await?;
        let (deadly, mails): (Vec<Mail>, Vec<Mail>) = mails
            .into_iter()
            .partition(|mail| deadly.contains(&mail.key));
        if deadly.is_empty() {
            return Ok(mails);
        }
        let failure = Failure {
            kind: FailureKind::Crashed,
            said: "Understudy stopped twice while it read this mail".to_owned(),
        };
        let places: Vec<String> = deadly
            .iter()
            .map(|mail| self.mailbox.name_of(&mail.place))
            .collect();
        let entries: Vec<Entry> = deadly
            .iter()
            .map(|mail| Entry {
                key: mail.key,
                message: None,
            })
            .collect();
        let failures: Vec<(Key, String, &Failure)> = deadly
            .iter()
            .zip(&places)
            .map(|(mail, place)| (mail.key, place.clone(), &failure))
            .collect();
        let (job, account) = (self.job.number, self.job.account_id);
        let mut tx = self.db.write().await?;
        ledger::write(&mut tx, account, learner_id, job, &entries).await?;
        failure::keep(&mut tx, job, &failures).await?;
        for place in &places {
            let said = Some(place.as_str());
            event::add(&mut tx, job, event::Kind::SetAside, said, self.clock.now()).await?;
        }
        let failed = i64::try_from(deadly.len()).unwrap_or(i64::MAX);
        self.count(&mut tx, 0, failed).await?;
        tx.commit().await.map_err(DbError::from)?;
        self.add(Added {
            successful: 0,
            failed,
        });
        Ok(mails)
    }
}
