//! Everything of Understudy that would still be true without a window.
//!
//! The floors, from the ground up; an arrow never points up:
//!
//! ```text
//!   jobs      how the work runs: queue, schedules, batches, commits, progress, history
//!   answer    what it is for: the owner's own answers to a new mail
//!   learn     what is learned: pairs, patterns, style, contacts, the ledger
//!   mail      where mail comes from: mailboxes, messages, bodies, whose they are
//!   db clock  one SQLite file with one writer; the time; notices, settings, the log
//! ```
//!
//! Each module owns its types, its SQL and its logic. `mail` and `learn` know nothing of jobs. Nothing here knows
//! Tauri, prints, or opens a network connection.

pub mod answer;
pub mod clock;
pub mod db;
pub mod jobs;
pub mod learn;
pub mod log;
pub mod mail;
pub mod notices;
pub mod settings;
