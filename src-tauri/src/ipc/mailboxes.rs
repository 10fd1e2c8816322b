//! Choosing a mailbox, and looking into it before it is learned.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;
use understudy_core::jobs::{Engine, ask};
use understudy_core::mail::source::{self, Kind};
use understudy_core::mail::{owner, sample};

use super::{CommandError, ErrorCode};

/// Which mailbox is meant.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Mailbox {
    /// The sample mailbox.
    Sample,
    /// What lies at a path.
    Path {
        /// The path.
        path: String,
    },
}

impl Mailbox {
    /// Where it lies, and the name of its account where that is not after its path.
    ///
    /// # Errors
    /// Where the sample cannot be laid into the data folder.
    pub(super) fn locate(
        &self,
        engine: &Engine,
    ) -> Result<(PathBuf, Option<String>), CommandError> {
        match self {
            Self::Path { path } => Ok((PathBuf::from(path), None)),
            Self::Sample => {
                let path = sample::lay(engine.db().folder())
                    .map_err(|error| CommandError::new(ErrorCode::Storage, error))?;
                Ok((path, Some(sample::NAME.to_owned())))
            }
        }
    }
}

/// How a mailbox keeps its mails.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MailboxKind {
    /// One file with many mails.
    Mbox,
    /// One file a mail, in `cur` and `new`.
    Maildir,
    /// A folder with mails in files of their own.
    EmlFolder,
    /// One file with one mail.
    Eml,
}

impl From<Kind> for MailboxKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Mbox => Self::Mbox,
            Kind::Maildir => Self::Maildir,
            Kind::EmlFolder => Self::EmlFolder,
            Kind::Eml => Self::Eml,
        }
    }
}

/// An address that may be the owner's, with what speaks for it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OwnerAddress {
    address: String,
    sent_from: u32,
    delivered_to: u32,
    answered_as: u32,
    chosen: bool,
}

impl From<owner::OwnerAddress> for OwnerAddress {
    fn from(seen: owner::OwnerAddress) -> Self {
        Self {
            address: seen.address,
            sent_from: seen.sent_from,
            delivered_to: seen.delivered_to,
            answered_as: seen.answered_as,
            chosen: seen.chosen,
        }
    }
}

/// What was found in a mailbox.
#[derive(Clone, Debug, Serialize, Type)]
pub struct MailboxReport {
    path: String,
    name: String,
    kind: MailboxKind,
    mails: u32,
    folders: u32,
    addresses: Vec<OwnerAddress>,
}

/// Asks the owner for a file; nothing where they think better of it.
#[tauri::command]
#[specta::specta]
pub async fn choose_file(app: AppHandle) -> Result<Option<String>, CommandError> {
    let (tell, told) = oneshot::channel();
    app.dialog()
        .file()
        .set_title("Choose a mailbox file")
        .pick_file(move |chosen| {
            // A window that is gone wants no answer.
            let _ = tell.send(chosen);
        });
    chosen(told).await
}

/// Asks the owner for a folder; nothing where they think better of it.
#[tauri::command]
#[specta::specta]
pub async fn choose_folder(app: AppHandle) -> Result<Option<String>, CommandError> {
    let (tell, told) = oneshot::channel();
    app.dialog()
        .file()
        .set_title("Choose a mail folder")
        .pick_folder(move |chosen| {
            let _ = tell.send(chosen);
        });
    chosen(told).await
}

async fn chosen(told: oneshot::Receiver<Option<FilePath>>) -> Result<Option<String>, CommandError> {
    let Some(path) = told.await.ok().flatten() else {
        return Ok(None);
    };
    let path = path
        .into_path()
        .map_err(|error| CommandError::new(ErrorCode::BadMailbox, error))?;
    Ok(Some(path.display().to_string()))
}

/// Looks into a mailbox: how many mails, and whose it is.
#[tauri::command]
#[specta::specta]
pub async fn inspect_mailbox(
    engine: State<'_, Engine>,
    mailbox: Mailbox,
) -> Result<MailboxReport, CommandError> {
    let (path, name) = mailbox.locate(&engine)?;
    let paths = vec![path.clone()];
    let looked = tauri::async_runtime::spawn_blocking(move || source::Mailbox::look(&paths))
        .await
        .map_err(|error| CommandError::new(ErrorCode::Internal, error))??;
    let looked = Arc::new(looked);
    let (addresses, mails) = ask::owner(&looked).await?;
    let file_name = || {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    Ok(MailboxReport {
        name: name.unwrap_or_else(file_name),
        path: path.display().to_string(),
        kind: looked.kind().into(),
        mails: u32::try_from(mails).unwrap_or(u32::MAX),
        folders: u32::try_from(looked.folders().len()).unwrap_or(u32::MAX),
        addresses: addresses.into_iter().map(OwnerAddress::from).collect(),
    })
}
