//! The table, and how many times faster we are. Figures only: whether they are good enough is for the reader.

use super::corpus::MAILS;
use super::entrants::{AGAIN, BOGOFILTER, Entrant, FIRST, FIRST_MAILDIR, MU};
use super::measure::{Lap, median};

/// The laps of one program.
pub(super) struct Row {
    name: &'static str,
    is_ours: bool,
    pub(super) laps: Vec<Lap>,
}

impl Row {
    pub(super) fn of(entrant: &Entrant) -> Self {
        Self {
            name: entrant.name,
            is_ours: entrant.tool.is_none(),
            laps: Vec::new(),
        }
    }

    fn median(&self, of: impl Fn(&Lap) -> f64) -> f64 {
        median(self.laps.iter().map(of))
    }

    fn seconds(&self) -> f64 {
        self.median(|lap| lap.wall.as_secs_f64())
    }

    /// How many times as long as `other` this took: the median over the rounds.
    fn times_slower_than(&self, other: &Self) -> f64 {
        median(
            self.laps
                .iter()
                .zip(&other.laps)
                .map(|(ours, theirs)| ours.wall.as_secs_f64() / theirs.wall.as_secs_f64()),
        )
    }
}

const HEAD: [&str; 7] = [
    "",
    "mails/s",
    "seconds",
    "CPU s",
    "peak MiB",
    "our mbox run is",
    "our Maildir run is",
];

/// The whole report.
pub(super) fn text(rows: &[Row], runs: u32) -> String {
    let find = |name: &str| rows.iter().find(|row| row.name == name);
    let mut lines = vec![HEAD.map(str::to_owned)];
    for row in rows {
        let ratio = |ours: &str| match find(ours) {
            Some(ours) if !row.is_ours => times(row.times_slower_than(ours)),
            _ => "–".to_owned(),
        };
        lines.push([
            row.name.to_owned(),
            format!("{:.0}", MAILS as f64 / row.seconds()),
            format!("{:.2}", row.seconds()),
            format!("{:.2}", row.median(|lap| lap.cpu.as_secs_f64())),
            format!("{:.0}", row.median(|lap| lap.peak as f64 / 1024.0 / 1024.0)),
            ratio(FIRST),
            ratio(FIRST_MAILDIR),
        ]);
    }
    let mut text = format!("{MAILS} mails; medians of {runs} rounds, ratios within each round\n\n");
    text.push_str(&aligned(&lines));
    for (said, slower, faster) in [
        ("first run vs bogofilter: {} (goal 2×)", BOGOFILTER, FIRST),
        (
            "first run vs mu, both on the Maildir: {} (goal 10×)",
            MU,
            FIRST_MAILDIR,
        ),
        ("first run on the mbox vs mu on the Maildir: {}", MU, FIRST),
        ("second vs first run: {} (goal 10×)", FIRST, AGAIN),
    ] {
        if let (Some(slower), Some(faster)) = (find(slower), find(faster)) {
            text.push('\n');
            text.push_str(&said.replace("{}", &times(slower.times_slower_than(faster))));
        }
    }
    text
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 {
        format!("{ratio:.2}×")
    } else {
        format!("{ratio:.1}×")
    }
}

/// Columns under their heads: the first to the left, figures to the right.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            lines
                .iter()
                .map(|line| line[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let width = *width;
            match column {
                0 => text.push_str(&format!("{cell:<width$}")),
                _ => text.push_str(&format!("  {cell:>width$}")),
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(name: &'static str, is_ours: bool, seconds: &[u64]) -> Row {
        let lap = |seconds: &u64| Lap {
            wall: Duration::from_secs(*seconds),
            cpu: Duration::from_secs(1),
            peak: 20 << 20,
        };
        Row {
            name,
            is_ours,
            laps: seconds.iter().map(lap).collect(),
        }
    }

    #[test]
    fn a_ratio_is_the_median_of_its_rounds() {
        let (ours, theirs) = (
            row(FIRST, true, &[1, 2, 10]),
            row(BOGOFILTER, false, &[2, 8, 10]),
        );
        assert_eq!(theirs.times_slower_than(&ours), 2.0);
        let text = text(&[ours, theirs], 3);
        assert!(
            text.contains("first run vs bogofilter: 2.00× (goal 2×)"),
            "{text}"
        );
        assert!(!text.contains("mu"), "{text}");
    }

    #[test]
    fn columns_stand_under_each_other() {
        let lines = [
            ["a".to_owned(), "12".to_owned()],
            ["mü".to_owned(), "3".to_owned()],
        ];
        assert_eq!(aligned(&lines), "a   12\nmü   3\n");
    }
}
