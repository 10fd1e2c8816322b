//! The main window.

use tauri::{App, WebviewUrl, WebviewWindowBuilder};

/// The only label; the capabilities are given to it.
const LABEL: &str = "main";

/// Opens the main window.
///
/// # Errors
/// Where the system gives no window.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Understudy")
        .inner_size(1100.0, 760.0)
        .min_inner_size(720.0, 520.0)
        .center()
        .build()?;
    Ok(())
}
