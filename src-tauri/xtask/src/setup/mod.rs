//! What the commands need from the machine, and how it gets there. Where all is there, nothing is done and nothing
//! is said, so a second call repeats no finished set-up.

mod apt;
mod elsewhere;

use crate::programs;

/// Something to be ready for.
pub(crate) struct Purpose {
    /// As in "for building the desktop app, this is needed".
    what_for: &'static str,
    /// Packages of Debian and Ubuntu.
    packages: &'static [&'static str],
    /// Packages that only some of their releases have; without them a few tests are left out.
    packages_where_known: &'static [&'static str],
    /// On a Linux without apt these stand for the packages: libraries, by pkg-config's names …
    libraries: &'static [&'static str],
    /// … and programs.
    programs: &'static [&'static str],
}

/// A compiler for SQLite, which comes as C. Whoever has linked this very command has one, in all likelihood.
const COMPILER: Purpose = Purpose {
    what_for: "building the command line",
    packages: &["build-essential"],
    packages_where_known: &[],
    libraries: &[],
    programs: &["cc"],
};

const WINDOW: Purpose = Purpose {
    what_for: "building the desktop app",
    packages: &[
        "libwebkit2gtk-4.1-dev",
        "libayatana-appindicator3-dev",
        "librsvg2-dev",
        "libssl-dev",
        "libxdo-dev",
        "pkg-config",
        "build-essential",
    ],
    packages_where_known: &[],
    libraries: &["webkit2gtk-4.1", "openssl"],
    programs: &["cc", "pkg-config"],
};

/// Python's own tests carry mails that broke mail programs.
const STRANGE_MAILS: Purpose = Purpose {
    what_for: "reading strange mails in tests",
    packages: &[],
    packages_where_known: &["libpython3.11-testsuite"],
    libraries: &[],
    programs: &[],
};

const DESKTOP_TESTS: Purpose = Purpose {
    what_for: "testing on a desktop of their own",
    packages: &[
        "webkit2gtk-driver",
        "xvfb",
        "dbus",
        "at-spi2-core",
        "fonts-dejavu-core",
    ],
    packages_where_known: &[],
    libraries: &[],
    programs: &["WebKitWebDriver", "Xvfb", "dbus-daemon"],
};

/// What the command line is built with. Packages are only asked for where there is no compiler at all.
pub(crate) fn for_terminal() -> anyhow::Result<()> {
    if COMPILER
        .programs
        .iter()
        .all(|name| programs::on_path(name).is_some())
    {
        return Ok(());
    }
    ensure(&[&COMPILER])
}

/// What the desktop app is built with.
pub(crate) fn for_window() -> anyhow::Result<()> {
    ensure(&[&WINDOW])
}

/// What everything is built and tested with, but for the tests on a desktop.
pub(crate) fn for_tests() -> anyhow::Result<()> {
    ensure(&[&WINDOW, &STRANGE_MAILS])
}

/// What the tests on a desktop need beside it.
pub(crate) fn for_desktop_tests() -> anyhow::Result<()> {
    ensure(&[&DESKTOP_TESTS])
}

fn ensure(purposes: &[&Purpose]) -> anyhow::Result<()> {
    if apt::is_here() {
        apt::ensure(purposes)
    } else {
        elsewhere::ensure(purposes)
    }
}
