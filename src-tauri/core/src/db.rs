//! One SQLite file in the data folder: opened, migrated and checked before anybody reads from it.
//!
//! One connection writes, a few read. This module knows no table: every module owns its own SQL.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlStr, Sqlite, SqliteConnection, Transaction};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The database's file in the data folder.
const FILE: &str = "understudy.db";

const READERS: u32 = 2;

/// What can go wrong with the database, in words for the owner.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The data folder cannot be made or entered.
    #[error("cannot use the data folder {folder}: {source}. Choose another with --data-dir")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is something else than a database.
    #[error(
        "{file} is not an Understudy database. Nothing was changed; move it away, or choose another folder with --data-dir"
    )]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// The database was made by a newer version of Understudy.
    #[error(
        "{file} was made by a newer version of Understudy. Nothing was changed; update Understudy to open it"
    )]
    Newer {
        /// The file.
        file: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full. What was learned so far is safe; free some space and start again")]
    DiskFull,
    /// The database cannot be written.
    #[error(
        "{0} is read-only. Give yourself the right to write it, or choose another folder with --data-dir"
    )]
    ReadOnly(String),
    /// Another process holds the database.
    #[error("the database is in use by another program. Try again in a moment")]
    Busy,
    /// The disk fails.
    #[error(
        "the disk fails: {0}. What was learned so far is safe; look after the disk and start again"
    )]
    DiskFails(#[source] sqlx::Error),
    /// Anything else that SQLite said.
    #[error("the database failed: {0}")]
    Sqlite(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match (primary_code(&error), extended_code(&error)) {
            // The file of the shared memory could not grow: SQLite does not say that it is for want of space.
            (_, Some(4874)) | (Some(13), _) => Self::DiskFull,
            (Some(5 | 6), _) => Self::Busy,
            (Some(8), _) => Self::ReadOnly("the database".into()),
            (Some(10), _) => Self::DiskFails(error),
            _ => Self::Sqlite(error),
        }
    }
}

/// SQLite's extended result code, <https://sqlite.org/rescode.html>.
fn extended_code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// SQLite's primary result code: the low byte of the extended one.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    extended_code(error).map(|code| code & 0xff)
}

/// The platform's folder for an application's data, where the owner chooses no other.
#[must_use]
pub fn default_folder() -> PathBuf {
    directories::ProjectDirs::from("org", "Understudy", "Understudy").map_or_else(
        || PathBuf::from("understudy-data"),
        |dirs| dirs.data_dir().to_path_buf(),
    )
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Db {
    writer: SqlitePool,
    readers: SqlitePool,
    folder: PathBuf,
    /// Whether the writer leaves it to the system when its commits reach the disk.
    is_light: Arc<AtomicBool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Synchronous {
    Full,
    Normal,
}

impl Db {
    /// Opens the database in `folder`, making both where they are missing, and brings it up to date.
    ///
    /// # Errors
    /// In words for the owner: no folder, no database, a newer one, a full disk. A file that is not ours is left as
    /// it is.
    pub async fn open(folder: &Path) -> Result<Self, DbError> {
        make_private(folder).map_err(|source| DbError::Folder {
            folder: folder.to_path_buf(),
            source,
        })?;
        let file = folder.join(FILE);
        bootstrap(&file)
            .await
            .map_err(|error| in_words(error, &file))?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // A connection to a file does not go stale as one to a server does.
            .test_before_acquire(false)
            // Where the disk fails a commit, SQLite may roll it back by itself. SQLx does not learn of that and refuses
            // to begin another transaction ever after: the connection is replaced.
            .before_acquire(|writer, _| Box::pin(async { Ok(!writer.is_in_transaction()) }))
            .connect_lazy_with(options(&file));
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_lazy_with(options(&file).read_only(true));
        Ok(Self {
            writer,
            readers,
            folder: folder.to_path_buf(),
            is_light: Arc::default(),
        })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For reading: sees the last commit.
    #[must_use]
    pub fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins the one transaction that may write now; dropped without a commit, nothing of it happened.
    ///
    /// # Errors
    /// Where another process writes for longer than the busy timeout, or the disk fails.
    pub async fn write(&self) -> Result<Transaction<'static, Sqlite>, DbError> {
        // A deferred transaction that turns to writing fails at once when another writer was quicker, whatever the
        // busy timeout; an immediate one waits its turn.
        self.begin(Synchronous::Full).await
    }

    /// Begins a transaction that a power cut may undo, though nothing else can: for what is found out again by
    /// itself. It does not wait for the disk.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_lightly(&self) -> Result<Transaction<'static, Sqlite>, DbError> {
        self.begin(Synchronous::Normal).await
    }

    /// Who writes, for one statement, which is a transaction of its own: as light as
    /// [`write_lightly`](Self::write_lightly), and without the walks to begin and to end one.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn writer_lightly(&self) -> Result<PoolConnection<Sqlite>, DbError> {
        self.acquire(Synchronous::Normal).await
    }

    async fn begin(&self, wanted: Synchronous) -> Result<Transaction<'static, Sqlite>, DbError> {
        let writer = self.acquire(wanted).await?;
        let begin = SqlStr::from_static("BEGIN IMMEDIATE");
        Ok(Transaction::begin(writer, Some(begin)).await?)
    }

    async fn acquire(&self, wanted: Synchronous) -> Result<PoolConnection<Sqlite>, DbError> {
        let mut writer = self.writer.acquire().await?;
        // Only who has the one writer changes this; a new writer begins with what is the stricter.
        if self.is_light.load(Ordering::Relaxed) != (wanted == Synchronous::Normal) {
            let pragma = match wanted {
                Synchronous::Full => "PRAGMA synchronous = FULL",
                Synchronous::Normal => "PRAGMA synchronous = NORMAL",
            };
            sqlx::query(pragma).execute(&mut *writer).await?;
            self.is_light
                .store(wanted == Synchronous::Normal, Ordering::Relaxed);
        }
        Ok(writer)
    }

    /// Moves what the log holds into the file, and empties the log.
    ///
    /// # Errors
    /// Where the disk fails; a reader that is still looking is not an error, the next call does the rest.
    pub async fn checkpoint(&self) -> Result<(), DbError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Closes every connection. The last one out folds the log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .pragma("temp_store", "memory")
        // 64 MiB of pages: the indexes of a million mails stay in memory while they grow.
        .pragma("cache_size", "-65536")
        // Checkpoints are rarer than SQLite's default, since every one waits for the disk twice.
        .pragma("wal_autocheckpoint", "16384")
        .log_statements(tracing::log::LevelFilter::Off)
}

