//! The only door between Rust and the page: commands, wire types and events, a file a feature.
//!
//! The page's half, `ui/src/host/bindings.ts`, is generated from these types; a test fails where the two differ.

pub mod jobs;
pub mod knowledge;
pub mod mailboxes;
pub mod overview;
pub mod progress;

use serde::Serialize;
use specta::Type;
use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};
use understudy_core::clock::Millis;
use understudy_core::db::DbError;
use understudy_core::jobs::StartError;
use understudy_core::jobs::steer::SteerError;
use understudy_core::mail::source::MailboxError;

/// Every command and event that there is.
#[must_use]
pub fn doors() -> Builder<Wry> {
    Builder::new()
        .disable_serde_phases()
        .commands(collect_commands![
            overview::overview,
            mailboxes::choose_file,
            mailboxes::choose_folder,
            mailboxes::inspect_mailbox,
            jobs::start_learning,
            jobs::cancel_job,
            jobs::pause_job,
            jobs::resume_job,
            jobs::retry_job,
            jobs::job_failures,
            knowledge::knowledge,
            progress::progress,
        ])
        .events(collect_events![progress::ProgressFrame])
}

/// What kind of trouble, for the page to act on.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// There is no such mailbox, or it cannot be read.
    BadMailbox,
    /// There is no mail in it.
    NothingFound,
    /// Another job of the same mailbox is not over.
    Busy,
    /// The database failed.
    Storage,
    /// There is no such job or account.
    NotFound,
    /// Anything else.
    Internal,
}

/// Why a command failed.
#[derive(Clone, Debug, Serialize, Type)]
pub struct CommandError {
    code: ErrorCode,
    /// A sentence for the owner.
    message: String,
}

impl CommandError {
    fn new(code: ErrorCode, message: impl ToString) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }
}

impl From<DbError> for CommandError {
    fn from(error: DbError) -> Self {
        Self::new(ErrorCode::Storage, error)
    }
}

impl From<MailboxError> for CommandError {
    fn from(error: MailboxError) -> Self {
        let code = match error {
            MailboxError::Empty(_) => ErrorCode::NothingFound,
            MailboxError::Missing(_)
            | MailboxError::Unreadable { .. }
            | MailboxError::NotMail { .. } => ErrorCode::BadMailbox,
        };
        Self::new(code, error)
    }
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Mailbox(error) => error.into(),
            StartError::Db(error) => error.into(),
            StartError::Changed(_) => Self::new(ErrorCode::Internal, error),
        }
    }
}

impl From<SteerError> for CommandError {
    fn from(error: SteerError) -> Self {
        let code = match error {
            SteerError::NoSuchJob(_) => ErrorCode::NotFound,
            SteerError::Busy(_) | SteerError::NotOver(_) => ErrorCode::Busy,
            SteerError::Over { .. } | SteerError::NothingFailed(_) => ErrorCode::Internal,
            SteerError::Db(_) => ErrorCode::Storage,
        };
        Self::new(code, error)
    }
}

/// A time as the page takes it (RFC 3339, UTC).
fn rfc3339(at: Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339()
}

/// A count as the page takes it.
fn count(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    /// Run with `UNDERSTUDY_WRITE_BINDINGS=1` to write the page's half anew.
    #[test]
    fn the_page_speaks_what_the_host_speaks() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/host/bindings.ts");
        let fresh = tempfile::NamedTempFile::with_suffix(".ts").unwrap();
        let target = match std::env::var_os("UNDERSTUDY_WRITE_BINDINGS") {
            Some(_) => std::path::Path::new(page),
            None => fresh.path(),
        };
        super::doors()
            .export(Typescript::default(), target)
            .unwrap();
        let (generated, committed) = (
            std::fs::read_to_string(target).unwrap(),
            std::fs::read_to_string(page).unwrap(),
        );
        assert!(
            generated == committed,
            "ui/src/host/bindings.ts is stale: run `UNDERSTUDY_WRITE_BINDINGS=1 cargo test -p understudy-desktop`"
        );
    }
}
