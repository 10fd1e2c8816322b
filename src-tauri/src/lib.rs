//! The desktop shell: a window on the core. It translates and shows; it decides nothing.
//!
//! `ipc/` is the only door between Rust and the page, a file a feature. [`desk`] holds what runs behind it. The window
//! is never needed: a job neither waits for it nor notices when it goes.

pub mod desk;
pub mod ipc;
mod window;

use std::process::ExitCode;

use tauri::{Manager, RunEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tracing_subscriber::EnvFilter;
use understudy_core::clock::Clock;
use understudy_core::db::{self, Db};

use desk::Desk;

/// What is logged unless `RUST_LOG` says otherwise. The HTML parser warns of every oddity of every mail.
const FILTER: &str = "warn,html5ever=off";

/// Where everything is kept instead of the platform's data folder; for tests and for trying.
const DATA_DIR: &str = "UNDERSTUDY_DATA_DIR";

/// Runs the app until its last window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let doors = ipc::doors();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(doors.invoke_handler())
        .setup(move |app| {
            doors.mount_events(app);
            let folder = std::env::var_os(DATA_DIR).map_or_else(db::default_folder, Into::into);
            match tauri::async_runtime::block_on(Db::open(&folder)) {
                Ok(db) => {
                    let desk = Desk::new(db, Clock::System);
                    app.manage(desk.clone());
                    tauri::async_runtime::spawn(ipc::progress::tell(
                        app.handle().clone(),
                        desk.clone(),
                    ));
                    tauri::async_runtime::spawn(async move { desk.resume().await });
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
    if let (RunEvent::Exit, Some(desk)) = (event, app.try_state::<Desk>()) {
        tauri::async_runtime::block_on(desk.shut_down());
    }
}
