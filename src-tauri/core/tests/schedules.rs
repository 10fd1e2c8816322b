//! Schedules in Berlin: each time comes once, whatever becomes of the clock, the app and the season.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeZone};
use chrono_tz::Europe::Berlin;
use rig::{Folder, end, ended, finished, mail};
use understudy_core::clock::{Clock, DAY, HandClock, Millis};
use understudy_core::db::Db;
use understudy_core::jobs::change::{Change, transition};
use understudy_core::jobs::job::{Options, Priority, Status};
use understudy_core::jobs::queue::{self, NewJob};
use understudy_core::jobs::rule::Rule;
use understudy_core::jobs::schedule::{self, NewSchedule};
use understudy_core::jobs::{Request, steer};
use understudy_core::learn::local::LocalLearner;
use understudy_core::mail::account;

const HOUR: Millis = 60 * 60 * 1000;

/// A time on the wall in Berlin; where it comes twice, the first.
fn at(text: &str) -> Millis {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Berlin
        .from_local_datetime(&wall)
        .earliest()
        .unwrap()
        .timestamp_millis()
}

/// As the wall in Berlin shows it.
fn shown(time: Millis) -> String {
    let time = DateTime::from_timestamp_millis(time).unwrap();
    time.with_timezone(&Berlin)
        .format("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// The app of one owner with one mailbox, opened and closed.
struct App {
    folder: Folder,
    db: Db,
    hand: HandClock,
    clock: Clock,
}

impl App {
    async fn opened(text: &str) -> Self {
        let folder = Folder::in_memory();
        let hand = HandClock::at(at(text), Berlin);
        let db = folder.db().await;
        let mut tx = db.write().await.unwrap();
        let account = account::at_places(&mut tx, Some("mail"), &[], hand_now(&hand)).await;
        assert_eq!(account.unwrap().id, 1);
        tx.commit().await.unwrap();
        let clock = Clock::Hand(hand.clone());
        Self {
            folder,
            db,
            hand,
            clock,
        }
    }

    async fn schedule(&self, rule: &Rule) -> i64 {
        let mut tx = self.db.write().await.unwrap();
        let new = NewSchedule {
            account: 1,
            rule,
            options: &Options::default(),
            priority: Priority::Normal,
            window_ms: schedule::WINDOW,
        };
        let id = schedule::add(&mut tx, &new, &self.clock).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Looks once, as the engine does.
    async fn look(&self) {
        if schedule::is_due(self.db.read(), &self.clock).await.unwrap() {
            fire(&self.db, &self.clock).await;
        }
    }

    /// Brings every job to its end.
    async fn finish(&self) {
        for job in queue::unfinished(self.db.read()).await.unwrap() {
            steer::cancel(&self.db, job.number, &self.clock)
                .await
                .unwrap();
        }
    }

    /// Lets time pass while the app is open: it looks every ten minutes, and jobs are done by then.
    async fn open_until(&self, text: &str) {
        while self.clock.now() < at(text) {
            self.hand.pass(Duration::from_secs(10 * 60));
            self.look().await;
            self.finish().await;
        }
    }

    /// Lets time pass while the app is closed, and opens it then.
    async fn closed_until(&mut self, text: &str) {
        self.db.close().await;
        let time = u64::try_from(at(text) - self.clock.now()).unwrap();
        self.hand.pass(Duration::from_millis(time));
        self.db = self.folder.db().await;
    }

    fn set(&self, text: &str) {
        self.hand.set(at(text));
    }

    /// The times of which jobs were made, in the order of their making.
    async fn made(&self) -> Vec<String> {
        let mut jobs = queue::latest(self.db.read(), 1_000).await.unwrap();
        jobs.reverse();
        jobs.iter()
            .filter_map(|job| job.scheduled_for)
            .map(shown)
            .collect()
    }
}

fn hand_now(hand: &HandClock) -> Millis {
    Clock::Hand(hand.clone()).now()
}

async fn fire(db: &Db, clock: &Clock) {
    let mut tx = db.write().await.unwrap();
    schedule::fire(&mut tx, clock).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_time_comes_once() {
    let app = App::opened("2026-11-23 12:00").await;
    app.schedule(&Rule::daily("07:30").unwrap()).await;
    app.open_until("2026-11-24 07:20").await;
    assert!(app.made().await.is_empty());
    app.open_until("2026-11-25 12:00").await;
    assert_eq!(
        app.made().await,
        ["2026-11-24 07:30 CET", "2026-11-25 07:30 CET"]
    );
}

#[tokio::test]
async fn what_was_missed_for_days_is_made_up_for_once() {
    let mut app = App::opened("2026-11-20 12:00").await;
    app.schedule(&Rule::daily("07:30").unwrap()).await;
    app.closed_until("2026-11-23 12:00").await;
    app.look().await;
    app.finish().await;
    assert_eq!(app.made().await, ["2026-11-23 07:30 CET"]);
    app.open_until("2026-11-24 12:00").await;
    assert_eq!(app.made().await.len(), 2);
}

#[tokio::test]
async fn what_was_missed_for_longer_than_its_window_is_left_to_the_next_time() {
    let mut app = App::opened("2026-11-22 12:00").await;
    app.schedule(&Rule::weekly("mon 07:30").unwrap()).await;
    app.closed_until("2026-11-24 07:40").await;
    app.look().await;
    assert!(app.made().await.is_empty());
    app.open_until("2026-11-30 07:30").await;
    assert_eq!(app.made().await, ["2026-11-30 07:30 CET"]);
}

#[tokio::test]
async fn a_time_that_clocks_leave_out_comes_after_the_gap() {
    let app = App::opened("2026-03-27 12:00").await;
    app.schedule(&Rule::daily("02:30").unwrap()).await;
    app.open_until("2026-03-30 12:00").await;
    assert_eq!(
        app.made().await,
        [
            "2026-03-28 02:30 CET",
            "2026-03-29 03:00 CEST",
            "2026-03-30 02:30 CEST"
        ]
    );
}

#[tokio::test]
async fn a_time_that_clocks_repeat_comes_once() {
    let app = App::opened("2026-10-24 12:00").await;
    app.schedule(&Rule::daily("02:30").unwrap()).await;
    app.open_until("2026-10-26 12:00").await;
    assert_eq!(
        app.made().await,
        ["2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"]
    );
}

#[tokio::test]
async fn hours_are_elapsed_time_in_every_season() {
    for start in ["2026-03-28 12:00", "2026-10-24 12:00"] {
        let app = App::opened(start).await;
        app.schedule(&Rule::every("6h").unwrap()).await;
        while app.clock.now() < at(start) + 2 * DAY {
            app.hand.pass(Duration::from_secs(10 * 60));
            app.look().await;
            app.finish().await;
        }
        let times: Vec<String> = (1..=8)
            .map(|step| shown(at(start) + step * 6 * HOUR))
            .collect();
        assert_eq!(app.made().await, times);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_forward_and_back_repeats_nothing_and_loses_nothing() {
    for rule in [Rule::daily("07:30"), Rule::every("6h")] {
        let app = App::opened("2026-11-23 12:00").await;
        app.schedule(&rule.unwrap()).await;
        app.set("2026-11-24 12:00");
        app.look().await;
        app.finish().await;
        assert_eq!(app.made().await.len(), 1);
        app.set("2026-11-23 12:00");
        app.look().await;
        app.open_until("2026-11-26 12:00").await;
        let mut made = app.made().await;
        made.sort();
        let usual = App::opened("2026-11-23 12:00").await;
        let known = schedule::all(app.db.read()).await.unwrap();
        usual.schedule(&known[0].rule).await;
        usual.open_until("2026-11-26 12:00").await;
        assert_eq!(made, usual.made().await);
    }
}

#[tokio::test]
async fn a_time_that_only_a_wrong_clock_missed_still_comes() {
    for rule in [
        Rule::once("2026-11-24 07:30"),
        Rule::weekly("tue 07:30"),
        Rule::cron("30 7 24 11 *"),
    ] {
        let app = App::opened("2026-11-23 12:00").await;
        app.schedule(&rule.unwrap()).await;
        app.set("2026-11-27 12:00");
        app.look().await;
        assert!(app.made().await.is_empty());
        app.set("2026-11-23 12:00");
        app.open_until("2026-11-26 12:00").await;
        assert_eq!(app.made().await, ["2026-11-24 07:30 CET"]);
    }
}

#[tokio::test]
async fn a_mailbox_with_a_job_needs_no_second_one() {
    for status in [Status::Queued, Status::Processing, Status::Paused] {
        let app = App::opened("2026-11-23 12:00").await;
        app.schedule(&Rule::daily("07:30").unwrap()).await;
        let mut tx = app.db.write().await.unwrap();
        let new = NewJob {
            account: 1,
            options: &Options::default(),
            priority: Priority::Normal,
            retry_of: None,
            scheduled_for: None,
        };
        let number = queue::add(&mut tx, &new, &app.clock).await.unwrap();
        let change = match status {
            Status::Processing => Some(Change::Claim),
            Status::Paused => Some(Change::Pause),
            _ => None,
        };
        if let Some(change) = change {
            transition(&mut tx, number, change, &app.clock)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        app.set("2026-11-24 12:00");
        app.look().await;
        let jobs = queue::latest(app.db.read(), 10).await.unwrap();
        assert_eq!(jobs.len(), 1);
        assert_eq!((jobs[0].number, jobs[0].status), (number, status));
    }
}

#[tokio::test]
async fn a_schedule_that_was_removed_makes_nothing() {
    let app = App::opened("2026-11-23 12:00").await;
    let id = app.schedule(&Rule::daily("07:30").unwrap()).await;
    app.open_until("2026-11-24 12:00").await;
    let mut tx = app.db.write().await.unwrap();
    assert!(schedule::remove(&mut tx, id).await.unwrap());
    assert!(!schedule::remove(&mut tx, id).await.unwrap());
    tx.commit().await.unwrap();
    app.open_until("2026-11-26 12:00").await;
    assert_eq!(
        app.made().await,
        ["2026-11-24 07:30 CET"],
        "what it made stays"
    );
}

#[tokio::test]
async fn two_processes_that_fire_at_once_make_one_job() {
    let app = App::opened("2026-11-23 12:00").await;
    let other = app.folder.db().await;
    app.schedule(&Rule::daily("07:30").unwrap()).await;
    app.set("2026-11-24 07:30");
    tokio::join!(fire(&app.db, &app.clock), fire(&other, &app.clock));
    assert_eq!(app.made().await.len(), 1);
    // Nor does one that comes when the other's job is done already, with a clock that is a little behind.
    app.finish().await;
    app.set("2026-11-24 07:29");
    fire(&other, &app.clock).await;
    app.set("2026-11-24 07:30");
    fire(&other, &app.clock).await;
    assert_eq!(app.made().await.len(), 1);
    other.close().await;
}

#[tokio::test]
async fn a_restart_repeats_nothing_and_loses_nothing() {
    let mut app = App::opened("2026-11-23 12:00").await;
    app.schedule(&Rule::daily("07:30").unwrap()).await;
    app.open_until("2026-11-24 07:30").await;
    app.closed_until("2026-11-24 07:31").await;
    app.look().await;
    assert_eq!(app.made().await.len(), 1);
    app.closed_until("2026-11-25 07:29").await;
    app.open_until("2026-11-25 07:39").await;
    assert_eq!(
        app.made().await,
        ["2026-11-24 07:30 CET", "2026-11-25 07:30 CET"]
    );
}

#[tokio::test]
async fn the_engine_makes_and_runs_what_is_due() {
    let folder = Folder::in_memory();
    let hand = HandClock::at(at("2026-11-23 12:00"), Berlin);
    let clock = Clock::Hand(hand.clone());
    let engine = folder.engine_with(clock.clone(), LocalLearner::new).await;
    let headers = [("From", "ann@mail.example"), ("Message-ID", "<1@mail>")];
    let request = Request {
        paths: vec![folder.file("all.mbox", mail(&headers, "words"))],
        me: vec!["me@shop.example".into()],
        ..Request::default()
    };
    let asked = finished(&engine, request).await.job;
    let mut tx = engine.db().write().await.unwrap();
    let new = NewSchedule {
        account: asked.account_id,
        rule: &Rule::daily("07:30").unwrap(),
        options: &Options::default(),
        priority: Priority::Normal,
        window_ms: schedule::WINDOW,
    };
    schedule::add(&mut tx, &new, &clock).await.unwrap();
    tx.commit().await.unwrap();
    for (days, day) in ["2026-11-24 07:30", "2026-11-25 07:30"].iter().enumerate() {
        let number = asked.number + 1 + i64::try_from(days).unwrap();
        hand.set(at(day));
        engine.nudge();
        let job = ended(&engine, number).await.job;
        assert_eq!(job.status, Status::Completed);
        assert_eq!(job.scheduled_for, Some(at(day)));
        assert_eq!(job.counts.skipped, 1, "it reads the account's own places");
    }
    end(&engine).await;
    assert_eq!(
        folder
            .number("SELECT count(*) FROM email_learning_jobs")
            .await,
        3
    );
}
