//! Where there is no apt: what is missing is named, with the words that install it. Nothing is installed.

use std::process::Command;

use anyhow::bail;

use super::Purpose;
use crate::programs;

/// What Tauri asks for, system by system.
const PREREQUISITES: &str = "https://tauri.app/start/prerequisites/";

/// WebView2 in the registry, for all users of a 64-bit Windows.
const WEBVIEW2: &str = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

/// The words that install a system's packages, by the program that installs them.
const DISTRIBUTIONS: [(&str, &str); 3] = [
    (
        "dnf",
        "sudo dnf install @c-development webkit2gtk4.1-devel openssl-devel libappindicator-gtk3-devel librsvg2-devel \
         libxdo-devel (and for the tests: webkit2gtk-driver xorg-x11-server-Xvfb xorg-x11-xauth dbus-x11 dunst \
         ImageMagick xdotool at-spi2-core dejavu-sans-fonts)",
    ),
    (
        "pacman",
        "sudo pacman -S --needed base-devel webkit2gtk-4.1 openssl libappindicator-gtk3 librsvg xdotool (and for the \
         tests: xorg-server-xvfb xorg-xauth dbus dunst imagemagick at-spi2-core ttf-dejavu)",
    ),
    (
        "zypper",
        "sudo zypper install -t pattern devel_basis, and sudo zypper install webkit2gtk3-devel libopenssl-devel \
         libappindicator3-1 librsvg-devel xdotool-devel (and for the tests: webkit2gtk-driver xorg-x11-server-Xvfb \
         xauth dbus-1-x11 dunst ImageMagick xdotool at-spi2-core dejavu-fonts)",
    ),
];

pub(super) fn ensure(purposes: &[&Purpose]) -> anyhow::Result<()> {
    if cfg!(windows) {
        on_windows()
    } else if cfg!(target_os = "macos") {
        on_macos()
    } else {
        on_linux(purposes)
    }
}

fn on_windows() -> anyhow::Result<()> {
    let of_user = WEBVIEW2.replace(r"HKLM\SOFTWARE\WOW6432Node", r"HKCU\Software");
    let of_32_bit = WEBVIEW2.replace(r"\WOW6432Node", "");
    let there = [WEBVIEW2, &of_user, &of_32_bit]
        .iter()
        .any(|key| programs::succeeds(Command::new("reg").args(["query", key])));
    if !there {
        bail!(
            "WebView2, which shows the window, is missing. Install the Evergreen Runtime from \
             https://developer.microsoft.com/microsoft-edge/webview2/, and, where linking fails, the Visual Studio \
             Build Tools with \"Desktop development with C++\""
        );
    }
    Ok(())
}

fn on_macos() -> anyhow::Result<()> {
    if !programs::succeeds(Command::new("xcode-select").arg("-p")) {
        bail!("Apple's command line tools are missing. Install them with: xcode-select --install");
    }
    Ok(())
}

fn on_linux(purposes: &[&Purpose]) -> anyhow::Result<()> {
    let programs_missing = purposes
        .iter()
        .flat_map(|purpose| purpose.programs)
        .filter(|name| programs::on_path(name).is_none());
    let libraries_missing = purposes
        .iter()
        .flat_map(|purpose| purpose.libraries)
        .filter(|name| !programs::succeeds(Command::new("pkg-config").args(["--exists", name])));
    let missing: Vec<&str> = programs_missing.chain(libraries_missing).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let aims: Vec<_> = purposes.iter().map(|purpose| purpose.what_for).collect();
    let how = DISTRIBUTIONS
        .iter()
        .find(|(installer, _)| programs::on_path(installer).is_some())
        .map_or_else(
            || format!("This system's packages for it are listed at {PREREQUISITES}"),
            |(_, words)| format!("Install it with: {words}"),
        );
    bail!(
        "for {} this is missing: {}. {how}",
        aims.join(" and "),
        missing.join(", ")
    )
}
