//! The sample mailbox: a year of a small workshop's mail, written for this project, to try Understudy with.

use std::io;
use std::path::{Path, PathBuf};

/// What its account is called.
pub const NAME: &str = "Sample mailbox";

static MAILBOX: &[u8] = include_bytes!("../../sample/mailbox.mbox");

/// Lays the sample mailbox into the data folder, where it is learned like any other, and answers with its path.
///
/// # Errors
/// Where the folder cannot be written.
pub fn lay(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("sample.mbox");
    let is_there = std::fs::metadata(&path).is_ok_and(|about| about.len() == MAILBOX.len() as u64);
    if !is_there {
        crate::db::make_private(folder)?;
        std::fs::write(&path, MAILBOX)?;
    }
    Ok(path)
}
