//! The process is killed (SIGKILL) again and again, at named points of the work and at any time, and started again: every
//! mail is learned exactly once, and what is known in the end is what an unbroken run knows.
//!
//! `UNDERSTUDY_KILLS` and `UNDERSTUDY_MAILS` make it longer; `cargo xtask stress kill` runs it in full.

#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]
#![allow(
    clippy::print_stdout,
    reason = "the killed process tells the other where it is, and the other what came of it"
)]

mod rig;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rig::{Folder, dice, end, ended, mail, setting};
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::{Options, Status};
use understudy_core::jobs::{Duty, Engine, Request, ask, queue, steer};
use understudy_core::learn::local::LocalLearner;

const ME: &str = "me@shop.example";

/// Where the child is killed: a point in the code, and at which of its passings at most; "any time" in milliseconds.
/// The last three are only passed when everything is learned.
const POINTS: [(&str, u64); 10] = [
    ("any time", 40),
    ("claim", 1),
    ("find", 1),
    ("read", 90),
    ("study", 8),
    ("commit", 8),
    ("committed", 8),
    ("settle", 1),
    ("end", 1),
    ("notice", 1),
];
const AMID: usize = 7;

/// A hanging child fails the test, and not the machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A mailbox in which every tenth mail is the owner's answer to the one before.
fn mailbox(mails: u64) -> String {
    (0..mails)
        .map(|number| {
            let mine = number % 10 == 9;
            let asker = format!("{}@mail.example", number / 10 % 40);
            let (from, to) = if mine {
                (ME, asker.as_str())
            } else {
                (asker.as_str(), ME)
            };
            let id = format!("<{number}@mail.example>");
            let parent = format!("<{}@mail.example>", number - u64::from(mine));
            let (day, second) = (number / 86_400, number % 86_400);
            let date = format!(
                "{} May 2026 {:02}:{:02}:{:02} +0000",
                1 + day,
                second / 3600,
                second / 60 % 60,
                second % 60
            );
            let subject = format!("Subject {}", number / 10);
            let mut headers = vec![
                ("From", from),
                ("To", to),
                ("Message-ID", &id),
                ("Date", &date),
                ("Subject", &subject),
            ];
            if mine {
                headers.push(("In-Reply-To", &parent));
            }
            let thing = dice(number / 10, 1 << 40);
            mail(
                &headers,
                &format!("Words about thing {thing:x} and nothing else, number {number}."),
            )
        })
        .collect()
}

fn request(mbox: &Path) -> Request {
    Request {
        paths: vec![mbox.to_path_buf()],
        account: Some("mail".into()),
        me: vec![ME.into()],
        options: Options {
            most: u32::MAX,
            batch: Some(10),
            ..Options::default()
        },
        ..Request::default()
    }
}

/// The process that is killed: asks for the job, and runs it to its end, or until it is at its point.
#[test]
#[ignore = "the process that the other test kills"]
fn child() {
    let folder = std::env::var_os("UNDERSTUDY_CHILD").unwrap();
    let mbox = Path::new(&folder).with_file_name("all.mbox");
    if let Ok(point) = std::env::var("UNDERSTUDY_POINT") {
        let (point, passing) = point.split_once('=').unwrap();
        let left = AtomicU64::new(passing.parse().unwrap());
        fail::cfg_callback(point, move || {
            if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                println!("\nhere");
                loop {
                    std::thread::park();
                }
            }
        })
        .unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let db = Db::open(Path::new(&folder)).await.unwrap();
        let number = ask(&db, &Clock::System, request(&mbox))
            .await
            .unwrap()
            .number;
        println!("\nbegun");
        let engine = Engine::start(db, Clock::System, Duty::Only(number), LocalLearner::new);
        ended(&engine, number).await;
        end(&engine).await;
    });
    println!("\ndone");
}

/// What a child said last.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Begun,
    Here,
    Done,
}

fn spawn(data: &Path, point: Option<String>) -> (Child, Receiver<Word>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env("UNDERSTUDY_CHILD", data)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    if let Some(point) = point {
        command.env("UNDERSTUDY_POINT", point);
    }
    let mut child = command.spawn().unwrap();
    let (say, heard) = channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            let word = match line.as_str() {
                "begun" => Word::Begun,
                "here" => Word::Here,
                "done" => Word::Done,
                _ => continue,
            };
            if say.send(word).is_err() {
                break;
            }
        }
    });
    (child, heard)
}

