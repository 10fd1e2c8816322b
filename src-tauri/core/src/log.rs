//! The log: to standard error as `RUST_LOG` says, and to a file a day in the data folder, of which a week is kept. At
//! `info` and above nothing of a mail stands in it: no subject, no address, no text.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// The log's folder in the data folder.
const FOLDER: &str = "logs";

/// So many days are kept.
const DAYS: usize = 7;

/// What goes to the file unless `RUST_LOG` says otherwise. Of others only what went wrong; the HTML parser warns of
/// every oddity of every mail.
const FILE_FILTER: &str = "warn,understudy_core=info,understudy_desktop=info,html5ever=off";

/// Begins to log, once in a process. `to_screen` is what goes to standard error unless `RUST_LOG` says otherwise.
/// Where the folder cannot be written there is no file, and everything else works.
pub fn start(data_folder: &Path, to_screen: &str) {
    let filter = |otherwise: &str| {
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(otherwise))
    };
    let screen = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter(to_screen));
    // Written at once: the line before a crash is the one that is wanted.
    let file = file(data_folder).map(|file| {
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(file)
            .with_filter(filter(FILE_FILTER))
    });
    // A second start in one process changes nothing.
    let _ = tracing_subscriber::registry()
        .with(screen)
        .with(file)
        .try_init();
}

fn file(data_folder: &Path) -> Option<RollingFileAppender> {
    let folder = data_folder.join(FOLDER);
    crate::db::make_private(&folder).ok()?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("understudy")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()
}
