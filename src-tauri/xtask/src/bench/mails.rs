//! Mails as bytes: their postmark, their ids, and how they stand in an mbox.

use std::io::{self, Write};

/// Stands before a mail that came without a postmark, or with a broken one.
const POSTMARK: &[u8] = b"From nobody Thu Aug 22 12:36:23 2002";

const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// A mail without its postmark, and the postmark, or another where it is none.
pub(super) fn split_postmark(raw: &[u8]) -> (&[u8], &[u8]) {
    if !raw.starts_with(b"From ") {
        return (POSTMARK, raw);
    }
    let (line, mail) = raw.split_at(end_of_line(raw));
    let line = line.trim_ascii_end();
    (if is_postmark(line) { line } else { POSTMARK }, mail)
}

/// Whether a line reads like `From ada@example.org Thu Aug 22 12:36:23 2002`.
fn is_postmark(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect();
    let [_from, _address, day, month, date, time, year] = words[..] else {
        return false;
    };
    let is_number = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    DAYS.contains(&day)
        && MONTHS.contains(&month)
        && is_number(date)
        && time
            .split(|byte| *byte == b':')
            .filter(|part| part.len() == 2 && is_number(part))
            .count()
            == 3
        && year.len() == 4
        && is_number(year)
}

/// Writes a mail as an mbox keeps it (mboxrd): lines that look like a postmark are quoted, a blank line follows.
pub(super) fn write_to_mbox(out: &mut impl Write, postmark: &[u8], mail: &[u8]) -> io::Result<()> {
    out.write_all(postmark)?;
    out.write_all(b"\n")?;
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let unquoted = &line[line.iter().take_while(|byte| **byte == b'>').count()..];
        if unquoted.starts_with(b"From ") {
            out.write_all(b">")?;
        }
        out.write_all(line)?;
    }
    out.write_all(if mail.ends_with(b"\n") {
        b"\n"
    } else {
        b"\n\n"
    })
}

/// The mail with `suffix` in its own id and in those it answers, so that copies with one suffix are a mailbox of their
/// own, with its threads whole. A mail without an id gets `own`. All are sent at `date`.
pub(super) fn with_new_ids(mail: &[u8], suffix: &str, own: &str, date: &str) -> Vec<u8> {
    let mut new = Vec::with_capacity(mail.len() + 256);
    let mut has_id = false;
    let mut rest = mail;
    while !rest.is_empty() && !is_blank(&rest[..end_of_line(rest)]) {
        let (field, after) = rest.split_at(end_of_field(rest));
        rest = after;
        match name(field).as_slice() {
            b"message-id" => {
                has_id = true;
                push_suffixed(&mut new, field, suffix);
            }
            b"date" => new.extend_from_slice(format!("Date: {date}\n").as_bytes()),
            b"in-reply-to" | b"references" => push_suffixed(&mut new, field, suffix),
            _ => new.extend_from_slice(field),
        }
    }
    new.extend_from_slice(rest);
    if has_id {
        return new;
    }
    let id = format!("Message-ID: <{own}{suffix}@bench.invalid>\n");
    [id.as_bytes(), &new].concat()
}

/// The date so many minutes after the first of 1990, in a calendar whose months all have 28 days (RFC 5322 3.3).
pub(super) fn date_after(minutes: u64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, minute) = (minutes / 1440, minutes % 1440);
    let (months, day) = (days / 28, days % 28 + 1);
    let (year, month) = (1990 + months / 12, MONTHS[(months % 12) as usize]);
    format!(
        "{day} {month} {year} {:02}:{:02}:00 +0000",
        minute / 60,
        minute % 60
    )
}

/// The ids that a field of this name mentions, without their angle brackets.
pub(super) fn ids<'a>(mail: &'a [u8], wanted: &'a [u8]) -> Vec<&'a [u8]> {
    fields(mail, wanted)
        .flat_map(|field| field.split(|byte| *byte == b'<').skip(1))
        .filter_map(|from| Some(&from[..from.iter().position(|byte| *byte == b'>')?]))
        .collect()
}

/// The address that a mail is from, in lower case.
pub(super) fn writer(mail: &[u8]) -> Option<String> {
    let field = fields(mail, b"from").next()?;
    let address = ids(mail, b"from").first().copied().or_else(|| {
        field
            .split(|byte| byte.is_ascii_whitespace())
            .find(|word| word.contains(&b'@'))
    })?;
    let address = String::from_utf8(address.to_ascii_lowercase()).ok()?;
    let (local, domain) = address.split_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| address.clone())
}

