//! What stands at the end: signatures, business cards, footers.

use super::{stays, untouched};
use crate::mail::body::own_words;

const OWN: &str = "Hi Ann,\n\nit works now.\n\nBest,\nMarta";

/// `tail` under the author's text goes; the signature is `signature`.
#[track_caller]
fn goes(tail: &str, signature: Option<&str>) {
    stays(&format!("{OWN}\n\n{tail}"), OWN);
    assert_eq!(
        own_words(&format!("{OWN}\n\n{tail}")).signature.as_deref(),
        signature
    );
}

#[test]
fn signatures_go() {
    goes(
        "-- \nMarta Muster\nACME, Berlin",
        Some("Marta Muster\nACME, Berlin"),
    );
    goes(
        "--\nMarta Muster\nhttps://example.org",
        Some("Marta Muster\nhttps://example.org"),
    );
    goes("\u{2014}\nMarta Muster", Some("Marta Muster"));
    goes("-- \n", None);
    goes("-- \nMarta\n\nSent from my iPhone", Some("Marta"));
    goes(
        "-- \nMarta\n-- \nJoe's list\nhttp://example.org/mailman/listinfo/joe",
        Some("Marta"),
    );
    // Above and below the quotation.
    stays(
        &format!("{OWN}\n-- \nMarta\n\nOn 3/2/21 10:15 AM, Ann Example wrote:\n> hi\n"),
        OWN,
    );
    stays(
        "On 3/2/21 10:15 AM, Ann Example wrote:\n> hi\n\nyes\n-- \nMarta",
        "yes",
    );
    stays(
        "yes\n-- \nMarta\n\nAnn Example wrote:\n> hi\n\nand no",
        "yes\n\nand no",
    );
}

#[test]
fn dashes_that_are_no_signature_stay() {
    untouched("First\n--\nSecond\n--\nThird");
    untouched("A table\n-------\none\ntwo");
    let long = (0..40)
        .map(|n| format!("line {n}"))
        .collect::<Vec<_>>()
        .join("\n");
    untouched(&format!("Text\n--\n{long}"));
    untouched("Patch:\n\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-- x\n+- y\n--- a/y\n+++ b/y");
    stays(
        "Patch:\n\n@@ -1,2 +1,2 @@\n-- \n+- y\n--- a/y\n+++ b/y",
        "Patch:\n\n@@ -1,2 +1,2 @@\n--\n+- y\n--- a/y\n+++ b/y",
    );
    untouched("List:\n- one\n- two\n-three\n\nBest,\n-Marta");
    untouched("--");
    untouched("--verbose prints more\n--quiet less");
}

#[test]
fn device_words_in_prose_stay() {
    untouched("Sent from my desk, is much easier than my mobile phone.");
    untouched("It was sent from my iPhone");
    untouched("Sent from Berlin on Monday");
    untouched("Gesendet von Herrn Meier am Montag");
    goes(
        "Sent from my iPhone, please excuse typos.",
        Some("Sent from my iPhone, please excuse typos."),
    );
}

#[test]
fn business_cards_go_where_it_is_safe() {
    let card = "Marta Muster\nHead of Support\nTel. +49 30 1234567\nwww.example.org";
    goes(card, Some(card));
    stays(
        "Yes.\n\nMit freundlichen Grüßen\n\nMarta Muster\n\nACME GmbH\nMusterstr. 1, 10115 Berlin\nTelefon: +49 30 1234567\nE-Mail: marta@example.org\nAmtsgericht Berlin HRB 12345",
        "Yes.\n\nMit freundlichen Grüßen\n\nMarta Muster",
    );
    stays(
        "Yes.\n\nBest,\nMarta\n+1 212 555 0100\nhttps://example.org",
        "Yes.\n\nBest,\nMarta",
    );
    untouched("Yes.\n\nBest,\nMarta\n\nPS: the number is +49 30 1234567\nhttps://example.org");
    untouched("Thanks for asking.\n\nThe shop is here:\nhttps://example.org\n+49 30 1234567");
    untouched("Thanks,\nMarta\n\nCan you call us?\n+49 30 1234567\n+49 30 1234568");
}

