//! The progress of a job on standard error: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;
use understudy_core::jobs::progress::{Progress, Snapshot, Stage};

use crate::{out, words};

/// Redrawn so often; the job itself is never slowed by it.
const TICK: Duration = Duration::from_millis(100);

/// Without a terminal a line is said at each so many hundredths.
const STEP: i64 = 10;

/// Shows the job until nobody can report on it any more.
pub(crate) async fn show(progress: Progress, number: i64, mut over: watch::Receiver<bool>) {
    let mut face = Face::new();
    let mut looks = progress.watch();
    let mut tick = tokio::time::interval(TICK);
    loop {
        let shown = looks.borrow_and_update().get(&number).cloned();
        if let Some(snapshot) = &shown {
            face.draw(snapshot);
        }
        tokio::select! {
            _ = over.changed() => break,
            _ = tick.tick() => {}
        }
    }
    face.end();
}

enum Face {
    Bar(ProgressBar),
    Lines { told: i64 },
}

impl Face {
    fn new() -> Self {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0);
            bar.set_style(
                ProgressStyle::with_template("{bar:32.cyan/dim} {percent:>3}%  {pos}/{len}  {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            Self::Bar(bar)
        } else {
            Self::Lines { told: 0 }
        }
    }

    fn draw(&mut self, snapshot: &Snapshot) {
        let counts = snapshot.job.counts;
        let done = counts.processed() + counts.skipped;
        match self {
            Self::Bar(bar) => {
                bar.set_length(counts.total.unsigned_abs());
                bar.set_position(done.unsigned_abs());
                bar.set_message(message(snapshot));
            }
            Self::Lines { told } => {
                let share = done * 100 / counts.total.max(1);
                if snapshot.stage == Some(Stage::Learning) && share >= *told + STEP && share < 100 {
                    *told = share - share % STEP;
                    let done = format!(
                        "{told} %: {} of {}",
                        words::number(done),
                        words::counted(counts.total, "mail")
                    );
                    let speed = message(snapshot);
                    out::say(
                        [done, speed]
                            .into_iter()
                            .filter(|part| !part.is_empty())
                            .collect::<Vec<_>>()
                            .join(", "),
                    );
                }
            }
        }
    }

    fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn message(snapshot: &Snapshot) -> String {
    match snapshot.stage {
        Some(Stage::Finding) => {
            format!("looking through {}", words::counted(snapshot.found, "mail"))
        }
        Some(Stage::Settling) => "merging what was asked more than once".to_owned(),
        Some(Stage::Learning) => {
            let speed = snapshot
                .mails_per_second
                .map(|speed| format!("{} mails/s", words::number(speed.round() as i64)));
            let left = snapshot.seconds_left.map(words::left);
            [speed, left]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ")
        }
        None => String::new(),
    }
}
