//! What became of requests lately, below a list: whom it denied or would have, and a chart of how many were decided.

use guestlist::ListType;
use guestlist_store::App;

use super::time::{Time, grouped};
use super::words::{self, Piece};
use crate::activity::Activity;
use crate::lately::{Denied, Interval, ListActivity};
use crate::trial::RuleName;

/// Most origins that a page shows, and most bars of a chart.
const MOST_ORIGINS: usize = 50;
const MOST_BARS: usize = 60;

/// What is below a list.
pub(crate) struct ActivityView {
    /// The name of the list.
    pub(crate) list: &'static str,
    pub(crate) denied: Vec<DeniedRow>,
    /// How many origins are left out.
    pub(crate) more: usize,
    /// None if there were no requests.
    pub(crate) chart: Option<Chart>,
}

/// An origin that was denied, or would have been.
pub(crate) struct DeniedRow {
    pub(crate) origin: Option<String>,
    pub(crate) what: &'static str,
    pub(crate) sentence: Vec<Piece>,
    pub(crate) count: String,
    pub(crate) last: Time,
    pub(crate) rule: Option<RuleName>,
    pub(crate) proposed: Option<String>,
}

impl From<Denied> for DeniedRow {
    fn from(denied: Denied) -> DeniedRow {
        DeniedRow {
            origin: denied.origin.as_deref().map(words::shown),
            what: if denied.only_reported { "Would have been blocked" } else { "Blocked" },
            sentence: words::sentence(&denied.sentence),
            count: grouped(denied.count),
            last: Time::of(denied.last),
            rule: denied.rule,
            proposed: denied.proposed,
        }
    }
}

/// How many requests were decided, as bars.
pub(crate) struct Chart {
    /// All of it in a sentence.
    pub(crate) sums: String,
    pub(crate) bars: Vec<Bar>,
    /// How wide the bars are together.
    pub(crate) width: usize,
    /// The number that a bar of full height stands for.
    pub(crate) most: String,
    pub(crate) from: Time,
    pub(crate) until: Time,
    /// The numbers, interval by interval.
    pub(crate) rows: Vec<Row>,
    /// Which kinds there are, for the legend.
    pub(crate) has_would_deny: bool,
    pub(crate) has_denied: bool,
}

/// A bar: its parts from the bottom up.
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) title: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of a bar.
pub(crate) struct Part {
    /// The name of its class.
    pub(crate) kind: &'static str,
    pub(crate) y: usize,
    pub(crate) height: usize,
}

/// The numbers of an interval.
pub(crate) struct Row {
    pub(crate) from: Time,
    pub(crate) allowed: String,
    pub(crate) would_deny: String,
    pub(crate) denied: String,
}

/// Height of the chart, and width of a bar with the gap behind it, in units of the picture.
pub(crate) const HEIGHT: usize = 100;
pub(crate) const STEP: usize = 10;

/// The names of the kinds, which are classes of the style sheet.
const KINDS: [&str; 3] = ["allowed", "would-deny", "denied"];

impl ActivityView {
    /// What is known of this list. Costs reading its patterns.
    pub(crate) fn of(app: &App, list_type: ListType, activity: &dyn Activity) -> ActivityView {
        let ListActivity { denied, counts } = ListActivity::of(app, list_type, activity);
        let more = denied.len().saturating_sub(MOST_ORIGINS);
        ActivityView {
            list: list_type.as_str(),
            denied: denied.into_iter().take(MOST_ORIGINS).map(DeniedRow::from).collect(),
            more,
            chart: Chart::of(&counts),
        }
    }
}

fn total(interval: &Interval) -> u128 {
    numbers(interval).into_iter().map(u128::from).sum()
}

fn numbers(interval: &Interval) -> [u64; 3] {
    [interval.allowed, interval.would_deny, interval.denied]
}

/// So many as one: their numbers are added up.
fn joined(intervals: &[Interval]) -> Option<Interval> {
    let (first, last) = (intervals.first()?, intervals.last()?);
    let sum = |of: fn(&Interval) -> u64| intervals.iter().map(of).fold(0, u64::saturating_add);
    Some(Interval {
        from: first.from.clone(),
        until: last.until.clone(),
        allowed: sum(|interval| interval.allowed),
        would_deny: sum(|interval| interval.would_deny),
        denied: sum(|interval| interval.denied),
    })
}

