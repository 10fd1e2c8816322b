//! When a job is to be made again: once, every so many hours, at a time of day, or by cron.
//!
//! Reckons only with what it is handed. It never asks for the time or for the zone, keeps nothing, and makes no job.

mod times;

use std::fmt;

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

const MOST_HOURS: u32 = 365 * 24;
const LONGEST_EXPRESSION: usize = 200;

/// When a job is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Rule {
    /// One time only.
    Once {
        /// The day.
        on: NaiveDate,
        /// The time on that day.
        at: TimeOfDay,
    },
    /// Every so many hours of elapsed time since the rule was made, whatever the wall clock does.
    Every {
        /// How many.
        hours: Hours,
    },
    /// Every day.
    Daily {
        /// The time on the wall clock.
        at: TimeOfDay,
    },
    /// On some days of every week.
    Weekly {
        /// Which days.
        days: Days,
        /// The time on the wall clock.
        at: TimeOfDay,
    },
    /// By a cron expression, on the wall clock.
    Cron {
        /// Its five fields.
        expression: Expression,
    },
}

/// A number of hours from 1 to 8760, which is a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Hours(u32);

/// A time on the wall clock, on the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(NaiveTime);

/// At least one day of the week, each once, from Monday on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Weekday>")]
pub struct Days(Vec<Weekday>);

/// A cron expression of minute, hour, day, month and day of the week that comes at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Expression(String);

/// Why a text is no rule, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No number of hours, or too many.
    #[error("`{0}` is no number of hours from 1 to {MOST_HOURS}. Write for example 6h")]
    Hours(String),
    /// No time of day.
    #[error("`{0}` is no time of day. Write hours and minutes, for example 07:30")]
    Time(String),
    /// No date and time.
    #[error("`{0}` is no date and time. Write for example 2026-12-01 09:00")]
    DateAndTime(String),
    /// No day of the week.
    #[error("`{0}` is no day of the week. Write mon, tue, wed, thu, fri, sat or sun")]
    Day(String),
    /// Days or the time are missing.
    #[error("a weekly rule needs days and a time. Write for example mon,thu 07:30")]
    DaysAndTime,
    /// Longer than anybody needs.
    #[error("a cron expression has at most {LONGEST_EXPRESSION} bytes. Write a shorter one")]
    TooLong,
    /// Not five fields.
    #[error(
        "a cron expression has five fields: minute, hour, day, month and day of the week, without seconds. Write for example 0 7 * * 1-5"
    )]
    Fields,
    /// A field that cron does not know, and what is wrong with it.
    #[error("`{0}` is no cron expression ({1}). Write for example 0 7 * * 1-5")]
    Cron(String, String),
    /// There is no such day, as 30 February.
    #[error("`{0}` never comes: no day is like that. Write a day that the month has")]
    Never(String),
}

impl Rule {
    /// Reads `2026-12-01 09:00` or `2026-12-01T09:00`.
    ///
    /// # Errors
    /// Where the text is no date and time.
    pub fn once(text: &str) -> Result<Self, RuleError> {
        let read = || {
            let (on, at) = text.trim().split_once([' ', 'T'])?;
            Some(Self::Once {
                on: on.parse().ok()?,
                at: at.to_owned().try_into().ok()?,
            })
        };
        read().ok_or_else(|| RuleError::DateAndTime(text.to_owned()))
    }

    /// Reads `6h` or `6`.
    ///
    /// # Errors
    /// Where the text is no number of hours from 1 to 8760.
    pub fn every(text: &str) -> Result<Self, RuleError> {
        let number = text.trim();
        let number = number.strip_suffix(['h', 'H']).unwrap_or(number);
        let hours: u32 = number
            .trim_end()
            .parse()
            .map_err(|_| RuleError::Hours(text.to_owned()))?;
        Ok(Self::Every {
            hours: hours.try_into()?,
        })
    }

    /// Reads `07:30`.
    ///
    /// # Errors
    /// Where the text is no time of day.
    pub fn daily(text: &str) -> Result<Self, RuleError> {
        Ok(Self::Daily {
            at: text.trim().to_owned().try_into()?,
        })
    }

    /// Reads `mon,thu 07:30` or `mon,thu@07:30`.
    ///
    /// # Errors
    /// Where the text has no days, something that is no day, or no time.
    pub fn weekly(text: &str) -> Result<Self, RuleError> {
        let (days, at) = text
            .trim()
            .rsplit_once([' ', '@'])
            .ok_or(RuleError::DaysAndTime)?;
        let days: Vec<Weekday> = days
            .trim_end_matches([' ', '@'])
            .split(',')
            .map(|day| {
                day.trim()
                    .parse()
                    .map_err(|_| RuleError::Day(day.trim().to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::Weekly {
            days: days.try_into()?,
            at: at.to_owned().try_into()?,
        })
    }

    /// Reads `0 7 * * 1-5`.
    ///
    /// # Errors
    /// Where the text is no cron expression of five fields, or one that never comes.
    pub fn cron(text: &str) -> Result<Self, RuleError> {
        Ok(Self::Cron {
            expression: text.to_owned().try_into()?,
        })
    }
}

impl TryFrom<u32> for Hours {
    type Error = RuleError;

    fn try_from(hours: u32) -> Result<Self, RuleError> {
        match hours {
            1..=MOST_HOURS => Ok(Self(hours)),
            _ => Err(RuleError::Hours(hours.to_string())),
        }
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        match NaiveTime::parse_from_str(&text, "%H:%M").map(Self) {
            // Chrono reads `7: 3` as well.
            Ok(time) if time.to_string() == format!("{text:0>5}") => Ok(time),
            _ => Err(RuleError::Time(text)),
        }
    }
}

impl TryFrom<Vec<Weekday>> for Days {
    type Error = RuleError;

    fn try_from(mut days: Vec<Weekday>) -> Result<Self, RuleError> {
        days.sort_by_key(Weekday::num_days_from_monday);
        days.dedup();
        if days.is_empty() {
            return Err(RuleError::DaysAndTime);
        }
        Ok(Self(days))
    }
}

impl TryFrom<String> for Expression {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        if text.len() > LONGEST_EXPRESSION {
            return Err(RuleError::TooLong);
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        if fields.len() != 5 {
            return Err(RuleError::Fields);
        }
        let text = fields.join(" ");
        // Croner takes an empty list, and would look for its times hour by hour.
        if text.split([' ', ',']).any(str::is_empty) {
            let trouble = "there is nothing before or after a comma".to_owned();
            return Err(RuleError::Cron(text, trouble));
        }
        if !times::ever_comes(&times::parse(&text)?) {
            return Err(RuleError::Never(text));
        }
        Ok(Self(text))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once { on, at } => write!(f, "once on {on} at {at}"),
            Self::Every { hours: Hours(1) } => f.write_str("every hour"),
            Self::Every {
                hours: Hours(hours),
            } => write!(f, "every {hours} hours"),
            Self::Daily { at } => write!(f, "every day at {at}"),
            Self::Weekly { days, at } => write!(f, "every {days} at {at}"),
            Self::Cron {
                expression: Expression(text),
            } => write!(f, "by cron: {text}"),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, day) in self.0.iter().enumerate() {
            f.write_str(match place {
                0 => "",
                _ if place + 1 == self.0.len() => " and ",
                _ => ", ",
            })?;
            f.write_str(match day {
                Weekday::Mon => "Monday",
                Weekday::Tue => "Tuesday",
                Weekday::Wed => "Wednesday",
                Weekday::Thu => "Thursday",
                Weekday::Fri => "Friday",
                Weekday::Sat => "Saturday",
                Weekday::Sun => "Sunday",
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
