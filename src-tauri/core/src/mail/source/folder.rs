//! One folder of a mailbox: an mbox file, a Maildir folder, or files with one mail each.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{MAIL_LIMIT, Spot, grow_head, look, mbox};

/// How a folder keeps its mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The path is a file with many mails.
    Mbox,
    /// The path is a folder with `cur` and `new`.
    Maildir,
    /// The path is a folder with files of one mail each.
    Files,
    /// The path is a file with one mail.
    OneFile,
}

/// One folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    format: Format,
    mbox: OnceLock<File>,
}

impl Folder {
    pub(super) fn new(path: PathBuf, format: Format) -> Self {
        Self {
            path,
            format,
            mbox: OnceLock::new(),
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it keeps its mails.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether its name says that sent mail is kept in it.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        let name = self
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        look::is_sent_name(&name)
    }

    /// Calls `each` with every mail's spot and head, until it answers `false`.
    pub(super) fn scan(
        &self,
        each: &mut dyn FnMut(Spot, io::Result<Vec<u8>>) -> bool,
    ) -> io::Result<()> {
        match self.format {
            Format::Mbox => mbox::scan(&File::open(&self.path)?, each),
            Format::OneFile => {
                each(Spot::File(Box::from(Path::new(""))), head_of(&self.path));
                Ok(())
            }
            Format::Files => {
                for path in look::sorted_files(&self.path)? {
                    if look::is_mail_file(&path) && !self.offer(&path, each) {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Format::Maildir => {
                for part in ["cur", "new"] {
                    let part = self.path.join(part);
                    let Ok(entries) = fs::read_dir(&part) else {
                        continue;
                    };
                    for entry in entries {
                        let entry = entry?;
                        let name = entry.file_name();
                        let hidden = name.as_encoded_bytes().starts_with(b".");
                        if hidden || is_draft_or_trash(&name.to_string_lossy()) {
                            continue;
                        }
                        if !self.offer(&entry.path(), each) {
                            return Ok(());
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn offer(&self, path: &Path, each: &mut dyn FnMut(Spot, io::Result<Vec<u8>>) -> bool) -> bool {
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        each(Spot::File(Box::from(below)), head_of(path))
    }

    pub(super) fn read(&self, spot: &Spot) -> io::Result<Vec<u8>> {
        match spot {
            Spot::Span { offset, length } => {
                mbox::read(self.opened()?, *offset, (*length).min(MAIL_LIMIT as u64))
            }
            Spot::File(name) => {
                let path = if name.as_os_str().is_empty() {
                    self.path.clone()
                } else {
                    self.path.join(name)
                };
                let file = File::open(path)?;
                let mut mail = Vec::new();
                file.take(MAIL_LIMIT as u64).read_to_end(&mut mail)?;
                Ok(mail)
            }
        }
    }

    /// The mbox, opened once: its mails are read one by one, in any order, by several threads.
    fn opened(&self) -> io::Result<&File> {
        if let Some(file) = self.mbox.get() {
            return Ok(file);
        }
        let file = File::open(&self.path)?;
        Ok(self.mbox.get_or_init(|| file))
    }
}

fn head_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut head = Vec::with_capacity(4096);
    let mut piece = [0; 4096];
    loop {
        let got = file.read(&mut piece)?;
        if got == 0 || grow_head(&mut head, &piece[..got]) {
            return Ok(head);
        }
    }
}

/// A Maildir file's flags stand behind `:2,` (`;2,` on Windows): D is a draft, T is thrown away.
fn is_draft_or_trash(name: &str) -> bool {
    let flags = name.rsplit_once(":2,").or_else(|| name.rsplit_once(";2,"));
    flags.is_some_and(|(_, flags)| flags.contains(['D', 'T']))
}