impl Chart {
    fn of(counts: &[Interval]) -> Option<Chart> {
        let each = counts.len().div_ceil(MOST_BARS).max(1);
        let intervals: Vec<Interval> = counts.chunks(each).filter_map(joined).collect();
        let all = joined(&intervals)?;
        if total(&all) == 0 {
            return None;
        }
        let most = intervals.iter().map(total).max()?;
        let bars = intervals.iter().enumerate().map(|(index, interval)| Bar::of(index, interval, most));
        Some(Chart {
            sums: sums(&all),
            bars: bars.collect(),
            width: intervals.len() * STEP,
            most: grouped(most),
            from: Time::of(all.from.clone()),
            until: Time::of(all.until.clone()),
            has_would_deny: all.would_deny > 0,
            has_denied: all.denied > 0,
            rows: intervals.into_iter().map(Row::from).collect(),
        })
    }
}

/// In words, such as `3 requests: 1 let through, 1 would have been denied, 1 denied`.
fn sums(interval: &Interval) -> String {
    let total = total(interval);
    let [allowed, would_deny, denied] = numbers(interval).map(grouped);
    let requests = if total == 1 { "request" } else { "requests" };
    format!(
        "{} {requests}: {allowed} let through, {would_deny} would have been denied, {denied} denied",
        grouped(total)
    )
}

impl Bar {
    fn of(index: usize, interval: &Interval, most: u128) -> Bar {
        let mut top = HEIGHT;
        let mut parts = Vec::new();
        for (kind, number) in KINDS.into_iter().zip(numbers(interval)) {
            // At least a line where there is something to see.
            let height = scaled(number, most).max(usize::from(number > 0)).min(top);
            top -= height;
            if height > 0 {
                parts.push(Part { kind, y: top, height });
            }
        }
        let title = format!("{}: {}", Time::of(interval.from.clone()).read, sums(interval));
        Bar { x: index * STEP, title, parts }
    }
}

/// How high a number is where `most` is as high as the chart, which leaves room for what is rounded up.
fn scaled(number: u64, most: u128) -> usize {
    let height = u128::from(number) * (HEIGHT as u128 - 2) / most.max(1);
    usize::try_from(height).unwrap_or(HEIGHT)
}

impl From<Interval> for Row {
    fn from(interval: Interval) -> Row {
        let [allowed, would_deny, denied] = numbers(&interval).map(grouped);
        Row { from: Time::of(interval.from), allowed, would_deny, denied }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(allowed: u64, would_deny: u64, denied: u64) -> Interval {
        let (from, until) = ("2018-04-13T05:00:00.000Z".to_string(), "2018-04-13T05:01:00.000Z".to_string());
        Interval { from, until, allowed, would_deny, denied }
    }

    #[test]
    fn bars_fit_whatever_the_numbers() {
        for numbers in [[1, 0, 0], [u64::MAX; 3], [1, 1, 1], [1_000_000, 1, 1], [0, 0, 7]] {
            let [allowed, would_deny, denied] = numbers;
            let chart = Chart::of(&[interval(allowed, would_deny, denied), interval(0, 0, 0)]).unwrap();
            let parts = &chart.bars[0].parts;
            assert_eq!(parts.len(), numbers.iter().filter(|number| **number > 0).count(), "{numbers:?}");
            let height: usize = parts.iter().map(|part| part.height).sum();
            assert!((HEIGHT - 5..=HEIGHT).contains(&height), "{numbers:?}: {height}");
            assert!(parts.windows(2).all(|two| two[1].y + two[1].height == two[0].y), "{numbers:?}");
            assert!(chart.bars[1].parts.is_empty());
        }
    }

    #[test]
    fn many_intervals_are_joined_and_none_is_lost() {
        let chart = Chart::of(&(0..1000).map(|_| interval(2, 1, 0)).collect::<Vec<_>>()).unwrap();
        assert!(chart.bars.len() <= MOST_BARS && chart.rows.len() == chart.bars.len());
        assert_eq!(chart.sums, "3,000 requests: 2,000 let through, 1,000 would have been denied, 0 denied");
        assert!(chart.has_would_deny && !chart.has_denied);
    }

    #[test]
    fn without_requests_there_is_no_chart() {
        assert!(Chart::of(&[]).is_none());
        assert!(Chart::of(&[interval(0, 0, 0)]).is_none());
    }
}
