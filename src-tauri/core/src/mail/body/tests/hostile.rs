//! Hard cases and hostile input.

use super::{stays, untouched};
use crate::mail::body::line::STEPS;
use crate::mail::body::{own_words, unflow};

#[test]
fn python_sessions_stay() {
    untouched("Try this:\n\n>>> import mail\n>>> mail.open(1)\n'x'\n>>>\n\nBest");
    untouched(">>> print(1)\n1");
    // In a quotation they go.
    stays("Ann wrote:\n> >>> import x\n> 1\n\nFine.", "Fine.");
    stays(
        "Ann wrote:\n>>> what about it\n>> nothing\n> yes\n\nFine.",
        "Fine.",
    );
}

#[test]
fn escaped_from_lines_come_back() {
    stays(
        "I heard\n>From a friend\nthat it works.",
        "I heard\nFrom a friend\nthat it works.",
    );
    stays("Ann wrote:\n>From what I see\n> it works\n\nGood.", "Good.");
}

#[test]
fn code_tables_and_lists_stay() {
    untouched("Run this:\n\n    if (a > b) {\n        c->d();\n    }\n    > out.txt\n\nBest");
    untouched("| a | b |\n|---|---|\n| 1 | 2 |");
    untouched("--- a/file\n+++ b/file\n@@ -1 +1 @@\n-old\n+new");
    untouched("* one\n* two\n- three\n+ four");
    untouched("=====\nTitle\n=====\n\nText");
    untouched("a: b\nkey: value\nhttp://example.org/x:");
}

#[test]
fn only_quotes_leave_nothing() {
    stays("> a\n>> b\n>\n> c", "");
    stays("Ann wrote:\n> a", "");
}

/// Steps and the time they take grow with the input, not with its square.
#[test]
fn work_is_linear() {
    let block = "From: a@example.org\nSent: 1 May 2021 10:00\nTo: b\n";
    let shapes: &[&str] = &[
        ">",
        ">\n",
        ">>>\n",
        ">>> x\n",
        "\n",
        "\r",
        "\r\n",
        " ",
        "x",
        "x:\n",
        ":\n",
        "On\n",
        "On 2 Mar 2021 10:00 a@b wrote:\n",
        "a wrote:\n> b\n",
        "-- \n",
        "--\n",
        "-- \nx\n",
        "_____\n",
        "-----Original Message-----\n",
        "--- begin forwarded text\n",
        "From: x\n",
        block,
        "To: x\n\n",
        "-----BEGIN PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\n",
        "[...]\n",
        "[Tim]\n",
        "A> b\n",
        "a wrote:\n) b\n) c\n",
        "Sent from my iPhone\n",
        "To unsubscribe x-unsubscribe@y\n",
        "Best,\n",
        "Best,\nA\n+1 555 555 5555\nwww.a.b\n",
        "-------------- next part --------------\n",
        "An x was scrubbed...\n",
        "Name: x\n",
        "This email is confidential and for the addressee\n\n",
        "You received this message because you are\n",
        "\u{fffd}",
        "é",
        "\u{301}",
        "----------\nhttp://lists.x\n",
        "> a\nb\n",
        "2021-03-02 10:00 a@b:\n",
        "- -- \n",
        "* x 1]:\n",
        "_",
        "-",
        "*",
        "....",
        "a b ",
    ];
    let steps = |text: &str| {
        STEPS.set(0);
        let body = own_words(text);
        assert!(body.text.len() <= text.len() + 1);
        STEPS.get()
    };
    for shape in shapes {
        let small = shape.repeat(2_000 / shape.len().min(20));
        let large = shape.repeat(40_000 / shape.len().min(20));
        let (few, many) = (steps(&small), steps(&large));
        assert!(
            many <= few * 30 + 2_000,
            "{shape:?}: {few} steps, then {many} for 20 times the text"
        );
        let lines = large.matches(['\n', '\r']).count() + 1;
        assert!(
            many <= lines * 200 + 2_000,
            "{shape:?}: {many} steps for {lines} lines"
        );
    }
}

#[test]
fn huge_input_is_read() {
    let mut mails: Vec<String> = vec![
        "x".repeat(1 << 20),
        ">".repeat(1 << 20),
        "> ".repeat(1 << 19),
        " ".repeat(1 << 20),
    ];
    mails.push("On 2 Mar 2021 10:00, a@b wrote:\n".repeat(30_000));
    mails.push("-".repeat(1 << 20));
    mails.push("é:\n".repeat(200_000));
    mails.push("\n".repeat(1_000_000));
    mails.push(">\n".repeat(1_000_000));
    mails.push(format!("{}:\n> x", "On 1 May ".repeat(100_000)));
    mails.push("a \n".repeat(300_000));
    for mail in &mails {
        let body = own_words(mail);
        assert!(body.text.len() <= mail.len());
        assert!(unflow(mail, true).len() <= mail.len() * 2 + 2);
    }
}
