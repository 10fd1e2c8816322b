//! How the work runs: a job looks through a mailbox, skips what the ledger has, and learns the rest batch by batch, each
//! in one transaction with its ledger lines, its reports and the job's counters. Killing the process at any instant
//! loses at most the batch in flight, and counts nothing twice.

pub mod engine;
pub mod failure;
pub mod hold;
pub mod job;
mod pace;
mod plan;
pub mod progress;
pub mod queue;
mod run;
pub mod stop;

pub use engine::{Engine, Request, StartError};
