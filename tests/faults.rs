//! The program on a machine that fails: a disk that is full, breaks or heals, a database that another holds, a folder
//! that is read-only. It says so in a sentence and fails, never panics and never hangs, loses nothing, and goes on when
//! it is run again.
//!
//! Faults are injected by strace, whose counts are of each thread: SQLx has one for each connection. Full disks are real
//! ones, in a namespace of their own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "in a test a surprise is a failure, and what cannot be tested is said"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::Options;
use understudy_core::jobs::{Request, ask};
use understudy_core::mail::sample;

const UNDERSTUDY: &str = env!("CARGO_BIN_EXE_understudy");

/// The sample's mails, each once, and with those that are in it twice.
const MAILS: i64 = 402;
const TOTAL: i64 = 404;

/// What hangs is ended after so many seconds, with a status that no test expects.
const HANGS: &str = "120";

const STRACE: [&str; 4] = ["-f", "--seccomp-bpf", "-o", "/dev/null"];

/// A home of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program by way of other programs.
    fn by_way_of(&self, others: &[&str], arguments: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command
            .arg(HANGS)
            .args(others)
            .arg(UNDERSTUDY)
            .args(arguments)
            .arg("--data-dir")
            .arg(self.path("data"))
            .env("RUST_BACKTRACE", "0")
            .env("NO_COLOR", "1");
        command
    }

    fn understudy(&self, arguments: &[&str]) -> Output {
        self.by_way_of(&[], arguments).output().unwrap()
    }

    /// Runs the program while these system calls fail as strace is told.
    fn with_fault(&self, calls: &str, fault: &str, arguments: &[&str]) -> Output {
        let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{fault}"));
        let strace = ["strace"].iter().chain(&STRACE);
        let others: Vec<&str> = strace
            .copied()
            .chain(["-e", &trace, "-e", &inject])
            .collect();
        let mut command = self.by_way_of(&others, arguments);
        command
            .env("RUST_LOG", "understudy_core=warn")
            .output()
            .unwrap()
    }

    /// Everything was learned once, by however many tries.
    async fn goes_on_and_completes(&self) {
        let output = self.understudy(&["learn", "--sample", "--json"]);
        assert!(output.status.success(), "{}", said(&output));
        let ended: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(ended["status"], "completed");
        assert_eq!(ended["total_emails"], TOTAL);
        assert_all_learned(&self.path("data")).await;
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// It failed, and its last word is one sentence for its owner.
fn assert_refused(output: &Output, words: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("understudy: ") && last.contains(words),
        "{said}"
    );
}

