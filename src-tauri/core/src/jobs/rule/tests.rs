use chrono::{Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Africa::Casablanca;
use chrono_tz::America::{New_York, Nuuk};
use chrono_tz::Australia::Lord_Howe;
use chrono_tz::Europe::Berlin;
use chrono_tz::{Tz, UTC};
use proptest::prelude::*;

use super::{Rule, RuleError};
use crate::clock::{DAY, Millis};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

fn utc(text: &str) -> Millis {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M");
    time.unwrap().and_utc().timestamp_millis()
}

fn said(time: Option<Millis>) -> String {
    let time = chrono::DateTime::from_timestamp_millis(time.unwrap()).unwrap();
    time.format("%Y-%m-%d %H:%M:%S%.f").to_string()
}

fn read_json(json: &str) -> Result<Rule, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn is_said_as_a_person_says_it() {
    let said = |rule: Result<Rule, RuleError>| rule.unwrap().to_string();
    assert_eq!(
        said(Rule::once("2026-12-01 09:00")),
        "once on 2026-12-01 at 09:00"
    );
    assert_eq!(
        said(Rule::once("2026-12-01T9:00")),
        "once on 2026-12-01 at 09:00"
    );
    assert_eq!(said(Rule::every("6h")), "every 6 hours");
    assert_eq!(said(Rule::every(" 6 H ")), "every 6 hours");
    assert_eq!(said(Rule::every("1")), "every hour");
    assert_eq!(said(Rule::daily("7:30")), "every day at 07:30");
    for text in ["thu,mon 07:30", "Mon,Thursday@07:30", "MON, thu,mon @ 7:30"] {
        assert_eq!(
            said(Rule::weekly(text)),
            "every Monday and Thursday at 07:30"
        );
    }
    let three = Rule::weekly("sun,fri,tue 00:00");
    assert_eq!(said(three), "every Tuesday, Friday and Sunday at 00:00");
    assert_eq!(said(Rule::cron(" 0 7 *  * 1-5")), "by cron: 0 7 * * 1-5");
}

#[test]
fn what_is_no_rule_is_refused_with_what_to_write() {
    for text in [
        "0",
        "8761",
        "-1",
        "",
        "h",
        "half",
        "6m",
        "6hh",
        "99999999999",
    ] {
        let error = Rule::every(text).unwrap_err();
        assert!(
            error.to_string().contains("Write for example 6h"),
            "{error}"
        );
    }
    for text in [
        "24:00", "07:60", "7", "07:3", "07:30:00", "7: 30", "+7:30", "", "soon",
    ] {
        let error = Rule::daily(text).unwrap_err();
        assert!(
            error.to_string().contains("for example 07:30"),
            "{text}: {error}"
        );
    }
    for text in [
        "mon",
        "",
        "07:30",
        "mon,,thu 07:30",
        " 07:30",
        "mond 07:30",
        "mon 25:00",
    ] {
        let error = Rule::weekly(text).unwrap_err();
        assert!(error.to_string().contains("rite"), "{text}: {error}");
    }
    for text in [
        "2026-02-30 09:00",
        "2026-12-01",
        "09:00",
        "",
        "2026-12-01 09:00:30",
    ] {
        let error = Rule::once(text).unwrap_err();
        assert!(
            error.to_string().contains("2026-12-01 09:00"),
            "{text}: {error}"
        );
    }
    for text in ["* * * * * *", "0 0 7 * * 1-5 *", "@daily", "", "* * * *"] {
        assert_eq!(Rule::cron(text), Err(RuleError::Fields), "{text}");
    }
    for text in [
        "61 * * * *",
        "a b c d e",
        "0 7 * * mon-",
        "*/0 * * * *",
        "5-1 * * * *",
        ", * * * *",
        "1,,2 * * * *",
    ] {
        assert!(
            matches!(Rule::cron(text), Err(RuleError::Cron(..))),
            "{text}"
        );
    }
    for text in [
        "0 0 30 2 *",
        "0 0 31 4,6,9,11 *",
        "0 0 1 * +mon#2",
        "0 0 * * L",
    ] {
        assert!(
            matches!(Rule::cron(text), Err(RuleError::Never(_))),
            "{text}"
        );
    }
    let long = format!("{} * * * *", "1,".repeat(100));
    assert_eq!(Rule::cron(&long), Err(RuleError::TooLong));
    let error = Rule::cron("0 0 30 2 *").unwrap_err().to_string();
    assert_eq!(
        error,
        "`0 0 30 2 *` never comes: no day is like that. Write a day that the month has"
    );
}

#[test]
fn is_kept_as_json_and_checked_when_read_back() {
    let kept = [
        (
            Rule::once("2026-12-01 09:00"),
            r#"{"kind":"once","on":"2026-12-01","at":"09:00"}"#,
        ),
        (Rule::every("6"), r#"{"kind":"every","hours":6}"#),
        (Rule::daily("07:30"), r#"{"kind":"daily","at":"07:30"}"#),
        (
            Rule::weekly("thu,mon 07:30"),
            r#"{"kind":"weekly","days":["Mon","Thu"],"at":"07:30"}"#,
        ),
        (
            Rule::cron("0 7 * * 1-5"),
            r#"{"kind":"cron","expression":"0 7 * * 1-5"}"#,
        ),
    ];
    for (rule, json) in kept {
        let rule = rule.unwrap();
        assert_eq!(serde_json::to_string(&rule).unwrap(), json);
        assert_eq!(read_json(json), Ok(rule));
    }
    let unsorted = read_json(r#"{"kind":"weekly","days":["thu","Mon","Thu"],"at":"07:30"}"#);
    assert_eq!(unsorted, Ok(Rule::weekly("mon,thu 07:30").unwrap()));
    for wrong in [
        r#"{"kind":"every","hours":0}"#,
        r#"{"kind":"every","hours":8761}"#,
        r#"{"kind":"daily","at":"07:30:15"}"#,
        r#"{"kind":"weekly","days":[],"at":"07:30"}"#,
        r#"{"kind":"cron","expression":"* * * * * *"}"#,
        r#"{"kind":"cron","expression":"0 0 30 2 *"}"#,
    ] {
        assert!(read_json(wrong).unwrap_err().contains("rite"), "{wrong}");
    }
}

#[test]
fn once_comes_once() {
    let rule = Rule::once("2026-12-01 09:00").unwrap();
    let at = utc("2026-12-01 08:00");
    assert_eq!(rule.next_after(at - 1, 0, Berlin), Some(at));
    assert_eq!(rule.next_after(at, 0, Berlin), None);
    assert_eq!(rule.latest_between(at - 1, at, 0, Berlin), Some(at));
    assert_eq!(rule.latest_between(at, at + 1, 0, Berlin), None);
    assert_eq!(rule.latest_between(0, at - 1, 0, Berlin), None);
}

#[test]
fn every_counts_elapsed_hours_from_its_anchor() {
    let rule = Rule::every("6h").unwrap();
    let anchor = utc("2026-03-28 22:17") + 123;
    let next = |now| rule.next_after(now, anchor, Berlin);
    assert_eq!(next(anchor - DAY), Some(anchor + 6 * HOUR));
    assert_eq!(next(anchor), Some(anchor + 6 * HOUR));
    assert_eq!(next(anchor + 6 * HOUR - 1), Some(anchor + 6 * HOUR));
    assert_eq!(next(anchor + 6 * HOUR), Some(anchor + 12 * HOUR));
    let latest = |until| rule.latest_between(i64::MIN, until, anchor, Berlin);
    assert_eq!(latest(anchor + 6 * HOUR - 1), None);
    assert_eq!(latest(anchor + 6 * HOUR), Some(anchor + 6 * HOUR));
    assert_eq!(latest(anchor + 3650 * DAY + 1), Some(anchor + 3650 * DAY));
}

#[test]
fn a_time_in_the_gap_comes_once_right_after_it() {
    let gap = utc("2026-03-29 01:00");
    for rule in [
        Rule::daily("02:30"),
        Rule::weekly("sat,sun,mon 02:30"),
        Rule::cron("30 2 * * *"),
        Rule::cron("0,15,30 2 * * *"),
        Rule::once("2026-03-29 02:30"),
    ] {
        let rule = rule.unwrap();
        assert_eq!(
            said(rule.next_after(gap - 1, 0, Berlin)),
            "2026-03-29 01:00:00",
            "{rule}"
        );
        assert_eq!(
            rule.latest_between(gap - 1, gap, 0, Berlin),
            Some(gap),
            "{rule}"
        );
        assert_eq!(
            rule.latest_between(gap - DAY / 2, gap - 1, 0, Berlin),
            None,
            "{rule}"
        );
        if !matches!(rule, Rule::Once { .. }) {
            let next = rule.next_after(gap, 0, Berlin).unwrap();
            assert_eq!(
                next.div_euclid(HOUR),
                utc("2026-03-30 00:00").div_euclid(HOUR),
                "{rule}"
            );
        }
    }
}

#[test]
fn a_time_in_the_overlap_comes_the_first_time_only() {
    let first = utc("2026-10-25 00:30");
    for rule in [
        Rule::daily("02:30"),
        Rule::weekly("sun,mon 02:30"),
        Rule::cron("30 2 * * *"),
        Rule::once("2026-10-25 02:30"),
    ] {
        let rule = rule.unwrap();
        assert_eq!(
            said(rule.next_after(first - 1, 0, Berlin)),
            "2026-10-25 00:30:00",
            "{rule}"
        );
        for second in [
            first,
            first + MINUTE,
            first + HOUR,
            first + HOUR + 1,
            first + 90 * MINUTE,
        ] {
            let latest = rule.latest_between(first - 1, second, 0, Berlin);
            assert_eq!(latest, Some(first), "{rule} at {second}");
            if !matches!(rule, Rule::Once { .. }) {
                let next = rule.next_after(second, 0, Berlin);
                assert_eq!(said(next), "2026-10-26 01:30:00", "{rule} at {second}");
            }
        }
    }
    let often = Rule::cron("*/15 * * * *").unwrap();
    let last = utc("2026-10-25 00:45");
    assert_eq!(
        said(often.next_after(last, 0, Berlin)),
        "2026-10-25 02:00:00"
    );
    assert_eq!(
        often.latest_between(0, last + HOUR - 40 * MINUTE, 0, Berlin),
        Some(last)
    );
}

/// In Nuuk Saturday has no 23:30 when the clocks go forward; croner would leave out the week.
#[test]
fn a_gap_that_ends_on_another_day_skips_nothing() {
    for rule in [
        Rule::weekly("sat 23:30"),
        Rule::cron("30 23 * * 6"),
        Rule::daily("23:30"),
    ] {
        let rule = rule.unwrap();
        let next = rule.next_after(utc("2026-03-28 12:00"), 0, Nuuk);
        assert_eq!(said(next), "2026-03-29 01:00:00", "{rule}");
        let latest = rule.latest_between(0, utc("2026-03-29 20:00"), 0, Nuuk);
        assert_eq!(latest, next, "{rule}");
    }
}

/// Walked minute by minute, this would take minutes.
#[test]
fn ten_years_of_minutes_are_looked_through_at_once() {
    let rule = Rule::cron("* * * * *").unwrap();
    let until = utc("2036-10-25 12:00") + 17;
    let latest = rule.latest_between(until - 3650 * DAY, until, 0, Berlin);
    assert_eq!(latest, Some(until - 17));
}

fn zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![Berlin, New_York, Lord_Howe, Casablanca, Nuuk, UTC])
}

fn any_zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

fn rule() -> impl Strategy<Value = Rule> {
    let time =
        || (0..24_u32, 0..60_u32).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
    let days =
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7);
    let crons = vec![
        "* * * * *",
        "*/15 * * * *",
        "30 * * * *",
        "0,30 2 * * *",
        "30 1-3 * * *",
        "0 0 * * *",
        "59 23 * * *",
        "30 2 * * 0",
        "0 7 * * 1-5",
        "15 2 L * *",
        "0 3 29 2 *",
        "30 2 15W * *",
        "0 1 * * fri#2",
        "0 0 1 * +mon",
    ];
    prop_oneof![
        (2020..2040_i32, 1..366_u32, time()).prop_filter_map("no such day", |(year, day, time)| {
            Rule::once(&format!("{} {time}", NaiveDate::from_yo_opt(year, day)?)).ok()
        }),
        (1..=8760_u32).prop_map(|hours| Rule::every(&hours.to_string()).unwrap()),
        time().prop_map(|time| Rule::daily(&time).unwrap()),
        (days, time())
            .prop_map(|(days, at)| Rule::weekly(&format!("{} {at}", days.join(","))).unwrap()),
        prop::sample::select(crons).prop_map(|text| Rule::cron(text).unwrap()),
    ]
}

/// Any time between 2020 and 2040, every other one within hours of a change of the zone's clock.
fn moment(zone: Tz) -> impl Strategy<Value = Millis> {
    let any = || utc("2020-01-01 00:00")..utc("2040-01-01 00:00");
    let near = (any(), -5 * HOUR..5 * HOUR).prop_map(move |(time, off)| {
        let offset = |time: Millis| {
            let time = chrono::DateTime::from_timestamp_millis(time)
                .unwrap()
                .naive_utc();
            TimeDelta::seconds(
                zone.offset_from_utc_datetime(&time)
                    .fix()
                    .local_minus_utc()
                    .into(),
            )
        };
        let hour = time - time.rem_euclid(HOUR);
        let change = (0..9000)
            .map(|step| hour + step * HOUR)
            .find(|at| offset(*at) != offset(at - HOUR));
        change.unwrap_or(hour) + off
    });
    prop_oneof![any(), near]
}

/// Any number, and the ends of the numbers, of chrono's calendar and of croner's.
fn extreme() -> impl Strategy<Value = Millis> {
    let calendar = [
        chrono::DateTime::<Utc>::MIN_UTC,
        chrono::DateTime::<Utc>::MAX_UTC,
    ];
    let [first, last] = calendar.map(|time| time.timestamp_millis());
    let croner = [utc("0001-01-01 00:00"), utc("5000-01-01 00:00")];
    let ends = [i64::MIN, first, croner[0], 0, croner[1], last, i64::MAX];
    let near = (prop::sample::select(ends.to_vec()), -DAY..DAY)
        .prop_map(|(end, off)| end.saturating_add(off));
    prop_oneof![any::<i64>(), prop::sample::select(ends.to_vec()), near]
}

fn zone_and_moment() -> impl Strategy<Value = (Tz, Millis)> {
    prop_oneof![zone(), any_zone()].prop_flat_map(|zone| (Just(zone), moment(zone)))
}

proptest! {
    #[test]
    fn times_only_go_forward(rule in rule(), (zone, now) in zone_and_moment(), age in 0..DAY * 900) {
        let mut last = now;
        for _ in 0..5 {
            let Some(next) = rule.next_after(last, now - age, zone) else { break };
            prop_assert!(next > last);
            prop_assert_eq!(rule.next_after(next - 1, now - age, zone), Some(next));
            prop_assert_eq!(rule.latest_between(last, next, now - age, zone), Some(next));
            prop_assert_eq!(rule.latest_between(last, next - 1, now - age, zone), None);
            last = next;
        }
        let comes_again = !matches!(rule, Rule::Once { .. });
        prop_assert!(last > now || !comes_again);
    }

    #[test]
    fn the_latest_is_the_last_of_the_walk(
        rule in rule(), (zone, since) in zone_and_moment(), span in 0..5 * HOUR, age in 0..DAY * 900,
    ) {
        let (anchor, until) = (since - age, since + span);
        let next = |time: &Millis| rule.next_after(*time, anchor, zone).filter(|next| *next <= until);
        let walked = std::iter::successors(next(&since), next).last();
        prop_assert_eq!(rule.latest_between(since, until, anchor, zone), walked);
    }

    #[test]
    fn no_input_is_too_extreme(
        rule in rule(), zone in any_zone(), now in extreme(), since in extreme(), anchor in extreme(),
    ) {
        let next = rule.next_after(now, anchor, zone);
        prop_assert!(next.is_none_or(|next| next > now));
        let latest = rule.latest_between(since, now, anchor, zone);
        prop_assert!(latest.is_none_or(|latest| latest > since && latest <= now));
    }

    #[test]
    fn no_text_is_too_odd(text in prop_oneof![
        any::<String>(), "[0-9*/,LW#?+@a-zA-Zß -]{0,40}",
        "[0-9*/,-]{1,4} [0-9*/,-]{1,4} [0-9*/,LW?-]{1,4} [0-9*/,-]{1,4} [+]?[0-7*/,L#?-]{1,5}",
    ]) {
        for read in [Rule::once, Rule::every, Rule::daily, Rule::weekly, Rule::cron] {
            if let Ok(rule) = read(&text) {
                let json = serde_json::to_string(&rule).unwrap();
                prop_assert_eq!(read_json(&json), Ok(rule.clone()));
                prop_assert!(rule.next_after(0, 0, Berlin).is_none_or(|next| next > 0));
                prop_assert!(rule.latest_between(0, DAY, 0, Berlin).is_none_or(|time| time > 0));
            }
        }
    }
}

proptest! {
    // Each case walks a whole year.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn daily_comes_once_on_every_day_of_the_calendar(
        zone in prop::sample::select(vec![Berlin, New_York, Lord_Howe, Casablanca]),
        year in 2020..2040_i32, hour in 0..24_u32, minute in 0..60_u32,
    ) {
        let rule = Rule::daily(&format!("{hour:02}:{minute:02}")).unwrap();
        let mut day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let midnight = zone.from_local_datetime(&day.and_hms_opt(0, 0, 0).unwrap()).unwrap();
        let mut now = midnight.timestamp_millis() - 1;
        while day.year() == year {
            now = rule.next_after(now, 0, zone).unwrap();
            let local = zone.timestamp_millis_opt(now).unwrap().naive_local();
            prop_assert_eq!(local.date(), day);
            let wanted = day.and_hms_opt(hour, minute, 0).unwrap();
            let exists = zone.from_local_datetime(&wanted).earliest().is_some();
            prop_assert_eq!(exists, local == wanted);
            prop_assert!(local >= wanted);
            prop_assert!(local - wanted <= TimeDelta::hours(1));
            day = day.succ_opt().unwrap();
        }
    }
}
