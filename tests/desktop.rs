//! The desktop app from outside: a real window on a virtual screen, driven through WebDriver, as a person would.
//!
//! Runs where `UNDERSTUDY_DESKTOP_TESTS` is set, as `cargo xtask test` does after it has installed what this needs.
//! `UNDERSTUDY_SCREENSHOTS=DIR` keeps a picture of every step.

#[expect(unreachable_pub, reason = "shared by several test programs")]
mod rig;

use rig::desktop::Desktop;

const WANTED: &str = "UNDERSTUDY_DESKTOP_TESTS";

#[tokio::test]
async fn a_first_run_learns_the_sample_and_shows_what_it_learned() -> anyhow::Result<()> {
    if std::env::var_os(WANTED).is_none() {
        return Ok(());
    }
    let desktop = Desktop::start().await?;
    let window = desktop.open_app().await?;
    window.sees("Try it with a sample mailbox").await?;
    window.picture("welcome").await?;

    window.click("Try it with a sample mailbox").await?;
    window.sees("Is this you?").await?;
    window.sees("hallo@kranich-taschen.example").await?;
    window.sees("marta@kranich-taschen.example").await?;
    window.picture("confirm").await?;

    window.click("Start learning").await?;
    window.picture("running").await?;
    window.sees("402").await?;
    window.sees("Learn again").await?;
    window.picture("finished").await?;

    window.go("#/knowledge").await?;
    window.sees("Viele Grüße").await?;
    window.picture("knowledge").await?;

    window.go("#/jobs").await?;
    window.sees("Completed").await?;
    window.picture("jobs").await?;
    window.close().await?;

    // The knowledge is in the database, not in the window.
    let again = desktop.open_app().await?;
    again.sees("Learn again").await?;
    again.click("Learn again").await?;
    again.sees("Up to date").await?;
    again.picture("again").await?;
    again.close().await
}