async fn number(connection: &mut SqliteConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn connection(data: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(data.join("understudy.db"))
        .busy_timeout(Duration::from_secs(60));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// The database is whole, and what the jobs count is what is there.
async fn assert_sound(data: &Path) {
    let mut connection = connection(data).await;
    let check: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(check, ["ok"]);
    let untrue = "SELECT count(*) FROM email_learning_jobs AS job
        WHERE processed_emails <> successful_emails + failed_emails
           OR total_emails < processed_emails + skipped_emails
           OR successful_emails <> (SELECT count(*) FROM ledger WHERE job_number = job.number AND message IS NOT NULL)";
    assert_eq!(number(&mut connection, untrue).await, 0);
    let learned = number(&mut connection, "SELECT count(*) FROM messages").await;
    let distinct = "SELECT count(DISTINCT key_hash) FROM messages";
    assert_eq!(number(&mut connection, distinct).await, learned);
    let ledger = "SELECT count(*) FROM ledger WHERE message IS NOT NULL";
    assert_eq!(number(&mut connection, ledger).await, learned);
    connection.close().await.unwrap();
}

async fn assert_all_learned(data: &Path) {
    assert_sound(data).await;
    let mut connection = connection(data).await;
    let learned = number(&mut connection, "SELECT count(*) FROM messages").await;
    assert_eq!(learned, MAILS);
    connection.close().await.unwrap();
}

/// Whether strace can be used here: it needs leave to trace.
fn can_trace() -> bool {
    let tried = Command::new("strace").args(STRACE).arg("true").output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("strace cannot be used here: this fault is not tested");
    }
    can
}

/// The program says so when its disk fails it, and goes on where it was when the disk is well again.
async fn a_fault_is_told_and_nothing_is_lost(calls: &str, fault: &str, words: &str) {
    if !can_trace() {
        return;
    }
    let home = Home::new();
    // The schema is laid before anything fails.
    assert!(home.understudy(&["jobs"]).status.success());
    let output = home.with_fault(calls, fault, &["learn", "--sample", "--batch", "100"]);
    assert_refused(&output, words);
    assert_sound(&home.path("data")).await;
    home.goes_on_and_completes().await;
}

#[tokio::test]
async fn a_disk_that_is_full_in_a_commit() {
    a_fault_is_told_and_nothing_is_lost("pwrite64", "error=ENOSPC:when=60+", "the disk is full")
        .await;
}

#[tokio::test]
async fn a_disk_that_cannot_be_written() {
    a_fault_is_told_and_nothing_is_lost("pwrite64", "error=EIO:when=60+", "the disk fails").await;
}

#[tokio::test]
async fn a_disk_that_loses_what_it_was_to_keep() {
    a_fault_is_told_and_nothing_is_lost("fsync,fdatasync", "error=EIO:when=3+", "the disk fails")
        .await;
}

#[tokio::test]
async fn a_disk_that_cannot_be_read() {
    a_fault_is_told_and_nothing_is_lost("pread64", "error=EIO:when=40+", "disk").await;
}

#[tokio::test]
async fn a_disk_that_is_full_for_a_moment_does_not_end_the_job() {
    if !can_trace() {
        return;
    }
    let home = Home::new();
    assert!(home.understudy(&["jobs"]).status.success());
    // So late that many batches are committed before, and that the next connection has fewer writes to do.
    let moment = "error=ENOSPC:when=1200..1202";
    let output = home.with_fault("pwrite64", moment, &["learn", "--sample", "--batch", "10"]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("a batch could not be committed"), "{said}");
    assert_all_learned(&home.path("data")).await;
}

/// A disk of its own under the data folder, seen only by who is in its namespace. It goes away with its keeper, which
/// ends when nobody holds its standard input any more.
struct Disk {
    keeper: Child,
    target: String,
}

impl Disk {
    /// `None` where the system does not let anybody make namespaces. `lay` is a line of shell with the data folder
    /// as `$1`.
    fn lay(home: &Home, lay: &str) -> Option<Self> {
        let data = home.path("data");
        std::fs::create_dir_all(&data).unwrap();
        let mut keeper = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
            .arg(format!("{lay} && echo laid && exec cat"))
            .arg("sh")
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut laid = String::new();
        BufReader::new(keeper.stdout.take()?)
            .read_line(&mut laid)
            .ok()?;
        if laid != "laid\n" {
            eprintln!("no namespace can be made here: this fault is not tested");
            return None;
        }
        let target = keeper.id().to_string();
        Some(Self { keeper, target })
    }

    fn enter(&self) -> Vec<&str> {
        vec![
            "nsenter",
            "--preserve-credentials",
            "--user",
            "--mount",
            "--target",
            &self.target,
            "--",
        ]
    }

    /// Makes a full disk larger.
    fn grow(&self, home: &Home) {
        let enter = self.enter();
        let mut remount = Command::new(enter[0]);
        remount
            .args(&enter[1..])
            .args(["mount", "-o", "remount,size=64M"]);
        assert!(remount.arg(home.path("data")).status().unwrap().success());
    }

    /// Copies the disk to where everybody can look at it.
    fn copy(&self, home: &Home) -> PathBuf {
        let enter = self.enter();
        let copy = home.path("copy");
        let _ = std::fs::remove_dir_all(&copy);
        let mut cp = Command::new(enter[0]);
        cp.args(&enter[1..])
            .arg("cp")
            .arg("-r")
            .args([&home.path("data"), &copy]);
        assert!(cp.status().unwrap().success());
        copy
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

#[tokio::test]
async fn a_disk_that_runs_full_keeps_what_was_learned_and_takes_the_rest_when_there_is_space() {
    let home = Home::new();
    let Some(disk) = Disk::lay(&home, r#"mount -t tmpfs -o size=3M tmpfs "$1""#) else {
        return;
    };
    let learn = ["learn", "--sample", "--batch", "20", "--json"];
    let run = || home.by_way_of(&disk.enter(), &learn).output().unwrap();
    assert_refused(&run(), "the disk is full");
    let copy = disk.copy(&home);
    assert_sound(&copy).await;
    let learned = number(
        &mut connection(&copy).await,
        "SELECT count(*) FROM messages",
    )
    .await;
    assert!(0 < learned && learned < MAILS, "{learned}");
    assert_refused(&run(), "the disk is full");
    disk.grow(&home);
    let output = run();
    assert!(output.status.success(), "{}", said(&output));
    assert_all_learned(&disk.copy(&home)).await;
}

#[tokio::test]
async fn a_disk_that_was_full_from_the_beginning() {
    let home = Home::new();
    let fill = r#"mount -t tmpfs -o size=1M tmpfs "$1" && { cat /dev/zero > "$1/filler" || true; } 2> /dev/null"#;
    let Some(disk) = Disk::lay(&home, fill) else {
        return;
    };
    let output = home.by_way_of(&disk.enter(), &["jobs"]).output().unwrap();
    assert_refused(&output, "the disk is full");
    disk.grow(&home);
    let output = home.by_way_of(&disk.enter(), &["jobs"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn work_goes_on_by_itself_when_a_full_disk_has_space_again() {
    let home = Home::new();
    let laid = home.path("laid");
    queue_the_sample(&laid).await;
    let copy = format!(
        r#"mount -t tmpfs -o size=1M tmpfs "$1" && cp {}/understudy.db "$1""#,
        laid.display()
    );
    let Some(disk) = Disk::lay(&home, &copy) else {
        return;
    };
    let mut work = home
        .by_way_of(&disk.enter(), &["work"])
        .env("RUST_LOG", "understudy_core=info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(work.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(
        lines.any(|line| line.contains("the database failed a job")),
        "it was full"
    );
    disk.grow(&home);
    let told = lines.find(|line| line.starts_with("Job 1 ") && line.contains(": completed, "));
    assert!(told.is_some(), "it went on by itself");
    let interrupt = Command::new("kill")
        .args(["-INT", &work.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    lines.for_each(drop);
    assert!(work.wait().unwrap().success());
    assert_all_learned(&disk.copy(&home)).await;
}

/// Makes a data folder in which somebody has asked for the sample, and nobody has begun.
async fn queue_the_sample(data: &Path) {
    let db = Db::open(data).await.unwrap();
    let request = Request {
        paths: vec![sample::lay(data).unwrap()],
        // Many commits need more space than a few large ones.
        options: Options {
            batch: Some(20),
            ..Options::default()
        },
        ..Request::default()
    };
    ask(&db, &Clock::System, request).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn a_folder_that_is_read_only() {
    let home = Home::new();
    assert!(
        home.understudy(&["learn", "--sample", "--most", "50"])
            .status
            .success()
    );
    let mount = r#"mount --bind "$1" "$1" && mount -o remount,ro,bind "$1""#;
    let Some(disk) = Disk::lay(&home, mount) else {
        return;
    };
    let learn = home
        .by_way_of(&disk.enter(), &["learn", "--sample"])
        .output()
        .unwrap();
    assert_refused(&learn, "--data-dir");
    drop(disk);
    assert_sound(&home.path("data")).await;
    home.goes_on_and_completes().await;
}

/// Holds the database as another program does that writes in it.
async fn hold(data: &Path) -> SqliteConnection {
    let mut other = connection(data).await;
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    other
}

async fn let_go(mut other: SqliteConnection) {
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

/// Whether tests may take minutes.
fn has_time() -> bool {
    std::env::var_os("UNDERSTUDY_LONG_TESTS").is_some()
}

#[tokio::test]
async fn a_database_that_another_holds_is_waited_for() {
    let home = Home::new();
    assert!(home.understudy(&["jobs"]).status.success());
    let other = hold(&home.path("data")).await;
    let mut learn = home
        .by_way_of(&[], &["learn", "--sample"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(learn.try_wait().unwrap().is_none(), "it waits");
    let_go(other).await;
    assert!(learn.wait().unwrap().success());
    assert_all_learned(&home.path("data")).await;
}

#[tokio::test]
async fn a_database_that_another_never_lets_go_is_told_before_anything_is_begun() {
    if !has_time() {
        return;
    }
    let home = Home::new();
    assert!(home.understudy(&["jobs"]).status.success());
    let other = hold(&home.path("data")).await;
    let output = home.understudy(&["learn", "--sample"]);
    assert_refused(&output, "in use by another program");
    let_go(other).await;
    home.goes_on_and_completes().await;
}

#[tokio::test]
async fn a_database_that_another_holds_for_long_in_the_midst_of_a_job_is_waited_for() {
    if !has_time() {
        return;
    }
    let home = Home::new();
    let mut learn = home
        .by_way_of(&[], &["learn", "--sample", "--batch", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(learn.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(" %: ") {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it learns");
    }
    let mut other = hold(&home.path("data")).await;
    let learned = number(&mut other, "SELECT count(*) FROM messages").await;
    assert!(learned < MAILS, "it was held too late");
    // Longer than anybody waits for one transaction: the batch is tried again.
    tokio::time::sleep(Duration::from_secs(35)).await;
    assert!(learn.try_wait().unwrap().is_none(), "it waits");
    let_go(other).await;
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(learn.wait().unwrap().success(), "{rest}");
    assert_all_learned(&home.path("data")).await;
}
