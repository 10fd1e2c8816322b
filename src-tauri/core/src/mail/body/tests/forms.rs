//! Ways to answer and to forward, beyond the words of a language.

use super::{stays, untouched};
use crate::mail::body::own_words;

#[test]
fn plain_mail_stays_as_it_is() {
    untouched("Hello Ann,\n\nyes.\n\nBest,\nMarta");
    untouched("One line");
    stays("", "");
    stays("\n \n\t\n", "");
    stays(
        "  Hello \r\n\r\n\r\n\r\n\r\nWorld  \r\n\r\n",
        "Hello\n\n\nWorld",
    );
    stays("\u{feff}Hello", "Hello");
    stays("old\rmac\r\rline ends", "old\nmac\n\nline ends");
}

#[test]
fn interleaved_answers_stay() {
    stays(
        "Hi Ann,\n\nOn Tue, 2 Mar 2021 at 10:15, Ann Example <ann@example.org> wrote:\n> One?\n\nFirst answer.\n\n> Two?\n> Three?\n\nSecond answer,\non two lines.\n\n> Bye\n\nBest,\nMarta",
        "Hi Ann,\n\nFirst answer.\n\nSecond answer,\non two lines.\n\nBest,\nMarta",
    );
    stays("> q\nanswer\n> q2\nanswer2", "answer\n\nanswer2");
}

#[test]
fn nested_attributions_go() {
    stays("Ann wrote:\n> Bob wrote:\n>> hi\n> yes\n\nFine.", "Fine.");
    stays(
        "Ann Example writes:\nBob Example writes:\n> > one\n> two\n\nFine.",
        "Fine.",
    );
    stays(
        "Fine.\n\n> Am 02.03.2021 um 10:15 schrieb Ann <ann@example.org>:\n> \n> hi",
        "Fine.",
    );
}

#[test]
fn marks_of_a_shortened_quotation_go() {
    stays("Ann wrote:\n[...]\n> hi\n[snip]\n> ho\n\nFine.", "Fine.");
    untouched("Well [...]\n\n[...]\n\nand so on");
}

#[test]
fn names_in_brackets_go_before_quotes_only() {
    stays("[Tim Peters]\n> hi\n\nFine.", "Fine.");
    untouched("[Tim Peters]\nis fine");
}

#[test]
fn supercite_quotes_go() {
    stays(
        "Ann Example writes:\nAE> one\nAE> two\n\nFine.\n\nAE> three\n\nToo.",
        "Fine.\n\nToo.",
    );
    stays(
        ">>>>> \"AE\" == Ann Example <ann@example.org> writes:\n\n  Bobby> one\n  Bobby> two\n\n  AE> three\n\nFine.\n\n  AE> four\n\nToo.",
        "Fine.\n\nToo.",
    );
    untouched("Type this:\n\nSQL> select 1;\nSQL> quit");
}

#[test]
fn other_quotation_marks_go_after_an_attribution() {
    stays(
        "On 22/07/02 10:39 -0400, Scott Augustus wrote:\n) one\n) two\n)\n) three\n\nAnswer.\n\n) four\n\nMore.",
        "Answer.\n\nMore.",
    );
    stays(
        "Hi.\n\nAnn Example <ann@example.org> wrote on 2 Mar 2021 10:15:\n| one\n| two\n\nAnswer.",
        "Hi.\n\nAnswer.",
    );
}

#[test]
fn an_unmarked_attribution_on_top_does_not_take_the_mail() {
    stays(
        "On Tue, 2 Mar 2021 at 10:15, Ann Example <ann@example.org> wrote:\n\nMy answer.",
        "My answer.",
    );
}

#[test]
fn outlook_express_answers_below_stay() {
    stays(
        "----- Original Message -----\nFrom: \"Ann\" <ann@example.org>\n>\n> One line that was wrapped by the\nmachine\n> here.\nAnd my answer.",
        "machine\n\nAnd my answer.",
    );
    stays(
        "See below.\n\n----- Original Message -----\nFrom: \"Ann\" <ann@example.org>\nTo: <me@example.org>\nSent: Tuesday, March 2, 2021 10:15 AM\nSubject: Re: it\n\n\n> One?\n\nYes.\n",
        "See below.\n\nYes.",
    );
}

#[test]
fn recipients_over_many_lines_belong_to_the_block() {
    stays(
        "Done.\n\nFrom: Ann [mailto:ann@example.org] On Behalf Of\nBob Example\nSent: 2 March 2021 10:15\nTo: a@example.org; b@example.org;\n c@example.org;\n d@example.org\nCc: e@example.org\nSubject: A long subject that\n goes on\nImportance: High\n\nText",
        "Done.",
    );
}