#[test]
fn list_footers_go() {
    let rule = "_".repeat(47);
    goes(
        &format!(
            "{rule}\nUsers mailing list\nUsers@example.org\nhttps://example.org/mailman/listinfo/users"
        ),
        None,
    );
    goes(
        &format!(
            "{rule}\nUsers mailing list -- users@example.org\nTo unsubscribe send an email to users-leave@example.org\nhttps://example.org/mailman3/lists/users.example.org/"
        ),
        None,
    );
    goes(
        "-- \nYou received this message because you are subscribed to the Google Groups \"x\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to x+unsubscribe@googlegroups.com.\nTo view this discussion on the web visit https://groups.google.com/d/msgid/x/1.",
        None,
    );
    goes(
        "------------------------ Yahoo! Groups Sponsor ---------------------~-->\nBuy now\nhttp://us.click.yahoo.com/x\n---------------------------------------------------------------------~->\n\nTo unsubscribe from this group, send an email to:\nx-unsubscribe@egroups.com\n\nYour use of Yahoo! Groups is subject to http://docs.yahoo.com/info/terms/",
        None,
    );
    goes(
        &format!(
            "{}\nThis sf.net email is sponsored by:ThinkGeek\nWelcome to geek heaven.\nhttp://thinkgeek.com/sf\n{rule}\nUsers mailing list\nhttps://lists.sourceforge.net/lists/listinfo/users",
            "-".repeat(55)
        ),
        None,
    );
    goes(
        "-- \nIrish Linux Users' Group: ilug@linux.ie\nhttp://www.linux.ie/mailman/listinfo/ilug for (un)subscription information.\nList maintainer: listmaster@linux.ie",
        None,
    );
    goes(
        &format!(
            "{}\nDo You Yahoo!?\nEverything you'll ever need on one web page\nhttp://uk.my.yahoo.com",
            "_".repeat(50)
        ),
        None,
    );
    goes(
        "---\nThis email has been checked for viruses by Avast antivirus software.\nhttps://www.avast.com/antivirus",
        None,
    );
    goes(
        "\u{2014}\nReply to this email directly, view it on GitHub, or unsubscribe.\nYou are receiving this because you were mentioned.",
        None,
    );
    goes("http://example.org/mailman/listinfo/fork", None);
    goes(
        "P Please consider the environment before printing this e-mail".trim_start_matches("P "),
        None,
    );
    // Below a quotation.
    stays(
        &format!(
            "Fine.\n\nOn 3/2/21 10:15 AM, Ann Example wrote:\n> hi\n\n{rule}\nUsers mailing list\nhttps://example.org/mailman/listinfo/users"
        ),
        "Fine.",
    );
    stays(
        &format!("> hi\n{rule}\nUsers mailing list\nhttps://example.org/mailman/listinfo/users"),
        "",
    );
}

#[test]
fn answers_about_lists_stay() {
    untouched(
        "Hi Ann,\n\nTo unsubscribe, click the link at the bottom of any mail.\n\nBest,\nMarta",
    );
    untouched("Hi Ann,\n\nTo unsubscribe, open https://example.org/settings and press the button.");
    untouched("You can join here:\n\nhttps://example.org/mailman/listinfo/users");
    untouched("This message is about confidential waste: please use the blue bin.\n\nBest,\nMarta");
    untouched("This email address no longer works.");
    untouched("Results\n----------\none: https://example.org/1\ntwo: https://example.org/2");
}

#[test]
fn disclaimers_stay_within_the_text() {
    untouched("This email and its attachments are confidential, says the footer.\n\nMust we print that on every mail? I would rather not. We would have to ask the lawyers, and they will say yes as they always do, so be it.\n\nWhat do you think?".trim());
}

#[test]
fn notes_about_scrubbed_attachments_go() {
    stays(
        "Hi\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://example.org/x.html>\n\nMore text",
        "Hi\n\nMore text",
    );
    stays(
        "Hi\n-------------- next part --------------\nA non-text attachment was scrubbed...\nName: x.png\nType: image/png\nSize: 12 bytes\nDesc: not available\nURL: http://example.org/x.png\n",
        "Hi",
    );
    stays(
        "Hi\n\n[Non-text portions of this message have been removed]\n",
        "Hi",
    );
}

#[test]
fn pgp_goes() {
    stays(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHi\n\n- -- \nMarta\n-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\niQEzBAEBCAAdFiEE\n=AbCd\n-----END PGP SIGNATURE-----\n",
        "Hi",
    );
    stays(
        "Hi\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=AbCd\n",
        "Hi",
    );
    stays(
        "My key:\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n=AbCd\n-----END PGP PUBLIC KEY BLOCK-----\n\nBest",
        "My key:\n\nBest",
    );
}

#[test]
fn a_signature_is_bounded() {
    let mail = format!("Hi\n-- \n{}", "é".repeat(5_000));
    let signature = own_words(&mail).signature.unwrap();
    assert!(signature.len() <= 1_000 && signature.len() > 990);
}
