//! Hours of work in little time: a thousand jobs over half an hour, some of them paused, resumed and cancelled. Memory
//! stays flat, the write-ahead log bounded, and no descriptor is leaked.
//!
//! Run by `cargo xtask stress soak`; `UNDERSTUDY_SOAK_SECONDS` and `UNDERSTUDY_SOAK_JOBS` make it shorter.

#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]
#![allow(clippy::print_stdout, reason = "says what was measured")]
#![cfg(target_os = "linux")]

mod rig;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rig::{Folder, dice, end, mail, setting};
use understudy_core::clock::Clock;
use understudy_core::jobs::Request;
use understudy_core::jobs::job::Options;
use understudy_core::learn::local::LocalLearner;

const ACCOUNTS: u64 = 6;
const MAILS: u64 = 400;
const ME: &str = "me@shop.example";
const ALSO_ME: &str = "ann@shop.example";

/// Looks of the warm-up, in which caches and pools grow to their size.
const WARM_UP: usize = 3;
const LOOKS: u64 = 30;

fn mailbox(account: u64) -> String {
    (0..MAILS)
        .map(|number| {
            let mine = number % 4 == 3;
            let (from, to) = if mine {
                (ME, "x@mail.example")
            } else {
                ("x@mail.example", ME)
            };
            let id = format!("<{account}.{number}@mail.example>");
            let parent = format!("<{account}.{}@mail.example>", number - u64::from(mine));
            let mut headers = vec![
                ("From", from),
                ("To", to),
                ("Message-ID", id.as_str()),
                ("Date", "Fri, 01 May 2026 10:00:00 +0000"),
            ];
            if mine {
                headers.push(("In-Reply-To", parent.as_str()));
            }
            let thing = dice(account * MAILS + number / 4, 1 << 40);
            mail(
                &headers,
                &format!("Words about thing {thing:x}, mail {number}."),
            )
        })
        .collect()
}

/// What the process holds.
#[derive(Clone, Copy, Debug)]
struct Look {
    resident_mib: u64,
    descriptors: usize,
    log_mib: u64,
}

fn look(data: &Path) -> Look {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kib: u64 = resident.split_whitespace().next().unwrap().parse().unwrap();
    let log = std::fs::metadata(data.join("understudy.db-wal")).map_or(0, |file| file.len());
    Look {
        resident_mib: kib / 1024,
        descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
        log_mib: log / (1 << 20),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "half an hour long"]
async fn a_thousand_jobs_leave_nothing_behind() {
    let clock = Clock::System;
    let seconds = setting("UNDERSTUDY_SOAK_SECONDS", 30 * 60);
    let jobs = setting("UNDERSTUDY_SOAK_JOBS", 1000);
    let folder = Folder::new();
    let mboxes: Vec<PathBuf> = (0..ACCOUNTS)
        .map(|account| folder.file(&format!("{account}.mbox"), mailbox(account)))
        .collect();
    let engine = folder.engine_with(clock.clone(), LocalLearner::new).await;
    let began = clock.elapsed();
    let mut looks = Vec::new();
    for number in 0..jobs {
        let due = Duration::from_secs_f64(seconds as f64 * number as f64 / jobs as f64);
        clock
            .sleep((began + due).saturating_sub(clock.elapsed()))
            .await;
        let account = number % ACCOUNTS;
        // Another owner each time: everything is learned again.
        let me = match number / ACCOUNTS % 2 {
            0 => vec![ME.into()],
            _ => vec![ME.into(), ALSO_ME.into()],
        };
        let request = Request {
            paths: vec![mboxes[account as usize].clone()],
            account: Some(format!("account {account}")),
            me,
            options: Options::default(),
            ..Request::default()
        };
        let asked = engine.ask(request).await.unwrap().number;
        match dice(number, 10) {
            0 => drop(engine.cancel(asked).await),
            1 => {
                let _ = engine.pause(asked).await;
                let _ = engine.resume(asked).await;
            }
            _ => {}
        }
        if number % (jobs / LOOKS).max(1) == 0 {
            let now = look(&folder.data());
            println!(
                "{:>4} jobs, {:>5.0} s: {} MiB resident, {} descriptors, log of {} MiB",
                number,
                (clock.elapsed() - began).as_secs_f64(),
                now.resident_mib,
                now.descriptors,
                now.log_mib
            );
            looks.push(now);
        }
    }
    end(&engine).await;
    let made = folder
        .number("SELECT count(*) FROM email_learning_jobs")
        .await;
    let learned = folder
        .number("SELECT sum(successful_emails) FROM email_learning_jobs")
        .await;
    println!("{made} jobs learned {learned} mails");
    let warm = &looks[WARM_UP.min(looks.len() - 1)];
    let last = looks.last().unwrap();
    let most = |of: fn(&Look) -> u64| looks.iter().map(of).max().unwrap();
    assert!(
        last.resident_mib <= warm.resident_mib * 5 / 4 + 16,
        "{warm:?} grew to {last:?}"
    );
    assert!(
        last.descriptors <= warm.descriptors + 4,
        "{warm:?} {last:?}"
    );
    // 16,384 pages, after which SQLite moves them into the file, and what is committed meanwhile.
    assert!(most(|look| look.log_mib) <= 128, "{looks:?}");
}
