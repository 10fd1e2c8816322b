//! Mail that was made to break programs: no panic, no hang, bounded memory, and every mail accounted for.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rig::{Folder, mail};
use understudy_core::jobs::job::{Options, Status};
use understudy_core::jobs::progress::Snapshot;
use understudy_core::mail::message::Message;

const ALL: Options = Options {
    places: Vec::new(),
    most: 1_000_000,
    days: None,
    order: understudy_core::jobs::job::Order::Newest,
    kind: understudy_core::jobs::job::Direction::Both,
    exclude: Vec::new(),
    batch: None,
};

fn assert_accounted_for(ended: &Snapshot, mails: i64) {
    let counts = ended.job.counts;
    assert_eq!(
        ended.job.status,
        Status::Completed,
        "{:?}",
        ended.job.error_message
    );
    assert_eq!(counts.total, mails);
    assert_eq!(counts.total, counts.processed() + counts.skipped);
}

#[tokio::test]
async fn the_parsers_own_hard_mails_are_learned() {
    let torture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    let ended = Folder::new().learn(&torture, &[], ALL).await;
    assert_accounted_for(&ended, 107);
}

/// Debian's libpython3.11-testsuite; where it is not installed there is nothing to learn.
#[tokio::test]
async fn pythons_hard_mails_are_learned() {
    let python = Path::new("/usr/lib/python3.11/test/test_email/data");
    if !python.exists() {
        return;
    }
    let folder = Folder::new();
    let mut mails = 0;
    for entry in std::fs::read_dir(python).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "txt") {
            folder.file(&format!("mails/{mails}.eml"), std::fs::read(&path).unwrap());
            mails += 1;
        }
    }
    let ended = folder.learn(&folder.0.path().join("mails"), &[], ALL).await;
    assert_accounted_for(&ended, mails);
}

#[tokio::test]
async fn a_mail_of_200_megabytes_is_learned_by_its_first_part() {
    let folder = Folder::new();
    let mut huge = mail(
        &[
            ("From", "a@b.example"),
            ("Message-ID", "<huge@b.example>"),
            ("Subject", "huge"),
        ],
        "The words come first.",
    );
    huge.reserve(200 << 20);
    while huge.len() < 200 << 20 {
        huge.push_str(
            "SGVsbG8gd29ybGQsIHRoaXMgaXMgYW4gYXR0YWNobWVudCBvZiBubyBpbXBvcnRhbmNlIGF0IGFsbC4K\n",
        );
    }
    huge += &mail(
        &[("From", "c@d.example"), ("Message-ID", "<after@d.example>")],
        "And this one comes after it.",
    );
    let path = folder.file("huge.mbox", huge);
    let ended = folder.learn(&path, &[], ALL).await;
    assert_accounted_for(&ended, 2);
    assert_eq!(ended.job.counts.successful, 2);
}

#[tokio::test]
async fn a_tree_ten_thousand_deep_is_learned() {
    for kind in ["multipart/mixed; boundary=b", "message/rfc822"] {
        let folder = Folder::new();
        let mut deep = String::from("From: a@b.example\nMessage-ID: <deep@b.example>\n");
        for depth in 0..10_000 {
            deep += &format!("Content-Type: {kind}{depth}\n\n--b{depth}\n");
        }
        let path = folder.file("deep.eml", deep + "\n\nhello\n");
        assert_accounted_for(&folder.learn(&path, &[], ALL).await, 1);
    }
}

#[tokio::test]
async fn html_ten_thousand_deep_is_learned() {
    let folder = Folder::new();
    let html = "<div><b><table><tr><td><blockquote>".repeat(10_000);
    let path = folder.file(
        "html.eml",
        format!("From: a@b.example\nMessage-ID: <html@b.example>\nContent-Type: text/html\n\n{html}words"),
    );
    assert_accounted_for(&folder.learn(&path, &[], ALL).await, 1);
}

#[tokio::test]
async fn a_hundred_thousand_headers_are_learned() {
    let folder = Folder::new();
    let headers = "X-Header: of no importance\nReferences: <a@b>\n".repeat(50_000);
    let path = folder.file(
        "headers.eml",
        format!("From: a@b.example\n{headers}Message-ID: <h@b.example>\n\nwords\n"),
    );
    assert_accounted_for(&folder.learn(&path, &[], ALL).await, 1);
}

#[tokio::test]
async fn what_is_no_mail_is_reported_and_the_rest_is_learned() {
    let folder = Folder::new();
    folder.file(
        "mails/1.eml",
        mail(&[("From", "a@b.example"), ("Message-ID", "<1@b>")], "words")
            .split_once('\n')
            .unwrap()
            .1,
    );
    folder.file("mails/2.eml", [0_u8, 159, 146, 150, 0, 1, 2, 3]);
    let ended = folder.learn(&folder.0.path().join("mails"), &[], ALL).await;
    assert_accounted_for(&ended, 2);
    assert_eq!(
        (ended.job.counts.successful, ended.job.counts.failed),
        (1, 1)
    );
    assert_eq!(folder.number("SELECT count(*) FROM mail_failures WHERE kind = 'not_a_mail' AND place LIKE '%2.eml'").await, 1);
    // It will be no mail tomorrow either.
    let again = folder.learn(&folder.0.path().join("mails"), &[], ALL).await;
    assert_eq!(again.job.counts.skipped, 2);
}

fn seeds() -> Vec<Vec<u8>> {
    let torture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    let mut seeds = Vec::new();
    for folder in std::fs::read_dir(torture).unwrap() {
        let Ok(files) = std::fs::read_dir(folder.unwrap().path()) else {
            continue;
        };
        seeds.extend(files.map(|file| std::fs::read(file.unwrap().path()).unwrap()));
    }
    seeds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let _ = Message::parse(&bytes);
    }

    #[test]
    fn mutated_mails_never_panic(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let seeds = seeds();
        let mut bytes = seed.get(&seeds).clone();
        if !bytes.is_empty() {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let _ = Message::parse(&bytes);
    }
}
