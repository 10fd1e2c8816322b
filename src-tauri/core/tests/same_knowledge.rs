//! Learning a mailbox in one go or in pieces, in any order, gives the same knowledge.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rig::{Folder, mail};
use understudy_core::jobs::job::{Options, Order, Status};

const ME: &str = "me@shop.example";

/// A mail of the generated mailbox: who wrote it, what it follows, what it is about.
#[derive(Clone, Debug)]
struct Draft {
    mine: bool,
    other: u8,
    topic: u8,
    follows: Option<u8>,
    says_re: bool,
    has_id: bool,
    hour: u16,
    words: u8,
}

fn draft() -> impl Strategy<Value = Draft> {
    (
        any::<bool>(),
        0..4_u8,
        0..4_u8,
        proptest::option::weighted(0.7, 0..30_u8),
        any::<bool>(),
        prop::bool::weighted(0.9),
        0..900_u16,
        0..6_u8,
    )
        .prop_map(
            |(mine, other, topic, follows, says_re, has_id, hour, words)| Draft {
                mine,
                other,
                topic,
                follows,
                says_re,
                has_id,
                hour,
                words,
            },
        )
}

const QUESTIONS: [&str; 4] = [
    "How long does shipping to Switzerland take, and what does it cost?",
    "Können Sie mir eine Rechnung mit unserer Umsatzsteuernummer schicken?",
    "Is the workshop open on Saturday morning, and may we visit?",
    "The buckle of my bag broke, do you repair it under warranty?",
];
const ANSWERS: [&str; 4] = [
    "Shipping to Switzerland takes five days and costs fourteen francs flat.",
    "Die Rechnung mit Umsatzsteuernummer liegt bei, bitte kurz prüfen.",
    "Come by on Saturday between ten and two, the workshop is open.",
    "The buckle is covered for five years, send the bag and we repair it.",
];
const EXTRAS: [&str; 6] = [
    "",
    "Thank you!",
    "Best regards",
    "Please hurry.",
    "Viele Grüße",
    "It is for a friend.",
];

fn written(number: usize, draft: &Draft) -> String {
    let other = format!("customer{}@mail.example", draft.other);
    let (from, to) = if draft.mine {
        (ME, other.as_str())
    } else {
        (other.as_str(), ME)
    };
    let re = if draft.says_re { "Re: " } else { "" };
    let subject = format!("{re}Topic {}", draft.topic);
    let date = chrono_like(draft.hour);
    let id = format!("<{number}@mail.example>");
    let parent = draft
        .follows
        .map(|parent| format!("<{parent}@mail.example>"));
    let mut headers = vec![
        ("From", from),
        ("To", to),
        ("Subject", &subject),
        ("Date", &date),
    ];
    if draft.has_id {
        headers.push(("Message-ID", &id));
    }
    if let Some(parent) = &parent {
        headers.push(("In-Reply-To", parent));
    }
    let topic = usize::from(draft.topic);
    let line = if draft.mine {
        ANSWERS[topic]
    } else {
        QUESTIONS[topic]
    };
    mail(
        &headers,
        &format!("{line}\n{}", EXTRAS[usize::from(draft.words)]),
    )
}

fn chrono_like(hour: u16) -> String {
    let (day, hour) = (1 + hour / 24 % 28, hour % 24);
    format!("{day:02} May 2026 {hour:02}:00:00 +0000")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn in_one_go_or_in_pieces(
        drafts in prop::collection::vec(draft(), 8..30),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        shuffled in any::<u64>(),
        batch in 1..6_u32,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (whole, pieces) = runtime.block_on(async {
            let mails: Vec<String> = drafts.iter().enumerate().map(|(n, draft)| written(n, draft)).collect();
            let one = Folder::new();
            let path = one.file("all.mbox", mails.concat());
            let ended = one.learn(&path, &[ME], Options::default()).await;
            assert_eq!(ended.job.status, Status::Completed);
            assert_eq!(ended.job.counts.remaining(), 0);

            let mut mixed = mails.clone();
            let length = mixed.len();
            for at in 0..length {
                mixed.swap(at, (shuffled as usize).wrapping_mul(at + 7) % length);
            }
            let mut bounds: Vec<usize> = cuts.iter().map(|cut| cut.index(length)).chain([0, length]).collect();
            bounds.sort_unstable();
            let other = Folder::new();
            for (number, bound) in bounds.windows(2).enumerate() {
                if bound[0] == bound[1] {
                    continue;
                }
                let path = other.file(&format!("piece{number}.mbox"), mixed[bound[0]..bound[1]].concat());
                let order = if number % 2 == 0 { Order::Oldest } else { Order::Newest };
                other.learn(&path, &[ME], Options { batch: Some(batch), order, ..Options::default() }).await;
            }
            (one.knowledge().await, other.knowledge().await)
        });
        prop_assert_eq!(whole, pieces);
    }
}
