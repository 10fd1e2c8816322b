//! What PGP puts around a mail: the header, the signature, public keys, and escaped dashes.

use super::fold::after;
use super::line::{ARMOR, BLANK, Fate, Line, step};

/// A signature or a key is at most so many lines long.
const MOST_LINES: usize = 600;

/// Marks PGP blocks as noise, and takes back the escapes inside a signed mail.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let Some(first) = lines.iter().position(|line| line.has(ARMOR)) else {
        return;
    };
    let mut at = first;
    let mut signed = false;
    while at < lines.len() {
        step();
        let line = lines[at];
        if !line.has(ARMOR) {
            if signed && line.text.starts_with("- -") {
                lines[at] = Line::new(&line.text[2..]);
            }
            at += 1;
            continue;
        }
        let kind = after(line.text.trim_start(), "-----begin pgp ").unwrap_or("");
        let length = if after(kind, "signed message").is_some() {
            signed = true;
            let header = lines[at + 1..]
                .iter()
                .take(5)
                .take_while(|line| !line.has(BLANK))
                .count();
            1 + header
        } else if after(kind, "signature").is_some() || after(kind, "public key").is_some() {
            signed = false;
            let rest = &lines[at + 1..];
            match rest
                .iter()
                .take(MOST_LINES)
                .position(|line| line.has(ARMOR))
            {
                Some(close) => close + 2,
                None if rest.len() <= MOST_LINES && rest.iter().all(is_armored) => rest.len() + 1,
                None => 1,
            }
        } else {
            // An encrypted block: there is nothing to read in it, but nothing to cut either.
            0
        };
        let noise = &mut lines[at..at + length];
        noise.iter_mut().for_each(|line| line.fate = Fate::Noise);
        at += length.max(1);
    }
}

/// A line of base64, or a header such as "Version: GnuPG v2".
fn is_armored(line: &Line<'_>) -> bool {
    !line.text.contains(' ') || line.text.contains(": ")
}
