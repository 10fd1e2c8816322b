//! Small mails and what must stay of them.

mod forms;
mod hostile;
mod languages;
mod properties;
mod tails;
mod words;

use super::own_words;

/// What stays of a mail is `want`, and cutting again changes nothing.
#[track_caller]
fn stays(mail: &str, want: &str) {
    let body = own_words(mail);
    assert_eq!(
        body.text, want,
        "\n--- of the mail ---\n{mail}\n-------------------"
    );
    assert_eq!(own_words(&body.text).text, want, "cut again");
}

/// The whole mail stays, and nothing is called quoted.
#[track_caller]
fn untouched(mail: &str) {
    stays(mail, mail);
    assert!(!own_words(mail).quoted, "nothing is quoted in:\n{mail}");
}
