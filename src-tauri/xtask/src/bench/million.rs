//! The long run: a million mails, made from the real ones with new ids. Does it keep its speed, and how much memory and
//! disk does it take?

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::corpus::{Corpus, empty, written};
use super::facts::Facts;
use super::{mails, measure};
use crate::programs;
use crate::stopwatch::{Stopwatch, said};

/// A look at the job takes a few milliseconds of another process; so many of them cost next to nothing in a long run.
fn between_looks(mails: u32) -> Duration {
    Duration::from_millis(u64::from(mails / 2000).clamp(50, 500))
}

/// Tenths read from fewer looks would be guessed.
const FEWEST_LOOKS: usize = 10;

/// A mail takes about so many bytes in the mbox …
const MBOX_BYTES: u64 = 5_450;

/// … and is granted so many for what is learned from it.
const LEARNED_BYTES: u64 = 3_000;

/// From one mail to the next, in minutes: a million mails are some twenty years of a busy mailbox.
const MINUTES_APART: u64 = 10;

/// Learns a mailbox of so many mails, and prints what it took.
pub(super) fn run(count: u32, corpus: &Corpus, understudy: &Path) -> anyhow::Result<()> {
    let mbox = write(count, corpus)?;
    let folder = corpus.folder.join("run").join("million");
    empty(&folder)?;
    println!("\nLearning {count} mails");
    let log = corpus.folder.join("run").join("million-log");
    let watch = Stopwatch::start();
    let (lap, looks) = learn(count, &mbox, &folder, understudy, &log, &watch)?;
    let facts = Facts::checked(&log.with_extension("out"), count.into())?;
    println!("{}", facts.said());
    let (mails, seconds) = (f64::from(count), lap.wall.as_secs_f64());
    println!(
        "overall       {:>9.0} mails/s, {} in all",
        mails / seconds,
        said(lap.wall)
    );
    let phases = Phases::seen(&looks, facts.processed as f64);
    match &phases {
        Some(phases) => phases.print(lap.wall),
        None => println!("first and last tenth: too short a run to be seen; take more mails"),
    }
    println!("CPU           {:>9.1} s", lap.cpu.as_secs_f64());
    println!(
        "peak memory   {:>9.0} MiB",
        lap.peak as f64 / 1024.0 / 1024.0
    );
    let size = size_of(&folder)? as f64;
    println!(
        "data folder   {:>9.0} MiB, {:.0} bytes a mail",
        size / 1024.0 / 1024.0,
        size / mails
    );
    Ok(())
}

/// The mailbox, written where it is not there yet. Each round over the corpus has ids of its own, and comes after the
/// one before: the corpus's own dates would sort its kinds of mail apart, and a tenth of the newest would be other mail
/// than a tenth of the oldest.
fn write(count: u32, corpus: &Corpus) -> anyhow::Result<PathBuf> {
    let name = match count {
        1_000_000 => "million-in-time.mbox".to_owned(),
        _ => format!("{count}-in-time.mbox"),
    };
    let mbox = corpus.folder.join(name);
    let each = LEARNED_BYTES + if mbox.exists() { 0 } else { MBOX_BYTES };
    ensure_free(&corpus.folder, u64::from(count) * each)?;
    written(&mbox, |part| {
        let mut out = BufWriter::with_capacity(1 << 18, File::create(part)?);
        let mut left = count;
        let mut round = 0;
        while left > 0 {
            let suffix = format!(".r{round}");
            corpus.each(|number, postmark, mail| {
                if left > 0 {
                    let date = mails::date_after(u64::from(count - left) * MINUTES_APART);
                    let new = mails::with_new_ids(mail, &suffix, &number.to_string(), &date);
                    mails::write_to_mbox(&mut out, postmark, &new)?;
                    left -= 1;
                }
                Ok(())
            })?;
            round += 1;
        }
        Ok(out.flush()?)
    })?;
    Ok(mbox)
}

/// Fails where the disk has not that much room. Where there is no `df`, writing itself tells.
fn ensure_free(folder: &Path, bytes: u64) -> anyhow::Result<()> {
    if programs::on_path("df").is_none() {
        return Ok(());
    }
    let told = programs::output(Command::new("df").arg("-Pk").arg(folder))?;
    let free = told
        .lines()
        .next_back()
        .and_then(|line| line.split_whitespace().nth(3))
        .and_then(|kib| kib.parse::<u64>().ok())
        .context("df prints its figures in another way here")?
        * 1024;
    if free < bytes {
        bail!(
            "{} has {} MiB free, and this takes {} MiB. Make room, or take fewer mails with --mails",
            folder.display(),
            free >> 20,
            bytes >> 20
        );
    }
    Ok(())
}

/// A look at the running job.
#[derive(Clone, Copy, Debug)]
struct Look {
    seconds: f64,
    processed: f64,
    total: f64,
}

