//! Lays a database by the migrations, against which the compiler checks every statement of the sources.
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../../migrations");
    println!("cargo:rerun-if-changed=sample");
    let schema = PathBuf::from(std::env::var("OUT_DIR")?).join("schema.db");
    if schema.exists() {
        std::fs::remove_file(&schema)?;
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(lay(&schema))?;
    println!("cargo:rustc-env=DATABASE_URL=sqlite:{}", schema.display());
    Ok(())
}

async fn lay(schema: &Path) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(schema)
        .create_if_missing(true);
    let mut connection = options.connect().await?;
    Migrator::new(Path::new("../../migrations"))
        .await?
        .run(&mut connection)
        .await?;
    Ok(())
}
