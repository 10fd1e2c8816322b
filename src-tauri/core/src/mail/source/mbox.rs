//! Splits an mbox into its mails, streaming (RFC 4155, and the mboxrd and mboxo escapes of body lines that begin with
//! `From `).

use std::fs::File;
use std::io::{self, Read};

use memchr::memmem;

use super::{Spot, grow_head};

const CHUNK: usize = 1024 * 1024;

/// A `From ` line and the line after it must be seen whole to be judged; longer ones do not occur.
const LOOK_AHEAD: usize = 1024;

/// So many bytes before a `From ` line say whether a blank line stands there.
const LOOK_BACK: usize = 3;

/// Calls `each` with the span and head of every mail, until it answers `false`.
pub(super) fn scan(
    file: &File,
    each: &mut dyn FnMut(Spot, io::Result<Vec<u8>>) -> bool,
) -> io::Result<()> {
    scan_by(CHUNK, file, each)
}

/// [`scan`], reading `chunk` bytes at a time.
pub(super) fn scan_by(
    chunk: usize,
    mut file: impl Read,
    each: &mut dyn FnMut(Spot, io::Result<Vec<u8>>) -> bool,
) -> io::Result<()> {
    let finder = memmem::Finder::new(b"\nFrom ");
    let mut buffer: Vec<u8> = Vec::new();
    let mut base = 0_u64; // where in the file the buffer begins
    let mut done = 0; // so many bytes of the buffer are given out already
    let mut open: Option<Open> = None;
    loop {
        let at_end = file.by_ref().take(chunk as u64).read_to_end(&mut buffer)? == 0;
        // A postmark that begins before `safe` can be seen whole, with the line after it.
        let safe = if at_end {
            buffer.len()
        } else {
            buffer.len().saturating_sub(LOOK_AHEAD)
        };
        if open.is_none() && (at_end || safe > 0) {
            done = if buffer.starts_with(b"From ") {
                end_of_line(&buffer, 0)
            } else {
                0
            };
            open = Some(Open::at(done as u64));
        }
        let mut search = done.saturating_sub(1);
        while let Some(found) = finder.find(&buffer[search..]) {
            let start = search + found + 1;
            if start > safe {
                break;
            }
            search = start;
            if !is_postmark(&buffer, start) {
                continue;
            }
            if let Some(mut mail) = open.take() {
                mail.feed(&buffer[done.min(start)..start]);
                if !mail.close(base + start as u64, each) {
                    return Ok(());
                }
            }
            done = end_of_line(&buffer, start);
            open = Some(Open::at(base + done as u64));
            search = done - 1;
        }
        let given = safe.max(done);
        if let Some(mail) = &mut open {
            mail.feed(&buffer[done..given]);
        }
        if at_end {
            break;
        }
        let kept_behind = given.min(LOOK_BACK);
        buffer.drain(..given - kept_behind);
        base += (given - kept_behind) as u64;
        done = kept_behind;
    }
    if let Some(mail) = open {
        mail.close(base + buffer.len() as u64, each);
    }
    Ok(())
}

/// A mail whose end has not been seen.
struct Open {
    offset: u64,
    head: Vec<u8>,
    head_done: bool,
}

impl Open {
    fn at(offset: u64) -> Self {
        Self {
            offset,
            head: Vec::new(),
            head_done: false,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        if !self.head_done {
            self.head_done = grow_head(&mut self.head, bytes);
        }
    }

    fn close(self, end: u64, each: &mut dyn FnMut(Spot, io::Result<Vec<u8>>) -> bool) -> bool {
        let length = end.saturating_sub(self.offset);
        each(
            Spot::Span {
                offset: self.offset,
                length,
            },
            Ok(self.head),
        )
    }
}

/// The position after the line that begins at `start`.
fn end_of_line(buffer: &[u8], start: usize) -> usize {
    memchr::memchr(b'\n', &buffer[start..]).map_or(buffer.len(), |at| start + at + 1)
}

/// Whether the `From ` at `start` begins a mail: a header stands after it, and before it a blank line, or in it a time and
/// a year as postmarks have them. A body line that somebody forgot to escape has seldom that much.
fn is_postmark(buffer: &[u8], start: usize) -> bool {
    let end = end_of_line(buffer, start);
    let line = &buffer[start..end.min(start + LOOK_AHEAD)];
    let is_dated = has_time(line) && has_year(line);
    let after_blank = match &buffer[..start] {
        [.., b'\n', b'\n'] | [.., b'\n', b'\r', b'\n'] => true,
        before => before.len() < 2,
    };
    (is_dated || after_blank) && begins_with_header(&buffer[end..])
}

fn has_time(line: &[u8]) -> bool {
    line.windows(5).any(|at| {
        matches!(at, [a, b, b':', c, d] if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit() || **digit == b' '))
    })
}

fn has_year(line: &[u8]) -> bool {
    line.windows(5).any(|at| {
        at[0] == b' '
            && (at[1..3] == *b"19" || at[1..3] == *b"20")
            && at[3..].iter().all(u8::is_ascii_digit)
    })
}

/// Whether `bytes` begin with a header field (RFC 5322 2.2): printable characters without a blank, then a colon.
pub(super) fn begins_with_header(bytes: &[u8]) -> bool {
    let line = &bytes[..bytes.len().min(128)];
    let name = line
        .iter()
        .take_while(|byte| (33..=126).contains(*byte) && **byte != b':')
        .count();
    (name > 0 && line.get(name) == Some(&b':')) || line.starts_with(b">From ")
}

/// Whether `bytes`, the start of a file, are an mbox.
pub(super) fn begins_mbox(bytes: &[u8]) -> bool {
    bytes.starts_with(b"From ") && {
        let end = end_of_line(bytes, 0);
        has_time(&bytes[..end]) || begins_with_header(&bytes[end..])
    }
}

/// The mail in a span, its escaped lines unescaped.
pub(super) fn read(file: &File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut mail = vec![0; usize::try_from(length).unwrap_or(0)];
    let mut got = 0;
    while got < mail.len() {
        let count = read_at(file, &mut mail[got..], offset + got as u64)?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the mailbox became shorter while it was read",
            ));
        }
        got += count;
    }
    Ok(unescape(mail))
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Takes one `>` from every line that is `>`s and `From `.
pub(super) fn unescape(mail: Vec<u8>) -> Vec<u8> {
    let escaped: Vec<usize> = memmem::find_iter(&mail, b">From ")
        .filter_map(|at| {
            let marks = mail[..at]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'>')
                .count();
            let first = at - marks;
            (first == 0 || mail[first - 1] == b'\n').then_some(first)
        })
        .collect();
    if escaped.is_empty() {
        return mail;
    }
    let mut plain = Vec::with_capacity(mail.len());
    let mut from = 0;
    for at in escaped {
        plain.extend_from_slice(&mail[from..at]);
        from = at + 1;
    }
    plain.extend_from_slice(&mail[from..]);
    plain
}