fn learn(
    count: u32,
    mbox: &Path,
    folder: &Path,
    understudy: &Path,
    log: &Path,
    watch: &Stopwatch,
) -> anyhow::Result<(measure::Lap, Vec<Look>)> {
    let mut learn = Command::new(understudy);
    learn
        .arg("learn")
        .arg(mbox)
        .args(["--most", &count.to_string(), "--json", "--data-dir"])
        .arg(folder);
    let (over, ends) = mpsc::channel();
    let log = log.to_path_buf();
    std::thread::spawn(move || {
        // Nobody listens only where we are gone ourselves.
        let _ = over.send(measure::lap(&mut learn, &log));
    });
    let mut looks = Vec::new();
    loop {
        match ends.recv_timeout(between_looks(count)) {
            Ok(lap) => {
                let lap = lap?;
                looks.push(Look {
                    seconds: lap.wall.as_secs_f64(),
                    processed: count.into(),
                    total: count.into(),
                });
                return Ok((lap, looks));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => looks.extend(look(folder, understudy, watch)),
            Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the run was not waited for"),
        }
    }
}

/// The job's counters, read from the database by another process, as a second window would.
fn look(folder: &Path, understudy: &Path, watch: &Stopwatch) -> Option<Look> {
    let jobs = Command::new(understudy)
        .args(["jobs", "--json", "--data-dir"])
        .arg(folder)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let seconds = watch.elapsed().as_secs_f64();
    let job: Value =
        serde_json::from_slice(jobs.stdout.split(|byte| *byte == b'\n').next()?).ok()?;
    Some(Look {
        seconds,
        processed: job["processed_emails"].as_f64()?,
        total: job["total_emails"].as_f64()?,
    })
}

/// When the learning began, its first and last tenth, and its end, in seconds.
#[derive(Debug, PartialEq)]
struct Phases {
    begin: f64,
    tenth: f64,
    nine_tenths: f64,
    end: f64,
    mails: f64,
}

impl Phases {
    /// From what was seen, up to the end; nothing where too little was.
    fn seen(looks: &[Look], mails: f64) -> Option<Self> {
        let known: Vec<Look> = looks
            .iter()
            .filter(|look| look.total > 0.0)
            .copied()
            .collect();
        let first = known
            .iter()
            .rposition(|look| look.processed == 0.0)
            .unwrap_or(0);
        let learning = known.get(first..)?;
        let while_learning = learning
            .iter()
            .filter(|look| look.processed < mails)
            .count();
        if while_learning < FEWEST_LOOKS {
            return None;
        }
        let at = |share: f64| when(learning, mails * share);
        Some(Self {
            begin: at(0.0).or(learning.first().map(|look| look.seconds))?,
            tenth: at(0.1)?,
            nine_tenths: at(0.9)?,
            end: at(1.0)?,
            mails,
        })
    }

    /// Mails a second.
    fn first(&self) -> f64 {
        self.mails / 10.0 / (self.tenth - self.begin)
    }

    /// Mails a second.
    fn last(&self) -> f64 {
        self.mails / 10.0 / (self.end - self.nine_tenths)
    }

    fn print(&self, wall: Duration) {
        println!("first tenth   {:>9.0} mails/s", self.first());
        println!(
            "last tenth    {:>9.0} mails/s, {:.2} of the first",
            self.last(),
            self.last() / self.first()
        );
        println!(
            "of which      {:.1} s finding mails, {:.1} s learning, {:.1} s after the last mail",
            self.begin,
            self.end - self.begin,
            (wall.as_secs_f64() - self.end).max(0.0)
        );
    }
}

/// When so many mails were done: between the two looks around it, evenly.
fn when(looks: &[Look], mails: f64) -> Option<f64> {
    looks.windows(2).find_map(|pair| {
        let [before, after] = pair else { return None };
        let is_between = before.processed <= mails && mails <= after.processed;
        (is_between && before.processed < after.processed).then(|| {
            let share = (mails - before.processed) / (after.processed - before.processed);
            before.seconds + share * (after.seconds - before.seconds)
        })
    })
}

fn size_of(folder: &Path) -> anyhow::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        size += if entry.file_type()?.is_dir() {
            size_of(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(seconds: f64, processed: f64, total: f64) -> Look {
        Look {
            seconds,
            processed,
            total,
        }
    }

    #[test]
    fn tenths_are_read_between_the_looks() {
        let mut looks = vec![look(0.5, 0.0, 0.0), look(1.0, 0.0, 100.0)];
        looks.extend((1..=8).map(|at| look(1.0 + f64::from(at), 10.0 * f64::from(at), 100.0)));
        looks.extend([
            look(10.0, 84.0, 100.0),
            look(12.0, 100.0, 100.0),
            look(15.0, 100.0, 100.0),
        ]);
        let phases = Phases::seen(&looks, 100.0).unwrap();
        let expected = Phases {
            begin: 1.0,
            tenth: 2.0,
            nine_tenths: 10.75,
            end: 12.0,
            mails: 100.0,
        };
        assert_eq!(phases, expected);
    }

    #[test]
    fn too_few_looks_say_nothing() {
        assert_eq!(Phases::seen(&[], 100.0), None);
        let looks = [
            look(0.5, 30.0, 100.0),
            look(1.0, 60.0, 100.0),
            look(2.0, 100.0, 100.0),
        ];
        assert_eq!(Phases::seen(&looks, 100.0), None);
    }
}
