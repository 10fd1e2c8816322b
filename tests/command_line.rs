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