/// Lets a child work until its point, or for so many milliseconds after it has begun, and kills it there. Answers
/// whether it had come to its end before.
fn killed(data: &Path, point: &str, passing: u64) -> bool {
    let at_any_time = point == "any time";
    let wanted = (!at_any_time).then(|| format!("{point}={passing}"));
    let (mut child, heard) = spawn(data, wanted);
    let mut word = heard.recv_timeout(PATIENCE);
    if word == Ok(Word::Begun) {
        let patience = if at_any_time {
            Duration::from_millis(passing)
        } else {
            PATIENCE
        };
        word = heard.recv_timeout(patience);
        assert!(
            at_any_time || word != Err(RecvTimeoutError::Timeout),
            "the child hangs at {point}"
        );
    }
    // SIGKILL, on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    word == Ok(Word::Done)
}

/// What must hold whenever anybody looks.
async fn look(folder: &Folder) -> i64 {
    let untrue = folder
        .number(
            "SELECT count(*) FROM email_learning_jobs
             WHERE processed_emails <> successful_emails + failed_emails
                OR processed_emails + skipped_emails > total_emails",
        )
        .await;
    assert_eq!(untrue, 0);
    let learned = folder.number("SELECT count(*) FROM messages").await;
    let counted = folder
        .number("SELECT coalesce(sum(successful_emails), 0) FROM email_learning_jobs")
        .await;
    assert_eq!(learned, counted, "what is counted is what is known");
    let in_ledger = folder
        .number("SELECT count(*) FROM ledger WHERE message IS NOT NULL")
        .await;
    assert_eq!(learned, in_ledger);
    learned
}

#[test]
fn a_process_that_is_killed_at_any_instant_loses_and_repeats_nothing() {
    let kills = setting("UNDERSTUDY_KILLS", 30);
    let mails = setting("UNDERSTUDY_MAILS", 1500);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (broken, whole) = (Folder::new(), Folder::new());
    let mbox = broken.file("all.mbox", mailbox(mails));
    runtime.block_on(async { broken.db().await.close().await });
    let (mut ends, mut amid) = (0, 0);
    let mut at_point = std::collections::BTreeMap::new();
    for kill in 0..kills {
        let points = if kill < kills * 4 / 5 {
            &POINTS[..AMID]
        } else {
            &POINTS[..]
        };
        let (point, most) = points[dice(kill, points.len() as u64) as usize];
        let passing = 1 + dice(kill + 1_000_000, most);
        let came_to_its_end = killed(&broken.data(), point, passing);
        let learned = runtime.block_on(look(&broken));
        ends += u64::from(came_to_its_end);
        amid += u64::from(!came_to_its_end && learned < mails as i64);
        if !came_to_its_end {
            *at_point.entry(point).or_insert(0) += 1;
        }
    }
    runtime.block_on(async {
        let (mut child, heard) = spawn(&broken.data(), None);
        while heard.recv_timeout(PATIENCE * 5).unwrap() != Word::Done {}
        child.wait().unwrap();
        let set_aside = try_again(&broken).await;
        assert_eq!(look(&broken).await, mails as i64);
        let sound: String = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(&mut broken.connection().await)
            .await
            .unwrap();
        assert_eq!(sound, "ok");
        let jobs = broken.number("SELECT count(*) FROM email_learning_jobs").await;
        let stopped = broken
            .number("SELECT count(*) FROM email_learning_jobs WHERE status = 'failed'")
            .await;
        println!(
            "{mails} mails; {kills} times started to be killed, {ends} of them too late; {amid} kills amid the learning; \
             by point: {at_point:?}; {jobs} jobs, {stopped} of them stopped after three tries; {set_aside} mails set aside and \
             tried again"
        );
        whole.learn(&mbox, &[ME], request(&mbox).options).await;
        assert_eq!(broken.knowledge().await, whole.knowledge().await);
    });
}

/// Chance may have killed the process twice with the same mail in flight: who looks at what failed tries it again.
async fn try_again(folder: &Folder) -> i64 {
    let db = folder.db().await;
    let mut failed = 0;
    for job in queue::latest(db.read(), 10_000).await.unwrap() {
        if job.counts.failed > 0 && job.status != Status::Processing {
            failed += job.counts.failed;
            let retry = steer::retry(&db, job.number, &Clock::System).await.unwrap();
            let engine = Engine::start(
                db.clone(),
                Clock::System,
                Duty::Only(retry),
                LocalLearner::new,
            );
            ended(&engine, retry).await;
            engine.shut_down().await;
        }
    }
    db.close().await;
    failed
}