/// Makes the data folder, for its owner only: it holds what their mail says.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

enum Bootstrap {
    /// Another program's database.
    Foreign,
    Sqlite(sqlx::Error),
    Migrate(MigrateError),
    /// The file that says whose turn it is cannot be made.
    Turn(std::io::Error),
}

impl From<sqlx::Error> for Bootstrap {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The write-ahead log is set and the schema laid on one connection before any other opens: several connections that
/// each switch a file's journal meet a "busy" that no timeout waits out.
async fn bootstrap(file: &Path) -> Result<(), Bootstrap> {
    let mut connection = options(file).create_if_missing(true).connect().await?;
    if !is_current(&mut connection).await? {
        // Two processes that lay the schema at once would each find the other's half.
        let _turn = turn_to_migrate(file).await.map_err(Bootstrap::Turn)?;
        if !is_current(&mut connection).await? {
            MIGRATIONS
                .run(&mut connection)
                .await
                .map_err(Bootstrap::Migrate)?;
        }
    }
    connection.close().await?;
    Ok(())
}

/// Waits until no other process lays the schema; the turn is over when it is dropped, or the process dies.
async fn turn_to_migrate(file: &Path) -> std::io::Result<File> {
    let beside = file.with_extension("migrating");
    let waiting = tokio::task::spawn_blocking(move || {
        let turn = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside)?;
        turn.lock()?;
        Ok(turn)
    });
    waiting.await.map_err(std::io::Error::other)?
}

/// Whether the file already has just our migrations: then there is nothing to run, and nothing to wait for.
async fn is_current(connection: &mut SqliteConnection) -> Result<bool, Bootstrap> {
    let has_table: bool = sqlx::query_scalar(
        "SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !has_table {
        let is_empty: bool = sqlx::query_scalar("SELECT count(*) = 0 FROM sqlite_schema")
            .fetch_one(connection)
            .await?;
        return if is_empty {
            Ok(false)
        } else {
            Err(Bootstrap::Foreign)
        };
    }
    let applied: Vec<(i64, Vec<u8>, bool)> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version")
            .fetch_all(connection)
            .await?;
    Ok(applied.len() == MIGRATIONS.iter().count()
        && MIGRATIONS
            .iter()
            .zip(&applied)
            .all(|(ours, (version, checksum, success))| {
                ours.version == *version && ours.checksum[..] == checksum[..] && *success
            }))
}

fn in_words(error: Bootstrap, file: &Path) -> DbError {
    match error {
        Bootstrap::Foreign => DbError::NotADatabase {
            file: file.to_path_buf(),
        },
        Bootstrap::Turn(source) => DbError::Folder {
            folder: file.to_path_buf(),
            source,
        },
        Bootstrap::Migrate(MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_)) => {
            DbError::Newer {
                file: file.to_path_buf(),
            }
        }
        Bootstrap::Migrate(
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
        )
        | Bootstrap::Sqlite(error) => match primary_code(&error) {
            Some(26) => DbError::NotADatabase {
                file: file.to_path_buf(),
            },
            Some(8) => DbError::ReadOnly(file.display().to_string()),
            Some(14) => DbError::Folder {
                folder: file.to_path_buf(),
                source: std::io::Error::other("the file cannot be opened"),
            },
            _ => error.into(),
        },
        Bootstrap::Migrate(error) => DbError::Sqlite(sqlx::Error::Migrate(Box::new(error))),
    }
}

/// The lower-case hexadecimal form in which blobs are handed to `json_each`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}
