//! The hold on a data folder: one process at a time runs jobs in it. The lock is the operating system's, and dies with
//! the process, so an orphaned job is known at once.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::db::DbError;

const FILE: &str = "understudy.lock";

/// Held as long as it lives.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
}

impl Hold {
    /// Takes the hold on `folder`, or answers `None` where another process has it.
    ///
    /// # Errors
    /// Where the lock's file cannot be made.
    pub fn take(folder: &Path) -> Result<Option<Self>, DbError> {
        let lock = file(folder)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(DbError::Folder {
                folder: folder.to_path_buf(),
                source,
            }),
        }
    }

    /// Takes the hold on `folder`, waiting until no other process has it. Blocks its thread.
    ///
    /// # Errors
    /// Where the lock's file cannot be made.
    pub fn wait(folder: &Path) -> Result<Self, DbError> {
        let lock = file(folder)?;
        match lock.lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(source) => Err(DbError::Folder {
                folder: folder.to_path_buf(),
                source,
            }),
        }
    }
}

fn file(folder: &Path) -> Result<File, DbError> {
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(FILE))
        .map_err(|source| DbError::Folder {
            folder: folder.to_path_buf(),
            source,
        })
}
