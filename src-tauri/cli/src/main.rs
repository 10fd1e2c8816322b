//! `understudy`, the second face: the same core and the same database as the desktop app, without a window.
//!
//! `main.rs` knows the commands, a file each does one. Results go to standard output, progress and words about it to
//! standard error. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

mod answer;
mod follow;
mod jobs;
mod learn;
mod open;
mod out;
mod patterns;
mod progress;
mod schedule;
mod words;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use understudy_core::clock::Clock;
use understudy_core::db::{self, Db, DbError};
use understudy_core::log;

/// Learns how you answer email, from your own mailbox, on your own machine.
///
/// Understudy pairs every reply that you ever wrote with the mail that it answered, merges what was asked more than
/// once, and finds your own answers again when the same is asked anew. Nothing leaves this machine.
#[derive(Parser)]
#[command(name = "understudy", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  understudy learn --sample               try it with the sample mailbox
  understudy learn ~/Mail                 learn a Maildir, an mbox, or a folder of .eml files
  understudy answer question.eml          your own earlier answers to such a mail
  understudy answer - < question.eml      the same, from standard input
  understudy patterns --json | head       what you are asked most, for other programs";

#[derive(Subcommand)]
enum Command {
    /// Learn a mailbox: an mbox file, a Maildir, a folder of .eml files, or a single .eml
    Learn(learn::Learn),
    /// List jobs and steer them: show, pause, resume, cancel, retry, again, prune, figures
    Jobs(jobs::Jobs),
    /// Learn again by the clock: add, list and remove schedules
    Schedule(schedule::Schedule),
    /// Run what waits and what schedules ask for, until interrupted; for a machine without a window
    Work(Shared),
    /// List the questions that you answer, the most frequent first
    Patterns(patterns::Patterns),
    /// Find your own earlier answers to a mail
    Answer(answer::AnswerTo),
    /// Start the desktop app
    Open,
    /// Print the completions of a shell, for its own folder of completions
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// What every command takes.
#[derive(Args, Clone)]
struct Shared {
    /// Keep everything in this folder, instead of the platform's data folder
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print JSON for other programs
    #[arg(long, global = true)]
    json: bool,
}

impl Shared {
    fn folder(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(db::default_folder)
    }

    async fn open(&self) -> Result<Db, DbError> {
        let folder = self.folder();
        let db = Db::open(&folder).await?;
        log::start(&folder, "off");
        Ok(db)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli.command)));
    match ended {
        Ok(code) => code,
        Err(error) if out::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            out::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Learn(learn) => learn::run(learn, Clock::System).await,
        Command::Jobs(jobs) => jobs::run(jobs, Clock::System).await,
        Command::Schedule(schedule) => schedule::run(schedule, Clock::System).await,
        Command::Work(shared) => work::run(&shared, Clock::System).await,
        Command::Patterns(patterns) => patterns::run(&patterns).await,
        Command::Answer(answer) => answer::run(&answer).await,
        Command::Open => open::run(),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "understudy",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}
