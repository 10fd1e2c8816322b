//! A data folder of its own, and everything that is known in it, in a form in which two can be compared.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test program uses a part of it"
)]

pub mod gate;

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::Options;
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::{Duty, Engine, Request, ask};
use understudy_core::learn::learner::Learner;
use understudy_core::learn::local::LocalLearner;

/// Noon of a day in 2026.
pub const NOON: i64 = 1_780_000_000_000;

/// A data folder that goes away with the test.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Where the system has a disk in memory, one that waits for no disk.
    pub fn in_memory() -> Self {
        Self(TempDir::new_in("/dev/shm").unwrap_or_else(|_| TempDir::new().unwrap()))
    }

    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Writes a file beside the data, and answers with its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub async fn db(&self) -> Db {
        Db::open(&self.data()).await.unwrap()
    }

    /// An engine of this folder on a clock that stands.
    pub async fn engine(&self) -> Engine {
        self.engine_with(Clock::standing_at(NOON), LocalLearner::new)
            .await
    }

    /// An engine with this clock and these learners.
    pub async fn engine_with<L: Learner>(
        &self,
        clock: Clock,
        learners: impl Fn(Vec<String>) -> L + Send + Sync + 'static,
    ) -> Engine {
        Engine::start(self.db().await, clock, Duty::All, learners)
    }

    /// Learns `path` to the end, as the command line does.
    pub async fn learn(&self, path: &Path, me: &[&str], options: Options) -> Snapshot {
        let (db, clock) = (self.db().await, Clock::standing_at(NOON));
        let request = Request {
            paths: vec![path.to_path_buf()],
            account: Some("mail".into()),
            me: me.iter().map(|address| (*address).into()).collect(),
            options,
            ..Request::default()
        };
        let number = ask(&db, &clock, request).await.unwrap().number;
        let engine = Engine::start(db, clock, Duty::Only(number), LocalLearner::new);
        let ended = ended(&engine, number).await;
        end(&engine).await;
        ended
    }

    pub async fn connection(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.data().join("understudy.db"));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Everything that is known, without the numbers that only say in which order it was learned.
    pub async fn knowledge(&self) -> Vec<String> {
        const EVERYTHING: [&str; 8] = [
            "SELECT 'message', m.key_hash, kind, m.sent_at, message_id, subject, c.address, text FROM messages m
             LEFT JOIN contacts c ON c.id = m.contact_id LEFT JOIN message_texts t ON t.message = m.id",
            "SELECT 'contact', address, name, received, sent FROM contacts",
            "SELECT 'pair', a.key_hash, q.key_hash FROM pairs
             JOIN messages a ON a.id = pairs.answer JOIN messages q ON q.id = pairs.question",
            "SELECT 'stems', a.key_hash, question_stems, answer_stems FROM pair_texts
             JOIN messages a ON a.id = pair_texts.answer",
            "SELECT 'pattern', p.key, q.key_hash, a.key_hash, times, round(confidence, 9), last_answered FROM patterns p
             JOIN messages q ON q.id = p.question JOIN messages a ON a.id = p.answer",
            "SELECT 'member', p.key, a.key_hash FROM pattern_pairs
             JOIN patterns p ON p.id = pattern JOIN messages a ON a.id = pattern_pairs.answer",
            "SELECT 'exam', round(score, 9), round(confidence, 9) FROM exam_scores",
            "SELECT 'ledger', hex(message_key), message IS NULL FROM ledger",
        ];
        let mut connection = self.connection().await;
        let mut lines = Vec::new();
        for query in EVERYTHING {
            let columns = &query[..query.find(" FROM").unwrap()]["SELECT ".len()..];
            let joined = format!(
                "SELECT concat_ws('|', {columns}) {}",
                &query[query.find("FROM").unwrap()..]
            );
            let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(joined))
                .fetch_all(&mut connection)
                .await
                .unwrap();
            lines.extend(rows);
        }
        lines.sort();
        lines
    }

    /// A single number out of the database.
    pub async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&mut self.connection().await)
            .await
            .unwrap()
    }
}

/// Asks for a job, and waits for its end.
pub async fn finished(engine: &Engine, request: Request) -> Snapshot {
    let asked = engine.ask(request).await.unwrap();
    ended(engine, asked.number).await
}

/// Waits for the end of a job.
pub async fn ended(engine: &Engine, number: i64) -> Snapshot {
    let is_over = |shown: &Snapshot| shown.job.status.is_terminal();
    engine.progress().until(number, is_over).await
}

/// Ends an engine as a process does that ends in order.
pub async fn end(engine: &Engine) {
    engine.shut_down().await;
    engine.db().close().await;
}

/// A number that the environment may set, for longer runs.
pub fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

/// Numbers that look random and are the same in every run.
pub fn dice(throw: u64, sides: u64) -> u64 {
    let hash = blake3::hash(&throw.to_le_bytes());
    let bytes: [u8; 8] = hash.as_bytes()[..8].try_into().unwrap();
    u64::from_le_bytes(bytes) % sides
}

/// A mailbox of so many mails to `me`; those with the same numbers are the same mails.
pub fn mailbox(me: &str, numbers: std::ops::Range<usize>) -> String {
    numbers
        .map(|number| {
            let id = format!("<{number}@mail.example>");
            let headers = [
                ("From", "ann@mail.example"),
                ("To", me),
                ("Message-ID", &id),
            ];
            mail(&headers, &format!("Words about subject number {number}."))
        })
        .collect()
}

/// One mail for an mbox.
pub fn mail(headers: &[(&str, &str)], body: &str) -> String {
    let mut mail = String::from("From nobody Thu Aug 22 12:36:23 2002\n");
    for (name, value) in headers {
        mail += &format!("{name}: {value}\n");
    }
    mail + "\n" + body + "\n\n"
}
