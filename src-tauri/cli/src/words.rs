//! Numbers, times and texts, as a person reads them in a terminal.

use understudy_core::clock::Millis;

/// A number with its thousands apart: 6,046.
pub(crate) fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// A number of things: "1 mail", "6,046 mails".
pub(crate) fn counted(value: i64, one: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {one}{plural}", number(value))
}

/// How long something took.
pub(crate) fn took(milliseconds: Millis) -> String {
    match milliseconds {
        ..1000 => format!("{milliseconds} ms"),
        1000..60_000 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        _ => format!(
            "{} min {} s",
            milliseconds / 60_000,
            milliseconds / 1000 % 60
        ),
    }
}

/// How long something will still take, as one would say it.
pub(crate) fn left(seconds: f64) -> String {
    match seconds {
        ..5.0 => "a few seconds left".to_owned(),
        5.0..50.0 => format!("about {} seconds left", (seconds / 5.0).round() as i64 * 5),
        50.0..90.0 => "about a minute left".to_owned(),
        90.0..5400.0 => format!("about {} minutes left", (seconds / 60.0).round() as i64),
        _ => format!("about {} hours left", (seconds / 3600.0).round() as i64),
    }
}

/// A day, in UTC; nothing where the mail did not say.
pub(crate) fn day(at: Millis) -> String {
    if at == 0 {
        return "no date".to_owned();
    }
    chrono::DateTime::from_timestamp_millis(at)
        .map(|at| at.format("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

/// A time of the owner's own clock.
pub(crate) fn moment(at: Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .map(|at| {
            at.with_timezone(&chrono::Local)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string()
        })
        .unwrap_or_default()
}

/// A time for other programs (RFC 3339, UTC); `None` where the mail did not say.
pub(crate) fn rfc3339(at: Millis) -> Option<String> {
    (at != 0)
        .then(|| chrono::DateTime::from_timestamp_millis(at))
        .flatten()
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

/// One line of a text, cut to `width` characters.
pub(crate) fn gist(text: &str, width: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= width {
        return line;
    }
    let cut: String = line.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// A text, each of its lines set in by four blanks.
pub(crate) fn set_in(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(counted(1, "mail"), "1 mail");
    }

    #[test]
    fn a_gist_is_one_line_of_whole_characters() {
        assert_eq!(gist("a\n b", 10), "a b");
        assert_eq!(gist("äöüäöü", 4), "äöü…");
    }
}
