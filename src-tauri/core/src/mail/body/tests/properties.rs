//! What holds for every text.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::mail::body::{own_words, unflow};

/// Lines that mean something to the cutter, and lines that do not.
const PIECES: &[&str] = &[
    "",
    "",
    "",
    "Hello Ann,",
    "it works.",
    "> quoted",
    ">> deeper",
    ">",
    ">>> import x",
    ">From here",
    "On Tue, Mar 2, 2021 at 10:15 AM Ann Example",
    "<ann@example.org> wrote:",
    "On 3/2/21 10:15 AM, Ann Example wrote:",
    "Ann wrote:",
    "wrote:",
    "Am 02.03.21 um 10:15 schrieb Ann Beispiel:",
    "From: Ann <ann@example.org>",
    "Sent: 2 March 2021 10:15",
    "Date: 2 March 2021 10:15",
    "To: me@example.org",
    "Subject: x",
    "Message-ID: <1@x>",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "----- End forwarded message -----",
    "-- ",
    "--",
    "\u{2014}",
    "___________________________________________",
    "----------",
    "---",
    "Users mailing list",
    "https://example.org/mailman/listinfo/users",
    "To unsubscribe send mail to x-unsubscribe@example.org",
    "Sent from my iPhone",
    "Get Outlook for iOS",
    "Best,",
    "Marta",
    "+49 30 1234567",
    "www.example.org",
    "PS: one more",
    "This email is confidential and intended for the addressee only.",
    "You received this message because you are subscribed",
    "This sf.net email is sponsored by:x",
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "Hash: SHA1",
    "-----BEGIN PGP SIGNATURE-----",
    "-----END PGP SIGNATURE-----",
    "- -- ",
    "[...]",
    "[Tim]",
    "AE> one",
    ") one",
    "| one",
    "-------------- next part --------------",
    "An HTML attachment was scrubbed...",
    "URL: <http://x>",
    "    indented > code",
    "a\u{fffd}b é 日本 \u{301}",
    " > spaced",
    "\t",
    "On Monday I wrote:",
    "12:30",
    "Tim said:",
];

fn mail() -> impl Strategy<Value = String> {
    prop::collection::vec((0..PIECES.len(), prop::bool::weighted(0.1)), 0..40).prop_map(|lines| {
        lines
            .iter()
            .map(|(at, crlf)| format!("{}{}", PIECES[*at], if *crlf { "\r\n" } else { "\n" }))
            .collect()
    })
}

/// Every line of `part` stands in `whole`, in the same order.
fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut lines = whole.split(['\n', '\r']).map(str::trim);
    // A line may have lost an escape: "- -- " and ">From ".
    part.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .all(|line| lines.any(|own| own.ends_with(line)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_mail_keeps_only_its_own_lines_and_cutting_twice_changes_nothing(mail in mail()) {
        let body = own_words(&mail);
        prop_assert!(is_subsequence(&body.text, &mail), "{:?} is not in {:?}", body.text, mail);
        prop_assert!(!body.text.contains("\n\n\n\n") && !body.text.contains('\r'));
        prop_assert_eq!(body.text.trim_end(), &body.text);
        // An mbox escape that is taken away may complete a block of headers, which is then cut.
        prop_assume!(!mail.contains(">From "));
        let again = own_words(&body.text);
        prop_assert_eq!(&again.text, &body.text, "cut twice: {:?}", mail);
    }

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}", del_sp: bool) {
        let body = own_words(&text);
        prop_assert!(body.text.split('\n').count() <= text.split(['\n', '\r']).count() * 2 + 1);
        own_words(&unflow(&text, del_sp));
    }

    #[test]
    fn any_odd_text_is_read(text in "[>\\-_ \n\r:@.,wrote0-9éł\u{301}\u{fffd}\u{a0}\u{2014}*\\[\\]<>()]{0,400}") {
        let body = own_words(&text);
        prop_assert!(is_subsequence(&body.text, &text));
        own_words(&unflow(&text, true));
    }

    #[test]
    fn unflow_adds_and_loses_nothing_but_line_ends(text in "[a-z> \n]{0,200}") {
        let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
        prop_assert_eq!(letters(&unflow(&text, false)), letters(&text));
        prop_assert_eq!(letters(&unflow(&text, true)), letters(&text));
    }
}
