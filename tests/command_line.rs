//! The command line from outside: what a person types, and what they get.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A home of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn understudy(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_understudy"))
            .args(arguments)
            .arg("--data-dir")
            .arg(self.path("data"))
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let output = self.understudy(&arguments);
        assert!(output.status.success(), "{}", said(&output));
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What it says when it refuses; it must say it and fail.
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.understudy(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(output.stdout.is_empty());
        said(&output)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mail(subject: &str, text: &str) -> String {
    format!(
        "From: Rosa Quint <rosa@quint.example>\nTo: hallo@kranich-taschen.example\nSubject: {subject}\n\
         Message-ID: <new@quint.example>\nDate: Mon, 31 Aug 2026 10:00:00 +0200\n\n{text}\n"
    )
}

#[test]
fn the_sample_is_learned_once_and_only_once() {
    let home = Home::new();
    let first = &home.json(&["learn", "--sample"])[0];
    assert_eq!(first["status"], "completed");
    assert_eq!(first["total_emails"], 404);
    assert_eq!(first["successful_emails"], 402);
    assert_eq!(first["skipped_emails"], 2, "two mails are in it twice");
    assert_eq!(first["pairs"], 148);
    let again = &home.json(&["learn", "--sample"])[0];
    assert_eq!(again["processed_emails"], 0);
    assert_eq!(again["skipped_emails"], 404);
    assert_eq!(
        (&again["pairs"], &again["patterns"]),
        (&first["pairs"], &first["patterns"])
    );
    assert_eq!(home.json(&["jobs"]).len(), 2);
}

#[test]
fn the_owner_is_found_and_named() {
    let home = Home::new();
    let output = home.understudy(&["learn", "--sample"]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        words.contains("You are      hallo@kranich-taschen.example, marta@kranich-taschen.example"),
        "{words}"
    );
}

#[test]
fn a_question_gets_the_owners_own_answer_with_its_evidence() {
    let home = Home::new();
    home.json(&["learn", "--sample"]);
    let question = home.file(
        "q.eml",
        mail(
            "Öffnungszeiten am Samstag?",
            "Hallo, habt ihr die Werkstatt samstags offen, und wie lange?",
        ),
    );
    let answers = &home.json(&["answer", question.to_str().unwrap()])[0]["answers"];
    let best = &answers[0];
    assert!(
        best["text"].as_str().unwrap().contains("10 bis 13"),
        "{answers:#}"
    );
    assert!((0.0..1.0).contains(&best["confidence"].as_f64().unwrap()));
    let evidence = &best["evidence"][0];
    for field in ["message_id", "date", "to", "subject"] {
        assert!(!evidence[field].as_str().unwrap().is_empty(), "{field}");
    }
}

#[test]
fn what_was_never_answered_gets_no_answer() {
    let home = Home::new();
    home.json(&["learn", "--sample"]);
    let question = home.file(
        "q.eml",
        mail(
            "Quantum chromodynamics seminar",
            "Could you referee our manuscript on lattice gauge theory?",
        ),
    );
    assert_eq!(
        home.json(&["answer", question.to_str().unwrap()])[0]["answers"],
        Value::Array(Vec::new())
    );
}

#[test]
fn an_empty_database_answers_with_nothing() {
    let home = Home::new();
    let question = home.file("q.eml", mail("Anything", "at all?"));
    assert!(home.json(&["jobs"]).is_empty());
    assert!(home.json(&["patterns"]).is_empty());
    assert_eq!(
        home.json(&["answer", question.to_str().unwrap()])[0]["answers"],
        Value::Array(Vec::new())
    );
}

#[test]
fn bad_input_is_refused_in_words_and_changes_nothing() {
    let home = Home::new();
    let jpeg = home.file("cat.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF");
    let notes = home.file("notes/todo.txt", "Note: buy milk\n");
    let cases: [(&Path, &str); 3] = [
        (Path::new("/no/such/mailbox"), "no file or folder"),
        (&jpeg, "looks like a JPEG picture"),
        (notes.parent().unwrap(), "no mail in"),
    ];
    for (path, words) in cases {
        let refusal = home.refusal(&["learn", path.to_str().unwrap()]);
        assert!(refusal.contains(words), "{refusal}");
        assert_eq!(refusal.lines().count(), 1, "one sentence: {refusal}");
    }
    assert!(!home.path("data").exists(), "a refusal leaves no trace");
}

#[test]
fn a_foreign_database_is_refused_and_left_as_it_is() {
    let home = Home::new();
    let database = home.file(
        "data/understudy.db",
        "This is no database, it is a letter.".repeat(100),
    );
    let before = std::fs::read(&database).unwrap();
    let refusal = home.refusal(&["learn", "--sample"]);
    assert!(
        refusal.contains("is not an Understudy database"),
        "{refusal}"
    );
    assert_eq!(std::fs::read(&database).unwrap(), before);
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let home = Home::new();
    assert_eq!(home.understudy(&["learn"]).status.code(), Some(2));
    assert_eq!(
        home.understudy(&["learn", "--sample", "--most", "0"])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(
        home.understudy(&["learn", "x", "--me", "nobody"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn options_choose_the_mails() {
    let home = Home::new();
    let newest = &home.json(&["learn", "--sample", "--most", "50"])[0];
    assert_eq!(newest["total_emails"], 50);
    let rest = &home.json(&["learn", "--sample"])[0];
    assert_eq!(rest["total_emails"], 404);
    assert!(rest["skipped_emails"].as_i64().unwrap() >= 50);
    let other = Home::new();
    let sent = &other.json(&["learn", "--sample", "--kind", "sent"])[0];
    assert_eq!(sent["total_emails"], 160);
    let excluded = Home::new();
    let few = &excluded.json(&["learn", "--sample", "--exclude", "example"])[0];
    assert_eq!(few["total_emails"], 0);
}

#[test]
fn completions_are_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(["completions", "bash"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("_understudy")
    );
}

#[test]
fn a_job_is_shown_with_its_events_and_the_mails_that_failed() {
    let home = Home::new();
    let mails = home.path("mails");
    home.file("mails/good.eml", mail("Hello", "Words."));
    home.file("mails/empty.eml", "");
    home.file(
        "mails/other.eml",
        mail("Hello again", "Other words.").replace("<new", "<newer"),
    );
    home.json(&[
        "learn",
        mails.to_str().unwrap(),
        "--me",
        "hallo@kranich-taschen.example",
    ]);
    let shown = &home.json(&["jobs", "show", "1"])[0];
    assert_eq!(shown["status"], "completed");
    let events = shown["events"].as_array().unwrap();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["queued", "started", "completed"]);
    assert_eq!(
        shown["failures"].as_array().unwrap().len() as i64,
        shown["failed_emails"].as_i64().unwrap()
    );
    let by_id = &home.json(&["jobs", "show", shown["job_id"].as_str().unwrap()])[0];
    assert_eq!(by_id["number"], 1);
    let figures = &home.json(&["jobs", "figures"])[0];
    assert_eq!(figures["learned"], shown["successful_emails"]);
    assert_eq!(figures["jobs"], 1);
}

#[test]
fn a_job_that_is_over_is_not_steered_but_may_be_run_again_and_forgotten() {
    let home = Home::new();
    home.json(&["learn", "--sample"]);
    for word in ["pause", "resume", "cancel"] {
        let refusal = home.refusal(&["jobs", word, "1"]);
        assert!(refusal.contains("job 1 is completed already"), "{refusal}");
    }
    let refusal = home.refusal(&["jobs", "retry", "1"]);
    assert!(refusal.contains("nothing to try again"), "{refusal}");
    let refusal = home.refusal(&["jobs", "show", "7"]);
    assert!(refusal.contains("there is no job 7"), "{refusal}");
    let again = &home.json(&["jobs", "again", "1"])[0];
    assert_eq!(
        (&again["skipped_emails"], &again["status"]),
        (&404.into(), &"completed".into())
    );
    assert_eq!(
        home.json(&["jobs", "prune", "--keep-jobs", "1"])[0]["forgotten"],
        1
    );
    assert_eq!(home.json(&["jobs", "list"]).len(), 1);
    assert_eq!(
        home.json(&["patterns"]).len() as i64,
        again["patterns"].as_i64().unwrap()
    );
}

#[test]
fn schedules_are_made_listed_and_removed() {
    let home = Home::new();
    let refusal = home.refusal(&["schedule", "add", "mail", "--daily", "07:30"]);
    assert!(refusal.contains("Learn one first"), "{refusal}");
    home.json(&["learn", "--sample"]);
    let account = home.json(&["jobs"])[0]["account"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = &home.json(&["schedule", "add", &account, "--weekly", "mon,thu 07:30"])[0];
    assert_eq!(made["words"], "every Monday and Thursday at 07:30");
    assert!(made["next_run_at"].is_string());
    assert_eq!(home.json(&["schedule", "list"]).len(), 1);
    home.json(&["schedule", "remove", &made["id"].to_string()]);
    assert!(home.json(&["schedule", "list"]).is_empty());
    let refusal = home.refusal(&["schedule", "remove", "1"]);
    assert!(refusal.contains("there is no schedule 1"), "{refusal}");
    let wrong = home.understudy(&["schedule", "add", &account, "--cron", "61 * * * *"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
}

/// Waits until the listed job is as wanted; a program that never gets there fails the test.
fn until(home: &Home, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut looks = (0..600).map(|_| home.json(&["jobs"]));
    let found = looks.find_map(|jobs| jobs.into_iter().find(|job| wanted(job)));
    found.unwrap_or_else(|| unreachable!("{:#?}", home.json(&["jobs"])))
}

#[test]
fn a_job_that_another_process_runs_is_paused_resumed_and_cancelled() {
    let home = Home::new();
    let mails: String = (0..6_000)
        .map(|number| {
            format!(
                "From nobody Thu Aug 22 12:36:23 2002\nFrom: ann@mail.example\nTo: me@shop.example\n\
                 Message-ID: <{number}@mail.example>\nDate: Fri, 01 May 2026 10:00:00 +0000\n\nWords {number}.\n\n"
            )
        })
        .collect();
    let mbox = home.file("all.mbox", mails);
    let learn = [
        "learn",
        mbox.to_str().unwrap(),
        "--me",
        "me@shop.example",
        "--most",
        "100000",
        "--batch",
        "1",
    ];
    let mut runner = Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(learn)
        .arg("--data-dir")
        .arg(home.path("data"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until(&home, |job| job["successful_emails"].as_i64() > Some(0));
    let paused = &home.json(&["jobs", "pause", "1"])[0];
    assert_eq!(paused["status"], "paused");
    // Paused, the program that ran it has no more to do.
    assert_eq!(runner.wait().unwrap().code(), Some(1));
    let mut runner = Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(["jobs", "resume", "1", "--data-dir"])
        .arg(home.path("data"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until(&home, |job| job["status"] == "processing");
    let cancelled = &home.json(&["jobs", "cancel", "1"])[0];
    assert_eq!(cancelled["status"], "cancelled");
    let counts = |name: &str| cancelled[name].as_i64().unwrap();
    assert_eq!(
        counts("processed_emails"),
        counts("successful_emails") + counts("failed_emails")
    );
    assert!(counts("processed_emails") < 6_000);
    runner.wait().unwrap();
}
