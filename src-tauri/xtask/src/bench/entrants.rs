//! Who is measured, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use super::corpus::{MAILS, empty};
use super::facts::Facts;
use super::measure::{self, Lap};
use crate::programs;

/// So many writers of the corpus are taken for its owner in the run that finds answers.
pub(super) const OWNERS: usize = 20;

/// Where the runs take place.
pub(super) struct Ring {
    pub(super) understudy: PathBuf,
    pub(super) mbox: PathBuf,
    pub(super) maildir: PathBuf,
    pub(super) owners: Vec<String>,
    /// Everything that the programs write.
    pub(super) folder: PathBuf,
}

impl Ring {
    /// A program's own folder.
    fn of(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn fresh(&self, name: &str) -> anyhow::Result<()> {
        empty(&self.of(name))
    }

    fn learn(&self, mailbox: &Path, folder: &str) -> Command {
        let mut learn = Command::new(&self.understudy);
        learn
            .arg("learn")
            .arg(mailbox)
            .args(["--most", "1000000", "--json", "--data-dir"])
            .arg(self.of(folder));
        learn
    }

    fn notmuch(&self) -> Command {
        let mut notmuch = Command::new("notmuch");
        notmuch.env("NOTMUCH_CONFIG", self.of("notmuch").join("config"));
        notmuch
    }

    fn facts(&self, log: &str) -> anyhow::Result<Facts> {
        Facts::checked(&self.of(log).with_extension("out"), MAILS as u64)
    }

    fn facts_again(&self, log: &str, first: &str) -> anyhow::Result<Facts> {
        let facts = self.facts(log)?;
        facts.repeats(&self.facts(first)?)?;
        Ok(facts)
    }
}

/// A program in one of its tasks.
pub(super) struct Entrant {
    /// As the table calls it.
    pub(super) name: &'static str,
    /// What its output is kept under.
    log: &'static str,
    /// Another's program, and its package on Debian.
    pub(super) tool: Option<(&'static str, &'static str)>,
    /// Takes a minute, and is run once.
    pub(super) slow: bool,
    /// What must be there before; not measured.
    prepare: fn(&Ring) -> anyhow::Result<()>,
    command: fn(&Ring) -> Command,
    /// What it says that it learned; fails where that cannot be. Not measured.
    pub(super) learned: fn(&Ring) -> anyhow::Result<String>,
}

pub(super) const FIRST: &str = "Understudy, first run, mbox";
pub(super) const AGAIN: &str = "Understudy, again, mbox";
pub(super) const FIRST_MAILDIR: &str = "Understudy, first run, Maildir";
pub(super) const BOGOFILTER: &str = "bogofilter, mbox";
pub(super) const MU: &str = "mu index, Maildir";

/// Everybody, in the order of a round.
pub(super) const ENTRANTS: &[Entrant] = &[
    Entrant {
        name: FIRST,
        log: "first",
        tool: None,
        slow: false,
        prepare: |ring| ring.fresh("understudy"),
        command: |ring| ring.learn(&ring.mbox, "understudy"),
        learned: |ring| Ok(ring.facts("first")?.said()),
    },
    Entrant {
        name: AGAIN,
        log: "again",
        tool: None,
        slow: false,
        prepare: |_| Ok(()),
        command: |ring| ring.learn(&ring.mbox, "understudy"),
        learned: |ring| Ok(ring.facts_again("again", "first")?.said()),
    },
    Entrant {
        name: FIRST_MAILDIR,
        log: "first-maildir",
        tool: None,
        slow: false,
        prepare: |ring| ring.fresh("understudy-maildir"),
        command: |ring| ring.learn(&ring.maildir, "understudy-maildir"),
        learned: |ring| Ok(ring.facts("first-maildir")?.said()),
    },
    Entrant {
        name: "Understudy, again, Maildir",
        log: "again-maildir",
        tool: None,
        slow: false,
        prepare: |_| Ok(()),
        command: |ring| ring.learn(&ring.maildir, "understudy-maildir"),
        learned: |ring| Ok(ring.facts_again("again-maildir", "first-maildir")?.said()),
    },
    Entrant {
        name: "Understudy, first run, with owners",
        log: "first-owners",
        tool: None,
        slow: false,
        prepare: |ring| ring.fresh("understudy-owners"),
        command: |ring| {
            let mut learn = ring.learn(&ring.mbox, "understudy-owners");
            for owner in &ring.owners {
                learn.args(["--me", owner]);
            }
            learn
        },
        learned: |ring| Ok(ring.facts("first-owners")?.said()),
    },
    Entrant {
        name: BOGOFILTER,
        log: "bogofilter",
        tool: Some(("bogofilter", "bogofilter")),
        slow: false,
        prepare: |ring| ring.fresh("bogofilter"),
        command: |ring| {
            let mut bogofilter = Command::new("bogofilter");
            bogofilter
                .arg("-d")
                .arg(ring.of("bogofilter"))
                .args(["-v", "-n", "-M", "-I"])
                .arg(&ring.mbox);
            bogofilter
        },
        learned: |ring| last_line(&ring.of("bogofilter").with_extension("err")),
    },
    Entrant {
        name: MU,
        log: "mu",
        tool: Some(("mu", "maildir-utils")),
        slow: false,
        prepare: |ring| {
            ring.fresh("mu")?;
            let mut init = Command::new("mu");
            init.arg("init")
                .arg(option("--muhome=", &ring.of("mu")))
                .arg(option("--maildir=", &ring.maildir));
            programs::run(init.stdout(Stdio::null()))
        },
        command: |ring| {
            let mut index = Command::new("mu");
            index
                .args(["index", "--quiet"])
                .arg(option("--muhome=", &ring.of("mu")));
            index
        },
        learned: |ring| {
            let mut info = Command::new("mu");
            let told = programs::output(
                info.args(["info", "--nocolor"])
                    .arg(option("--muhome=", &ring.of("mu"))),
            )?;
            let line = told.lines().find(|line| line.contains("messages in store"));
            Ok(line
                .unwrap_or("no count")
                .trim_matches(['|', ' '])
                .replace(" |", ":"))
        },
    },
    Entrant {
        name: "notmuch new, Maildir",
        log: "notmuch",
        tool: Some(("notmuch", "notmuch")),
        slow: false,
        prepare: |ring| {
            ring.fresh("notmuch")?;
            let config = format!(
                "[database]\npath={}\nmail_root={}\n[user]\nname=Bench\nprimary_email=bench@example.org\n",
                ring.of("notmuch").display(),
                ring.maildir.display()
            );
            Ok(fs::write(ring.of("notmuch").join("config"), config)?)
        },
        command: |ring| {
            let mut new = ring.notmuch();
            new.args(["new", "--quiet"]);
            new
        },
        learned: |ring| {
            let count = programs::output(ring.notmuch().args(["count", "--output=files", "*"]))?;
            Ok(format!("{} files", count.trim()))
        },
    },
    Entrant {
        name: "sa-learn, mbox, one run only",
        log: "sa-learn",
        tool: Some(("sa-learn", "spamassassin")),
        slow: true,
        prepare: |ring| ring.fresh("sa-learn"),
        command: |ring| {
            let mut learn = Command::new("sa-learn");
            learn
                .args(["--spam", "--no-sync", "--local", "--mbox"])
                .arg(&ring.mbox)
                .arg("--dbpath")
                .arg(ring.of("sa-learn").join("bayes"));
            learn
        },
        learned: |ring| last_line(&ring.of("sa-learn").with_extension("out")),
    },
];

impl Entrant {
    pub(super) fn is_installed(&self) -> bool {
        self.tool
            .is_none_or(|(program, _)| programs::on_path(program).is_some())
    }

    /// Runs it once, and checks what it learned.
    pub(super) fn run(&self, ring: &Ring) -> anyhow::Result<Lap> {
        (self.prepare)(ring)?;
        let lap = measure::lap(&mut (self.command)(ring), &ring.of(self.log))?;
        (self.learned)(ring)?;
        Ok(lap)
    }
}

fn option(name: &str, value: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(value);
    option
}

fn last_line(path: &Path) -> anyhow::Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    Ok(last
        .unwrap_or("nothing said")
        .trim_matches(['#', ' '])
        .to_owned())
}
