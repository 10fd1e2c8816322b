//! Mailboxes on disk: an mbox, a Maildir with its subfolders, a folder of .eml, a single .eml; each known by looking
//! into it, not by its name. Reads, and never writes.

mod folder;
mod look;
mod mbox;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use folder::{Folder, Format};

use crate::mail::head::HEAD_LIMIT;

/// A mail is read up to this many bytes: its text stands before its attachments.
pub const MAIL_LIMIT: usize = 8 * 1024 * 1024;

/// How a mailbox keeps its mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// One file with many mails (RFC 4155; mboxo and mboxrd).
    Mbox,
    /// One file a mail, in `cur` and `new`.
    Maildir,
    /// A folder with mails in files of their own.
    EmlFolder,
    /// One file with one mail (RFC 5322).
    Eml,
}

/// Why a path is no mailbox.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// There is nothing at that path.
    #[error("there is no file or folder {0}. Check the path")]
    Missing(PathBuf),
    /// The path cannot be read.
    #[error("cannot read {path}: {source}. Check who may read it")]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else than mail.
    #[error(
        "{path} is not mail{}. Give an mbox file, a Maildir, a folder of .eml files or a single .eml",
        .looks_like.map(|kind| format!(": it looks like {kind}")).unwrap_or_default()
    )]
    NotMail {
        /// The file.
        path: PathBuf,
        /// What it looks like, with its article.
        looks_like: Option<&'static str>,
    },
    /// The folder, or the file, has no mail in it.
    #[error(
        "there is no mail in {0}. Give an mbox file, a Maildir, a folder of .eml files or a single .eml"
    )]
    Empty(PathBuf),
}

/// A mailbox that was looked at: its folders, in the order of their paths.
#[derive(Debug)]
pub struct Mailbox {
    folders: Vec<Folder>,
}

/// Where one mail lies in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the mailbox's folders.
    pub folder: u32,
    /// Where in it.
    pub spot: Spot,
}

/// Where one mail lies in its folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// Bytes of an mbox.
    Span {
        /// First byte after the `From ` line.
        offset: u64,
        /// Bytes up to the next `From ` line.
        length: u64,
    },
    /// A file, by its path below the folder.
    File(Box<Path>),
}

/// A mail that a scan found: where it lies, and its header section.
#[derive(Debug)]
pub struct Found {
    /// Where.
    pub place: Place,
    /// Its first bytes, up to the end of the headers or [`HEAD_LIMIT`]; or why they cannot be read.
    pub head: io::Result<Vec<u8>>,
}

impl Mailbox {
    /// Looks at what lies at `paths`.
    ///
    /// # Errors
    /// Where one of them is missing, unreadable, or holds no mail.
    pub fn look(paths: &[PathBuf]) -> Result<Self, MailboxError> {
        let mut folders = Vec::new();
        for path in paths {
            folders.extend(look::at(path)?);
        }
        Ok(Self { folders })
    }

    /// The folders.
    #[must_use]
    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// What most of its folders are.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.folders.first().map(Folder::format) {
            Some(Format::Mbox) => Kind::Mbox,
            Some(Format::Maildir) => Kind::Maildir,
            Some(Format::Files) => Kind::EmlFolder,
            Some(Format::OneFile) | None => Kind::Eml,
        }
    }

    /// Calls `each` with every mail, folder by folder, until it answers `false`. Memory does not grow with the
    /// mailbox.
    ///
    /// # Errors
    /// Where a folder that could be looked at can no longer be read.
    pub fn scan(&self, mut each: impl FnMut(Found) -> bool) -> Result<(), MailboxError> {
        for (index, folder) in self.folders.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let mut wanted = true;
            folder
                .scan(&mut |spot, head| {
                    wanted = each(Found {
                        place: Place {
                            folder: index,
                            spot,
                        },
                        head,
                    });
                    wanted
                })
                .map_err(|source| MailboxError::Unreadable {
                    path: folder.path().to_path_buf(),
                    source,
                })?;
            if !wanted {
                break;
            }
        }
        Ok(())
    }

    /// Whether the folder of `place` is where sent mail is kept.
    #[must_use]
    pub fn is_sent_folder(&self, place: &Place) -> bool {
        self.folder(place).is_some_and(Folder::is_sent)
    }

    /// The mail at `place`, up to [`MAIL_LIMIT`] bytes, an mbox's escaped `From ` lines unescaped.
    ///
    /// # Errors
    /// Where it can no longer be read.
    pub fn read(&self, place: &Place) -> io::Result<Vec<u8>> {
        let folder = self.folder(place).ok_or(io::ErrorKind::NotFound)?;
        folder.read(&place.spot)
    }

    /// The place in words: a path, and for an mbox the byte where the mail begins.
    #[must_use]
    pub fn name_of(&self, place: &Place) -> String {
        let folder = self
            .folder(place)
            .map(Folder::path)
            .unwrap_or(Path::new(""));
        match &place.spot {
            Spot::Span { offset, .. } => format!("{} at byte {offset}", folder.display()),
            Spot::File(name) => folder.join(name).display().to_string(),
        }
    }

    fn folder(&self, place: &Place) -> Option<&Folder> {
        self.folders.get(place.folder as usize)
    }
}

/// How many of `bytes` are the header section, with the blank line that ends it, if it ends.
pub(crate) fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(3);
    memchr::memchr_iter(b'\n', &bytes[start..])
        .map(|at| start + at)
        .find_map(|at| match bytes.get(at + 1..)? {
            [b'\n', ..] => Some(at + 2),
            [b'\r', b'\n', ..] => Some(at + 3),
            _ => None,
        })
}

/// Appends to `head` what of `bytes` still belongs to it; `true` when it is complete.
pub(crate) fn grow_head(head: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let before = head.len();
    let room = HEAD_LIMIT.saturating_sub(before).min(bytes.len());
    // Most heads end within a few kilobytes: copy no body that would only be cut off again.
    let mut taken = 0;
    while taken < room {
        let step = (room - taken).min(4096);
        let searched = head.len();
        head.extend_from_slice(&bytes[taken..taken + step]);
        taken += step;
        if let Some(end) = end_of_head(head, searched) {
            head.truncate(end);
            return true;
        }
    }
    head.len() >= HEAD_LIMIT
}
