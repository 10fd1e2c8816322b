//! A virtual screen, a message bus of its own, and a WebDriver that opens the app on them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Nothing in these tests takes longer where the app works.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asked again so often whether the driver is there.
const AGAIN: Duration = Duration::from_millis(100);

/// The surroundings. What they started ends with them.
pub struct Desktop {
    _home: TempDir,
    port: u16,
    _screen: Child,
    _bus: Child,
    _driver: Child,
}

impl Desktop {
    /// Starts a screen, a bus and a driver.
    pub async fn start() -> Result<Self> {
        let home = TempDir::new()?;
        let (screen, display) = announced(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
        ]))
        .await?;
        let (bus, address) = announced(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--print-address=1",
        ]))
        .await?;
        let port = free_port()?;
        // WebKit's own driver; tauri-driver only passes on to it, and would leave it behind when killed.
        let driver = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            .env("DISPLAY", format!(":{display}"))
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("UNDERSTUDY_DATA_DIR", home.path().join("data"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("WebKitWebDriver is missing: `cargo xtask test` installs it")?;
        Ok(Self {
            _home: home,
            port,
            _screen: screen,
            _bus: bus,
            _driver: driver,
        })
    }

    /// Opens the app's window.
    pub async fn open_app(&self) -> Result<Window> {
        let application = env!("CARGO_BIN_EXE_understudy-desktop");
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": application, "args": [] }
        });
        let serde_json::Value::Object(capabilities) = capabilities else {
            bail!("no capabilities")
        };
        let address = format!("http://127.0.0.1:{}", self.port);
        let mut tick = tokio::time::interval(AGAIN);
        let opened = tokio::time::timeout(PATIENCE, async {
            loop {
                tick.tick().await;
                let mut builder = ClientBuilder::new(HttpConnector::new());
                match builder
                    .capabilities(capabilities.clone())
                    .connect(&address)
                    .await
                {
                    // The driver is still coming up.
                    Err(NewSessionError::FailedC(_) | NewSessionError::Lost(_)) => {}
                    opened => return opened,
                }
            }
        });
        let client = opened.await.context("the driver did not come up")??;
        Ok(Window { client })
    }
}

/// Starts a program that prints one line when it is ready, and answers with that line.
async fn announced(command: &mut Command) -> Result<(Child, String)> {
    let name = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{name} is missing: `cargo xtask test` installs it"))?;
    let out = child.stdout.take().context("no output")?;
    let line = tokio::time::timeout(PATIENCE, BufReader::new(out).lines().next_line()).await??;
    Ok((child, line.with_context(|| format!("{name} said nothing"))?))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The app's window.
pub struct Window {
    client: Client,
}

impl Window {
    /// Waits until a text is on the page.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let path = format!("//body//*[contains(normalize-space(.), \"{text}\")]");
        self.client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await
            .with_context(|| format!("“{text}” did not appear"))?;
        Ok(())
    }

    /// Clicks the button or link with that name.
    pub async fn click(&self, name: &str) -> Result<()> {
        let path = format!("(//button | //a)[contains(normalize-space(.), \"{name}\")]");
        let button = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await;
        button
            .with_context(|| format!("there is no button “{name}”"))?
            .click()
            .await?;
        Ok(())
    }

    /// Goes to another page of the app.
    pub async fn go(&self, hash: &str) -> Result<()> {
        self.client
            .execute("window.location.hash = arguments[0]", vec![json!(hash)])
            .await?;
        Ok(())
    }

    /// Keeps a picture of the window where `UNDERSTUDY_SCREENSHOTS` says.
    pub async fn picture(&self, name: &str) -> Result<()> {
        if let Some(folder) = std::env::var_os("UNDERSTUDY_SCREENSHOTS") {
            let folder = PathBuf::from(folder);
            std::fs::create_dir_all(&folder)?;
            std::fs::write(
                folder.join(format!("{name}.png")),
                self.client.screenshot().await?,
            )?;
        }
        Ok(())
    }

    /// Closes the window, and with it the app.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}