fn fields<'a>(mail: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = mail;
    std::iter::from_fn(move || {
        if rest.is_empty() || is_blank(&rest[..end_of_line(rest)]) {
            return None;
        }
        let (field, after) = rest.split_at(end_of_field(rest));
        rest = after;
        Some(field)
    })
    .filter(move |field| name(field) == wanted)
}

/// Puts the suffix before each `>`; where there is none, at the end.
fn push_suffixed(new: &mut Vec<u8>, field: &[u8], suffix: &str) {
    if field.contains(&b'>') {
        for byte in field {
            if *byte == b'>' {
                new.extend_from_slice(suffix.as_bytes());
            }
            new.push(*byte);
        }
    } else {
        let text = field.trim_ascii_end();
        new.extend_from_slice(text);
        new.extend_from_slice(suffix.as_bytes());
        new.extend_from_slice(&field[text.len()..]);
    }
}

fn name(field: &[u8]) -> Vec<u8> {
    let colon = field.iter().position(|byte| *byte == b':');
    field[..colon.unwrap_or(0)]
        .trim_ascii()
        .to_ascii_lowercase()
}

/// A header field goes on over the lines that begin with a blank.
fn end_of_field(bytes: &[u8]) -> usize {
    let mut end = end_of_line(bytes);
    while matches!(bytes.get(end), Some(b' ' | b'\t')) {
        let line = end_of_line(&bytes[end..]);
        if is_blank(&bytes[end..end + line]) {
            break;
        }
        end += line;
    }
    end
}

fn end_of_line(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| at + 1)
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postmark_is_taken_off_and_a_broken_one_replaced() {
        let good = b"From ada@example.org Thu Aug 22 12:36:23 2002\nSubject: a\n";
        assert_eq!(split_postmark(good), (&good[..45], &b"Subject: a\n"[..]));
        let broken = b"From x@[1] [ufa]  Sun Aug  5 09:51:15 2001\nSubject: a\n";
        assert_eq!(split_postmark(broken), (POSTMARK, &b"Subject: a\n"[..]));
        assert_eq!(
            split_postmark(b"Subject: a\n"),
            (POSTMARK, &b"Subject: a\n"[..])
        );
    }

    #[test]
    fn lines_that_look_like_a_postmark_are_quoted() {
        let mut mbox = Vec::new();
        write_to_mbox(
            &mut mbox,
            POSTMARK,
            b"Subject: a\n\nFrom here\n>From there\n> From no",
        )
        .unwrap();
        let text = String::from_utf8(mbox).unwrap();
        assert!(
            text.ends_with("\n\n>From here\n>>From there\n> From no\n\n"),
            "{text}"
        );
    }

    #[test]
    fn threads_stay_whole_under_new_ids() {
        let mail =
            b"Message-Id: <a@b>\nReferences: <c@d>\n\t<e@f>\nX: <g@h>\n\nMessage-Id: <a@b>\n";
        let new = with_new_ids(mail, ".r7", "1", "");
        assert_eq!(
            String::from_utf8(new).unwrap(),
            "Message-Id: <a@b.r7>\nReferences: <c@d.r7>\n\t<e@f.r7>\nX: <g@h>\n\nMessage-Id: <a@b>\n"
        );
    }

    #[test]
    fn dates_go_on() {
        assert_eq!(date_after(0), "1 Jan 1990 00:00:00 +0000");
        assert_eq!(date_after(28 * 1440 + 61), "1 Feb 1990 01:01:00 +0000");
    }

    #[test]
    fn odd_ids_become_new_ones_too() {
        let new = |mail: &[u8]| String::from_utf8(with_new_ids(mail, ".r7", "12", "")).unwrap();
        assert_eq!(
            new(b"Message-Id: PM20008:14 AM\r\n\r\n"),
            "Message-Id: PM20008:14 AM.r7\r\n\r\n"
        );
        assert_eq!(
            new(b"Subject: a\n\nb"),
            "Message-ID: <12.r7@bench.invalid>\nSubject: a\n\nb"
        );
        assert_eq!(
            new(b"Subject: a"),
            "Message-ID: <12.r7@bench.invalid>\nSubject: a"
        );
    }

    #[test]
    fn ids_and_writers_are_read() {
        let mail = b"From: Ada <Ada@Example.org>\nReferences: <a@b>\n <c@d>\n\n<e@f>";
        assert_eq!(ids(mail, b"references"), [b"a@b", b"c@d"]);
        assert_eq!(writer(mail).as_deref(), Some("ada@example.org"));
        assert_eq!(
            writer(b"From: bob@example.org (Bob)\n\n").as_deref(),
            Some("bob@example.org")
        );
        assert_eq!(writer(b"From: nobody\n\n"), None);
    }
}
