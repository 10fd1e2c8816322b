//! Finds out what lies at a path, by looking into it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::folder::{Folder, Format};
use super::mbox::{begins_mbox, begins_with_header};
use super::{MailboxError, end_of_head};

/// So deep are folders looked through; a link cannot lead in circles, since links to folders are not followed.
const DEPTH: usize = 32;

/// So many bytes of a file are looked at to say what it is.
const SNIFF: usize = 16 * 1024;

/// The folders with mail in them at `path`, in the order of their paths.
pub(super) fn at(path: &Path) -> Result<Vec<Folder>, MailboxError> {
    let unreadable = |source| MailboxError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    let about = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(MailboxError::Missing(path.to_path_buf()));
        }
        other => other.map_err(unreadable)?,
    };
    if !about.is_dir() && !about.is_file() {
        return Err(MailboxError::NotMail {
            path: path.to_path_buf(),
            looks_like: Some("a pipe or a device: save it as a file first"),
        });
    }
    let path = fs::canonicalize(path).map_err(unreadable)?;
    let mut folders = Vec::new();
    if about.is_dir() {
        fs::read_dir(&path).map_err(unreadable)?;
        collect(&path, DEPTH, &mut folders);
    } else {
        let first = first_bytes(&path).map_err(unreadable)?;
        match format_of(&first) {
            Some(format) => folders.push(Folder::new(path.clone(), format)),
            None if first.trim_ascii().is_empty() => return Err(MailboxError::Empty(path)),
            None => {
                return Err(MailboxError::NotMail {
                    looks_like: looks_like(&first),
                    path,
                });
            }
        }
    }
    if folders.is_empty() {
        Err(MailboxError::Empty(path))
    } else {
        Ok(folders)
    }
}

/// What cannot be looked into below the owner's folder is passed over: it is not what the owner pointed at.
fn collect(folder: &Path, depth: usize, found: &mut Vec<Folder>) {
    let is_maildir = ["cur", "new"].iter().any(|part| folder.join(part).is_dir());
    if is_maildir {
        let has_mail = ["cur", "new"].iter().any(|part| {
            fs::read_dir(folder.join(part)).is_ok_and(|mut entries| entries.next().is_some())
        });
        if has_mail {
            found.push(Folder::new(folder.to_path_buf(), Format::Maildir));
        }
    } else if let Ok(files) = sorted_files(folder) {
        let mut has_mails = false;
        for file in files {
            match first_bytes(&file).ok().and_then(|first| format_of(&first)) {
                Some(Format::Mbox) if !is_left_out(&file) => {
                    found.push(Folder::new(file, Format::Mbox));
                }
                Some(Format::OneFile) => has_mails = true,
                None => has_mails |= is_eml_name(&file),
                Some(_) => {}
            }
        }
        if has_mails {
            found.push(Folder::new(folder.to_path_buf(), Format::Files));
        }
    }
    if depth == 0 {
        return;
    }
    for below in sorted(folder, |entry| {
        entry.file_type().is_ok_and(|kind| kind.is_dir())
    }) {
        let name = below.file_name().unwrap_or_default();
        let part_of_maildir = is_maildir && (name == "cur" || name == "new" || name == "tmp");
        if !part_of_maildir && !is_left_out(&below) {
            collect(&below, depth - 1, found);
        }
    }
}

/// Folders that hold no conversation; a path that the owner names himself is never left out.
fn is_left_out(path: &Path) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    const LEFT_OUT: [&str; 14] = [
        "trash",
        "deleted",
        "deleted items",
        "deleted messages",
        "bin",
        "junk",
        "spam",
        "drafts",
        "papierkorb",
        "entwürfe",
        "corbeille",
        "brouillons",
        "papelera",
        "cestino",
    ];
    let bare = name.trim_start_matches('.').trim_end_matches(".mbox");
    let last = bare.rsplit('.').next().unwrap_or(bare);
    LEFT_OUT.contains(&bare) || LEFT_OUT.contains(&last)
}

/// Whether a folder's name, in lower case, says that sent mail is kept in it.
pub(super) fn is_sent_name(name: &str) -> bool {
    const SENT: [&str; 14] = [
        "sent",
        "sent items",
        "sent messages",
        "sent mail",
        "sent-mail",
        "gesendet",
        "gesendete objekte",
        "gesendete elemente",
        "envoyés",
        "éléments envoyés",
        "enviados",
        "inviata",
        "verzonden",
        "wysłane",
    ];
    let bare = name.trim_start_matches('.').trim_end_matches(".mbox");
    let last = bare.rsplit('.').next().unwrap_or(bare);
    SENT.contains(&bare) || SENT.contains(&last)
}

/// The files of a folder by name, without those that are hidden.
pub(super) fn sorted_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?;
    Ok(sorted(folder, |entry| {
        !entry.file_name().as_encoded_bytes().starts_with(b".") && entry.path().is_file()
    }))
}

fn sorted(folder: &Path, wanted: impl Fn(&fs::DirEntry) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(wanted)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// Whether a file in a folder of mails is one: it looks like a mail, or it says by its name that it wants to be one,
/// and its failure should be seen.
pub(super) fn is_mail_file(path: &Path) -> bool {
    match first_bytes(path).ok().and_then(|first| format_of(&first)) {
        Some(format) => format == Format::OneFile,
        None => is_eml_name(path),
    }
}

fn is_eml_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("eml"))
}

fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    File::open(path)?
        .take(SNIFF as u64)
        .read_to_end(&mut first)?;
    Ok(first)
}

fn format_of(first: &[u8]) -> Option<Format> {
    if begins_mbox(first) {
        Some(Format::Mbox)
    } else if is_mail(first) {
        Some(Format::OneFile)
    } else {
        None
    }
}

/// Header fields that a mail has and a note with a colon in its first line has not.
const TELLING: [&[u8]; 8] = [
    b"from:",
    b"date:",
    b"message-id:",
    b"received:",
    b"return-path:",
    b"delivered-to:",
    b"mime-version:",
    b"subject:",
];

fn is_mail(first: &[u8]) -> bool {
    let first = first
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(first)
        .trim_ascii_start();
    if !begins_with_header(first) {
        return false;
    }
    let head = &first[..end_of_head(first, 0).unwrap_or(first.len())];
    head.split(|byte| *byte == b'\n').any(|line| {
        TELLING.iter().any(|name| {
            line.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        })
    })
}

fn looks_like(first: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 8] = [
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF"),
        (b"PK\x03\x04", "a ZIP archive: unpack it first"),
        (b"\x1f\x8b", "a gzip archive: unpack it first"),
        (
            b"!BDN",
            "an Outlook data file: export its folders as mbox or .eml first",
        ),
        (b"SQLite format 3", "a database"),
        (b"\x7fELF", "a program"),
    ];
    MAGIC
        .iter()
        .find(|(magic, _)| first.starts_with(magic))
        .map(|(_, name)| *name)
}
