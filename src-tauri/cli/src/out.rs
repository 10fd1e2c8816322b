//! Standard output and standard error. A reader that goes away (`| head`) is no error.

use std::io::{self, Write};

use serde::Serialize;

/// Prints a line.
pub(crate) fn line(text: impl AsRef<str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref().as_bytes())?;
    out.write_all(b"\n")
}

/// Prints one JSON value on a line.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    Ok(line(serde_json::to_string(value)?)?)
}

/// Says something on standard error, beside the results.
pub(crate) fn say(text: impl AsRef<str>) {
    // Where nobody hears, nothing is to be done about it.
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

/// Says what went wrong.
pub(crate) fn complain(error: &anyhow::Error) {
    say(format!("understudy: {error}"));
}

/// Whether the error is that nobody reads our output any more.
pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
