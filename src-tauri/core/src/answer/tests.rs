//! Merging, finding and the exam on small written mailboxes, through the real database.

use std::error::Error;
use std::path::Path;

use super::find::{Question, answers};
use crate::clock::Clock;
use crate::db::Db;
use crate::jobs::progress::Snapshot;
use crate::jobs::{Duty, Engine, Request};
use crate::learn::local::LocalLearner;
use crate::learn::pattern::{self, Pattern};
use crate::mail::account;

const OWNER: &str = "marta@kranich.example";

/// Who asks, the subject, the question, and the owner's answer.
const TALKS: [[&str; 4]; 6] = [
    [
        "urs",
        "Shipping to Zürich",
        "Do you ship to Switzerland, and what about customs?",
        "Yes, we ship to Switzerland. It is a flat 14.90 and takes 5 to 7 working days. The post collects Swiss VAT.",
    ],
    [
        "nadia",
        "Delivery to Lausanne",
        "How long would a pannier take to Switzerland?",
        "Delivery to Switzerland takes 5 to 7 working days at a flat 14.90. Swiss VAT is collected by the post.",
    ],
    [
        "tom",
        "UK delivery",
        "Do you ship to the UK, and what about customs?",
        "Yes, we ship to the UK. It is a flat 17.90 and takes 6 to 8 working days. The courier collects British VAT.",
    ],
    [
        "leonie",
        "Engraving",
        "Can you emboss my initials on the leather label?",
        "We emboss up to three letters on the leather label for 12 euros, by hand, with old brass type.",
    ],
    [
        "finn",
        "Initials",
        "Is it possible to have a name embossed on the leather?",
        "Three letters at most: we emboss them by hand on the leather label with brass type, for 12 euros.",
    ],
    [
        "dermot",
        "Opening hours",
        "When is the workshop open on Saturday?",
        "On Saturday the workshop is open from ten to one, just ring the bell beside the mill.",
    ],
];

/// The mails of a talk, in the format of an mbox.
fn mails(number: usize, [who, subject, question, answer]: [&str; 4]) -> [String; 2] {
    let asked = format!(
        "From {who}@mail.example Thu Jan  1 00:00:00 2026\nFrom: {who}@mail.example\nTo: {OWNER}\n\
         Subject: {subject}\nMessage-ID: <q{number}@mail.example>\nDate: Thu, {} Jan 2026 08:00:00 +0000\n\n{question}\n\n",
        number + 1
    );
    let answered = format!(
        "From {OWNER} Thu Jan  1 00:00:00 2026\nFrom: {OWNER}\nTo: {who}@mail.example\nSubject: Re: {subject}\n\
         Message-ID: <a{number}@kranich.example>\nIn-Reply-To: <q{number}@mail.example>\n\
         Date: Thu, {} Jan 2026 09:00:00 +0000\n\n{answer}\n\n",
        number + 1
    );
    [asked, answered]
}

/// Learns mailboxes one after the other, each in a job of its own.
async fn learned(folder: &Path, mailboxes: &[String]) -> Result<Db, Box<dyn Error>> {
    let db = Db::open(&folder.join("data")).await?;
    let clock = Clock::standing_at(0);
    let engine = Engine::start(db.clone(), clock, Duty::All, LocalLearner::new);
    for (number, mails) in mailboxes.iter().enumerate() {
        let path = folder.join(format!("{number}.mbox"));
        std::fs::write(&path, mails)?;
        let request = Request {
            paths: vec![path],
            account: Some("shop".to_owned()),
            me: vec![OWNER.to_owned()],
            ..Request::default()
        };
        let asked = engine.ask(request).await?;
        let is_over = |shown: &Snapshot| shown.job.status.is_terminal();
        engine.progress().until(asked.number, is_over).await;
    }
    engine.shut_down().await;
    Ok(db)
}

async fn patterns(db: &Db) -> Result<Vec<Pattern>, Box<dyn Error>> {
    let mut patterns = Vec::new();
    for account in account::all(db.read()).await? {
        patterns.extend(pattern::most_used(db.read(), account.id, 100).await?);
    }
    Ok(patterns)
}

fn all() -> Vec<String> {
    let talks = TALKS.into_iter().enumerate();
    talks
        .flat_map(|(number, talk)| mails(number, talk))
        .collect()
}

#[tokio::test]
async fn what_was_answered_alike_is_one_pattern_and_other_figures_are_not()
-> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let db = learned(folder.path(), &[all().concat()]).await?;
    let mut times: Vec<(i64, bool)> = patterns(&db)
        .await?
        .iter()
        .map(|pattern| (pattern.times, pattern.answer.contains("17.90")))
        .collect();
    times.sort_unstable();
    assert_eq!(times, [(1, false), (1, true), (2, false), (2, false)]);
    Ok(())
}

#[tokio::test]
async fn a_question_finds_its_answer_and_a_strange_one_finds_none() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let db = learned(folder.path(), &[all().concat()]).await?;
    let asked = Question::new(
        "my initials",
        "could you emboss my initials on the leather label?",
        None,
    );
    let found = answers(db.read(), &asked).await?;
    assert!(
        found
            .first()
            .is_some_and(|best| best.text.contains("brass type"))
    );
    assert!(found.iter().all(|answer| answer.confidence < 1.0));
    let strange = Question::new(
        "Sponsorship",
        "Would you sponsor our charity run in May?",
        None,
    );
    assert!(answers(db.read(), &strange).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn neither_the_order_nor_the_split_into_jobs_changes_anything() -> Result<(), Box<dyn Error>>
{
    let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut mails = all();
    let at_once = learned(one.path(), &[mails.concat()]).await?;
    mails.reverse();
    let in_jobs = learned(other.path(), &[mails[..5].concat(), mails[5..].concat()]).await?;
    let view = |pattern: &Pattern| {
        let Pattern {
            question,
            answer,
            times,
            confidence,
            ..
        } = pattern.clone();
        (question, answer, times, confidence.to_bits())
    };
    let (left, right) = (patterns(&at_once).await?, patterns(&in_jobs).await?);
    assert_eq!(
        left.iter().map(view).collect::<Vec<_>>(),
        right.iter().map(view).collect::<Vec<_>>()
    );
    let asked = Question::new("shipping", "do you ship to Switzerland and the UK?", None);
    let found = |answers: Vec<super::find::Answer>| -> Vec<(String, u64)> {
        let view = |answer: super::find::Answer| (answer.text, answer.score.to_bits());
        answers.into_iter().map(view).collect()
    };
    assert_eq!(
        found(answers(at_once.read(), &asked).await?),
        found(answers(in_jobs.read(), &asked).await?)
    );
    Ok(())
}
