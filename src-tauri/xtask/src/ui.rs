//! The window's own part, in `ui/`: its packages, its build and its scripts. What is finished is not repeated.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::programs;
use crate::project::Project;

/// The oldest Node that Vite runs on, as `engines` in ui/package.json says.
const NODE: (u32, u32) = (20, 19);

/// Folders in `ui/` that are made, not written.
const MADE: [&str; 4] = ["node_modules", "dist", "dist-fake", "coverage"];

/// Fails with a sentence where Node or npm is missing or too old.
pub(crate) fn ensure_node() -> anyhow::Result<()> {
    let (major, minor) = NODE;
    let wanted = format!("Node {major}.{minor} or newer, with npm, is needed to build the UI");
    let get = "Get it from https://nodejs.org or from your system's packages";
    let told = programs::output(Command::new("node").arg("--version"))
        .with_context(|| format!("{wanted}. {get}"))?;
    let version = told.trim();
    if node_version(version).is_none_or(|found| found < NODE) {
        bail!("{wanted}; this one is {version}. {get}");
    }
    if !programs::succeeds(npm().arg("--version")) {
        bail!("{wanted}; npm is missing. {get}");
    }
    Ok(())
}

fn node_version(told: &str) -> Option<(u32, u32)> {
    let mut parts = told.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs the UI's packages, where the lock file changed since they were.
pub(crate) fn ensure_packages(project: &Project) -> anyhow::Result<()> {
    let ui = project.ui();
    let installed = changed(&ui.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&ui.join("package-lock.json")) {
        return Ok(());
    }
    println!("Installing the UI's packages (npm ci)");
    programs::run(
        npm()
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(ui),
    )
}

/// Builds the UI, where a source is newer than what was built.
pub(crate) fn ensure_built(project: &Project) -> anyhow::Result<()> {
    let ui = project.ui();
    let built = changed(&ui.join("dist/index.html"));
    if built.is_some() && built >= newest_source(&ui)? {
        println!("The UI is built already");
        return Ok(());
    }
    script(project, "build")
}

/// Runs a script of ui/package.json.
pub(crate) fn script(project: &Project, name: &str) -> anyhow::Result<()> {
    programs::run(
        npm()
            .args(["run", "--silent", name])
            .current_dir(project.ui()),
    )
}

/// npm is a script on Windows, and is only found by its whole name.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// When the newest file below `ui/` was written, or a file was added or removed.
fn newest_source(ui: &Path) -> anyhow::Result<Option<SystemTime>> {
    let mut newest = None;
    let mut folders = vec![ui.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot look into {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let made = folder == ui && MADE.iter().any(|made| path.ends_with(made));
            if made {
                continue;
            }
            newest = newest.max(changed(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(newest)
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_no_source() {
        let ui = tempfile::tempdir().unwrap();
        fs::create_dir_all(ui.path().join("src/deep")).unwrap();
        let source = ui.path().join("src/deep/app.ts");
        fs::write(&source, "1").unwrap();
        fs::create_dir(ui.path().join("node_modules")).unwrap();
        let late = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(9_000_000_000);
        fs::File::create(ui.path().join("node_modules/late.js"))
            .unwrap()
            .set_modified(late)
            .unwrap();
        assert!(newest_source(ui.path()).unwrap() < Some(late));
        fs::File::options()
            .write(true)
            .open(&source)
            .unwrap()
            .set_modified(late)
            .unwrap();
        assert_eq!(newest_source(ui.path()).unwrap(), Some(late));
    }

    #[test]
    fn node_says_its_version() {
        assert_eq!(node_version("v20.19.4"), Some((20, 19)));
        assert!(node_version("v18.20.1") < Some(NODE));
        assert_eq!(node_version("not found"), None);
    }
}
