//! How the work runs: a job looks through a mailbox, skips what the ledger has, and learns the rest batch by batch, each
//! in one transaction with its ledger lines, its reports and the job's counters. Killing the process at any instant
//! loses at most the batch in flight, and counts nothing twice.
//!
//! ```text
//!   ask, steer, schedule   what is wanted: any process may, through the database
//!   engine                 whoever holds the folder: rescues orphans, claims jobs in their turn, stops them
//!   run, plan              one job: find, skip, study, commit, settle
//!   queue, change          the jobs' table, and the one function that changes a status
//!   event, figures, prune  what is remembered of them
//! ```

pub mod ask;
pub mod change;
pub mod engine;
pub mod event;
pub mod failure;
pub mod figures;
pub mod hold;
pub mod job;
mod pace;
mod plan;
pub mod progress;
pub mod prune;
pub mod queue;
pub mod rescue;
pub mod retry;
pub mod rule;
mod run;
pub mod schedule;
pub mod steer;
pub mod suspect;

pub use ask::{Asked, Request, StartError, ask};
pub use engine::{Duty, Engine};
