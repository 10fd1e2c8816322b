//! `understudy answer`: the owner's own earlier answers to a mail.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;
use understudy_core::answer::find::{self, Answer, Question};
use understudy_core::mail::message::Message;
use understudy_core::mail::source::MAIL_LIMIT;

use crate::{Shared, out, words};

#[derive(Args)]
pub(crate) struct AnswerTo {
    /// The mail as a file, or - for standard input
    #[arg(value_name = "MAIL.eml|-")]
    mail: PathBuf,
    #[command(flatten)]
    shared: Shared,
}

/// What `answer --json` prints.
#[derive(Serialize)]
struct Answers {
    answers: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    question: String,
    text: String,
    confidence: f64,
    evidence: Vec<EvidenceLine>,
}

#[derive(Serialize)]
struct EvidenceLine {
    message_id: String,
    date: Option<String>,
    to: String,
    subject: String,
}

pub(crate) async fn run(answer: &AnswerTo) -> anyhow::Result<ExitCode> {
    let raw = read(answer)?;
    let Ok(message) = Message::parse(&raw) else {
        bail!(
            "{} is not a mail. Give a mail with its headers, as a mail program saves it",
            answer.mail.display()
        );
    };
    let db = answer.shared.open().await?;
    let asker = message.from.as_ref().and_then(|from| from.name.as_deref());
    let question = Question::new(&message.subject, &message.text, asker);
    let answers = find::answers(db.read(), &question).await?;
    if answer.shared.json {
        out::json(&Answers {
            answers: answers.into_iter().map(line).collect(),
        })?;
    } else if answers.is_empty() {
        out::line("You have never answered such a mail.")?;
    } else {
        for (rank, found) in (1..).zip(&answers) {
            print(rank, found)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read(answer: &AnswerTo) -> anyhow::Result<Vec<u8>> {
    let mut raw = Vec::new();
    if answer.mail.as_os_str() == "-" {
        std::io::stdin()
            .take(MAIL_LIMIT as u64)
            .read_to_end(&mut raw)?;
    } else {
        let path = answer.mail.display();
        let file = File::open(&answer.mail)
            .with_context(|| format!("cannot read {path}. Check the path"))?;
        let read = file.take(MAIL_LIMIT as u64).read_to_end(&mut raw);
        read.with_context(|| format!("cannot read {path}: it is no file"))?;
    }
    Ok(raw)
}

fn line(answer: Answer) -> Line {
    Line {
        question: answer.question,
        text: answer.text,
        confidence: answer.confidence,
        evidence: answer
            .evidence
            .into_iter()
            .map(|mail| EvidenceLine {
                message_id: mail.message_id,
                date: words::rfc3339(mail.sent_at),
                to: mail.to,
                subject: mail.subject,
            })
            .collect(),
    }
}

fn print(rank: usize, answer: &Answer) -> anyhow::Result<()> {
    let worth = if answer.confidence > 0.0 {
        format!(
            "such answers were right {:.0} times in 100",
            answer.confidence * 100.0
        )
    } else {
        "not proven yet".to_owned()
    };
    out::line(format!(
        "{rank}. You were asked: {}   ({worth})",
        words::gist(&answer.question, 72)
    ))?;
    out::line(format!("\n{}\n", words::set_in(&answer.text)))?;
    for mail in &answer.evidence {
        out::line(format!(
            "    {}  to {}  “{}”",
            words::day(mail.sent_at),
            mail.to,
            words::gist(&mail.subject, 60)
        ))?;
    }
    out::line("")?;
    Ok(())
}
