//! Debian and Ubuntu: what is missing is named, and installed.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::Purpose;
use crate::programs;

pub(super) fn is_here() -> bool {
    cfg!(target_os = "linux")
        && ["apt-get", "apt-cache", "dpkg-query"]
            .iter()
            .all(|name| programs::on_path(name).is_some())
}

pub(super) fn ensure(purposes: &[&Purpose]) -> anyhow::Result<()> {
    let wanted = missing(&all(purposes, |purpose| purpose.packages))?;
    let welcome = missing(&all(purposes, |purpose| purpose.packages_where_known))?;
    if wanted.is_empty() && !welcome.iter().any(|package| is_known(package)) {
        tell_left_out(&welcome);
        return Ok(());
    }
    let aims: Vec<_> = purposes.iter().map(|purpose| purpose.what_for).collect();
    let Some(root) = Root::find()? else {
        if wanted.is_empty() {
            tell_left_out(&welcome);
            return Ok(());
        }
        bail!(
            "packages are missing for {}, and you are neither root nor is there sudo. As root, run:\n\n    \
             apt-get update && apt-get install --yes --no-install-recommends {}\n\nand then this command again",
            aims.join(" and "),
            wanted.join(" ")
        );
    };
    println!(
        "For {}, apt installs: {}",
        aims.join(" and "),
        [&wanted[..], &welcome].concat().join(" ")
    );
    if let Err(error) = programs::run(root.apt_get().arg("update")) {
        println!("{error:#}; going on with the package lists that are there");
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        welcome.into_iter().partition(|package| is_known(package));
    tell_left_out(&unknown);
    let packages = [wanted, known].concat();
    programs::run(
        root.apt_get()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(["-o", "DPkg::Lock::Timeout=120"])
            .args(&packages),
    )?;
    let still = missing(&packages)?;
    if !still.is_empty() {
        bail!(
            "apt ended well, and yet this is not installed: {}",
            still.join(" ")
        );
    }
    Ok(())
}

fn all(
    purposes: &[&Purpose],
    packages: fn(&Purpose) -> &'static [&'static str],
) -> Vec<&'static str> {
    purposes
        .iter()
        .flat_map(|purpose| packages(purpose))
        .copied()
        .collect()
}

/// Those of the packages that are not installed.
fn missing(packages: &[&'static str]) -> anyhow::Result<Vec<&'static str>> {
    if packages.is_empty() {
        return Ok(Vec::new());
    }
    // dpkg-query fails as soon as it does not know one of them, and still lists the others.
    let told = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output()
        .context("dpkg-query could not be started")?;
    Ok(not_installed(
        packages,
        &String::from_utf8_lossy(&told.stdout),
    ))
}

fn not_installed(packages: &[&'static str], told: &str) -> Vec<&'static str> {
    packages
        .iter()
        .filter(|package| {
            !told
                .lines()
                .any(|line| line.split_once(' ') == Some((package, "installed")))
        })
        .copied()
        .collect()
}

fn is_known(package: &str) -> bool {
    programs::succeeds(Command::new("apt-cache").args(["show", package]))
}

fn tell_left_out(packages: &[&str]) {
    if !packages.is_empty() {
        println!(
            "This release has no {}; the few tests that need it are left out",
            packages.join(" ")
        );
    }
}

/// How to become root, who alone may install.
enum Root {
    Already,
    Sudo,
}

impl Root {
    fn find() -> anyhow::Result<Option<Self>> {
        let id = programs::output(Command::new("id").arg("-u"))?;
        Ok(if id.trim() == "0" {
            Some(Self::Already)
        } else {
            programs::on_path("sudo").map(|_| Self::Sudo)
        })
    }

    /// `env` sets the variable behind sudo, too, which clears what it was started with.
    fn apt_get(&self) -> Command {
        let mut command = match self {
            Self::Already => Command::new("env"),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.arg("env");
                sudo
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wholly_installed_counts() {
        let told =
            "xvfb installed\nxauth config-files\nlibssl-dev installed\nlibssl-dev not-installed\n";
        assert_eq!(
            not_installed(&["xvfb", "xauth", "libssl-dev", "dunst"], told),
            ["xauth", "dunst"]
        );
    }
}
