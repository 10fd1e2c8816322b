//! When a rule's times come, on the wall clock of a zone and across its changes.

use std::iter::successors;

use chrono::{
    DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
    Weekday,
};
use chrono_tz::{GapInfo, Tz};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::{Hours, Rule, RuleError, TimeOfDay};
use crate::clock::{DAY, Millis};

const HOUR: Millis = DAY / 24;

impl Rule {
    /// The first time after `now`; `None` where none follows. `anchor` is when the rule was made.
    ///
    /// A wall clock time that is left out when clocks go forward comes at the first moment after the gap; one that
    /// clocks going back repeat comes the first time only.
    #[must_use]
    pub fn next_after(&self, now: Millis, anchor: Millis, zone: Tz) -> Option<Millis> {
        match self {
            Self::Once { on, at } => instant(on.and_time(at.0), zone).filter(|time| *time > now),
            Self::Every { hours } => {
                let steps = now.checked_sub(anchor)?.div_euclid(hours.as_millis());
                hours.after(anchor, steps.max(0) + 1)
            }
            Self::Daily { .. } | Self::Weekly { .. } | Self::Cron { .. } => {
                let cron = self.on_the_wall()?;
                let next = |wall: &_| cron.find_next_occurrence(wall, false).ok();
                successors(next(&wall_clock(now, zone)?), next)
                    .filter_map(|wall| instant(wall, zone))
                    .find(|time| *time > now)
            }
        }
    }

    /// The latest time after `since` that is not after `until`; `None` where none is. However many lie in between, it
    /// looks at the last of them only.
    #[must_use]
    pub fn latest_between(
        &self,
        since: Millis,
        until: Millis,
        anchor: Millis,
        zone: Tz,
    ) -> Option<Millis> {
        let latest = match self {
            Self::Once { on, at } => instant(on.and_time(at.0), zone).filter(|time| *time <= until),
            Self::Every { hours } => {
                let steps = until.checked_sub(anchor)?.div_euclid(hours.as_millis());
                hours.after(anchor, steps).filter(|_| steps >= 1)
            }
            Self::Daily { .. } | Self::Weekly { .. } | Self::Cron { .. } => {
                let cron = self.on_the_wall()?;
                let previous = |wall: &_| cron.find_previous_occurrence(wall, false).ok();
                let start = latest_wall_clock(until, zone)?;
                successors(cron.find_previous_occurrence(&start, true).ok(), previous)
                    .filter_map(|wall| instant(wall, zone))
                    .find(|time| *time <= until)
            }
        };
        latest.filter(|time| *time > since)
    }

    /// The times on the wall clock. They are searched without a zone: in one, croner leaves out a time in a gap that ends
    /// on a day not asked for, and leaves out or repeats the times of an expression with several of them.
    fn on_the_wall(&self) -> Option<Cron> {
        let at = |at: &TimeOfDay| at.0.format("%-M %-H * *").to_string();
        let expression = match self {
            Self::Once { .. } | Self::Every { .. } => return None,
            Self::Daily { at: time } => at(time) + " *",
            Self::Weekly { days, at: time } => {
                let days: Vec<String> = days.0.iter().map(Weekday::to_string).collect();
                at(time) + " " + &days.join(",")
            }
            Self::Cron { expression } => expression.0.clone(),
        };
        parse(&expression).ok()
    }
}

impl Hours {
    fn as_millis(self) -> Millis {
        Millis::from(self.0) * HOUR
    }

    /// The time so many steps after `anchor`.
    fn after(self, anchor: Millis, steps: i64) -> Option<Millis> {
        anchor.checked_add(steps.checked_mul(self.as_millis())?)
    }
}

/// Reads a cron expression of five fields.
pub(super) fn parse(expression: &str) -> Result<Cron, RuleError> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(expression)
        .map_err(|error| RuleError::Cron(expression.to_owned(), error.to_string()))
}

/// Whether any day is as the expression wants it. The calendar repeats itself every 400 years, and croner looks no
/// further than the year 5000: what does not come in the 400 years before, never does.
pub(super) fn ever_comes(cron: &Cron) -> bool {
    NaiveDate::from_ymd_opt(4600, 1, 1)
        .map(|day| day.and_time(NaiveTime::MIN))
        .is_some_and(|start| cron.find_next_occurrence(&start, true).is_ok())
}

/// What the wall clock shows at `time`.
fn wall_clock(time: Millis, zone: Tz) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp_millis(time)?.naive_utc();
    utc.checked_add_offset(zone.offset_from_utc_datetime(&utc).fix())
}

/// At least the last that the wall clock has shown up to `time`. While an hour is repeated, that is not what it shows
/// now: it went further before it was put back.
fn latest_wall_clock(time: Millis, zone: Tz) -> Option<NaiveDateTime> {
    let wall = wall_clock(time, zone)?;
    match zone.offset_from_local_datetime(&wall) {
        MappedLocalTime::Ambiguous(first, second) => {
            let put_back = first.fix().local_minus_utc() - second.fix().local_minus_utc();
            wall.checked_add_signed(TimeDelta::seconds(put_back.into()))
        }
        _ => Some(wall),
    }
}

/// When the wall clock shows `wall` for the first time, or, where it never does, the first moment after the gap.
fn instant(wall: NaiveDateTime, zone: Tz) -> Option<Millis> {
    let time = match zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => Some(time),
        MappedLocalTime::None => GapInfo::new(&wall, &zone)?.end,
    };
    time.map(|time| time.timestamp_millis())
}
