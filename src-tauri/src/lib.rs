//! The desktop shell: a window on the core. It translates and shows; it decides nothing.
//!
//! `ipc/` is the only door between Rust and the page, a file a feature; behind it runs the core's engine. The window is
//! never needed: a job neither waits for it nor notices when it goes.

pub mod ipc;
mod window;

use std::path::Path;
use std::process::ExitCode;

use tauri::{Manager, RunEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use understudy_core::clock::Clock;
use understudy_core::db::{self, Db, DbError};
use understudy_core::jobs::{Duty, Engine};
use understudy_core::learn::local::LocalLearner;
use understudy_core::log;

/// What is logged to standard error unless `RUST_LOG` says otherwise. The HTML parser warns of every oddity of every
/// mail.
const FILTER: &str = "warn,html5ever=off";

/// Where everything is kept instead of the platform's data folder; for tests and for trying.
const DATA_DIR: &str = "UNDERSTUDY_DATA_DIR";

/// Runs the app until its last window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let doors = ipc::doors();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(doors.invoke_handler())
        .setup(move |app| {
            doors.mount_events(app);
            let folder = std::env::var_os(DATA_DIR).map_or_else(db::default_folder, Into::into);
            match tauri::async_runtime::block_on(engine(&folder)) {
                Ok(engine) => {
                    app.manage(engine.clone());
                    let handle = app.handle().clone();
                    tauri::async_runtime::spawn(ipc::progress::tell(handle, engine));
                    window::open(app)?;
                }
                Err(error) => complain(app, &error.to_string()),
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(on_event)).unwrap_or(1)),
        Err(error) => {
            tracing::error!(%error, "the app cannot start");
            ExitCode::FAILURE
        }
    }
}

/// The engine in that data folder: it goes on with what the last process left behind.
async fn engine(folder: &Path) -> Result<Engine, DbError> {
    let db = Db::open(folder).await?;
    log::start(folder, FILTER);
    Ok(Engine::start(
        db,
        Clock::System,
        Duty::All,
        LocalLearner::new,
    ))
}

/// Says why the app cannot start, and ends it.
fn complain(app: &tauri::App, reason: &str) {
    tracing::error!(reason, "the app cannot start");
    let handle = app.handle().clone();
    app.dialog()
        .message(reason)
        .title("Understudy cannot start")
        .kind(MessageDialogKind::Error)
        .show(move |_| handle.exit(1));
}

fn on_event(app: &tauri::AppHandle, event: RunEvent) {
    // Jobs are brought to a commit; the next start goes on from there.
    if let (RunEvent::Exit, Some(engine)) = (event, app.try_state::<Engine>()) {
        tauri::async_runtime::block_on(async {
            engine.shut_down().await;
            engine.db().close().await;
        });
    }
}