#[test]
fn forwards_that_close_leave_what_follows() {
    stays(
        "FYI\n\n----- Forwarded message from Ann <ann@example.org> -----\n\nFrom: Ann\nSubject: x\n\nhi\n\n----- End forwarded message -----\n\nMy own end.",
        "FYI\n\nMy own end.",
    );
    stays(
        "--- begin forwarded text\n\n\nDate: Wed, 25 Sep 2002 13:57:15 -0400\nFrom: x\nSubject: y\n\nhi\n\n--- end forwarded text\n\n\n-- \nMarta",
        "",
    );
    stays(
        "See this.\n\n------- Start of forwarded message -------\nFrom: x\n\nhi\n------- End of forwarded message -------",
        "See this.",
    );
    stays(
        "See.\n\n---------------------- Forwarded by Ann/ACME on 03/02/2001 10:15 AM ---------------------------\n\n\nBob@ENRON\n03/02/2001 09:00 AM\nTo: Ann\ncc:\nSubject: x\n\nhi",
        "See.",
    );
}

#[test]
fn a_forward_without_comment_is_empty() {
    let body = own_words(
        "From: Ann <ann@example.org>\nSent: Tuesday, March 2, 2021 10:15 AM\nTo: me <me@example.org>\nSubject: x\n\nHi",
    );
    assert_eq!((body.text.as_str(), body.quoted), ("", true));
}

#[test]
fn prose_that_looks_like_an_attribution_stays() {
    untouched("As agreed:\nOn Monday I wrote:\n\nthe first page, and more.");
    untouched("On 12 March 2021 at 10:30 I wrote:\n\nnothing at all.");
    untouched("Hi,\n\nOn 2 March 2021 at 10:00 the server wrote:\n\nERROR 17\n\nWhat now?");
    untouched("Steps:\n\n1. Open it\n2. Read what he wrote:\n\nand so on");
    stays(
        "Now, as Hoare says:\n> x\n\nFine.",
        "Now, as Hoare says:\n\nFine.",
    );
    untouched("Am Montag schrieb ich:\n\nDas geht so nicht.");
    untouched("Le 2 mars à 10:00 j'ai écrit :\n\nnon.");
    stays(
        "We saw in the meeting what you all want, and\nyou wrote:\n> x\n\nFine.",
        "We saw in the meeting what you all want, and\nyou wrote:\n\nFine.",
    );
    stays(
        "I agree.\nOn Mar 2, 2021, at 10:15 AM, Ann <ann@example.org> wrote:\n> hi",
        "I agree.",
    );
    stays("I agree.\nAnn <ann@example.org> wrote:\n> hi", "I agree.");
}

#[test]
fn header_words_in_prose_stay() {
    untouched("Your booking:\n\nFrom: Berlin\nTo: Munich\nDate: 12 March 2021\n\nBest,\nMarta");
    untouched("To: do\nFrom: now on");
    untouched(
        "The header was\n\nReceived: from x by y\nMessage-ID: <1@example.org>\nFrom: a@example.org\nDate: Tue, 2 Mar 2021 10:15:00 +0100\nTo: b@example.org\nSubject: spam\n\nWhat shall we do?",
    );
    untouched("Subject: is the field that counts.\nFrom: does not.");
}

#[test]
fn flowed_text_joins_as_the_standard_says() {
    use crate::mail::body::unflow;
    assert_eq!(unflow("one \ntwo\nthree", false), "one two\nthree");
    assert_eq!(unflow("one \ntwo", true), "onetwo");
    assert_eq!(
        unflow("> one \n> two\n>> three \n> four", false),
        "> one two\n>> three \n> four"
    );
    assert_eq!(
        unflow(" stuffed\n >no quote\n From x", false),
        "stuffed\n >no quote\nFrom x"
    );
    assert_eq!(unflow("text \n-- \nMarta", false), "text \n-- \nMarta");
    assert_eq!(
        unflow("\r\n> > one \r\n> > two\r\n>\r\n", false),
        "\n> > one > two\n>\n"
    );
    assert_eq!(
        own_words(&unflow(
            "On Tue, 2 Mar 2021, Ann Example \nwrote:\n> a \n> b\n\nmy own \nwords\n-- \nM",
            false
        ))
        .text,
        "my own words"
    );
}
