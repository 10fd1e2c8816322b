//! Which pairs ask the same thing.
//!
//! Groups are joined, the most alike first, while all pairs of two groups are alike on average (average linkage, Sokal and
//! Michener 1958), so that no chain of neighbours joins what has nothing in common. Only pairs that share one of their most
//! telling stems are compared, since comparing all with all would be quadratic. Every tie is broken by the pairs' keys: the
//! order in which they were learned cannot matter.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::PairView;
use super::likeness::{Frequencies, SAME, Vector};

/// So many of a side's most telling stems find neighbours ...
const PROBES: usize = 16;
/// ... each so many: those whose keys come next, where more pairs have the stem.
const WINDOW: usize = 64;
/// So many of them, those that share most, are compared.
const NEIGHBOURS: usize = 32;

/// So many members, those with the least keys, speak for a group that is large.
const WITNESSES: usize = 16;

/// The groups of pairs that ask the same thing; every pair is in one. Sorts the pairs.
pub(super) fn groups(pairs: &mut [PairView]) -> Vec<Vec<usize>> {
    pairs.sort_by_key(|pair| (pair.key, pair.answered_at));
    let identical = identical(pairs);
    let mut frequencies = Frequencies::default();
    // What is asked a hundred times in the same words counts once: it is no less telling for it.
    for pair in identical
        .iter()
        .filter_map(|group| pairs.get(*group.first()?))
    {
        frequencies.count(&pair.sides);
    }
    for pair in pairs.iter_mut() {
        pair.sides.weigh(&frequencies);
    }
    let mut clusters = Clusters::new(pairs, identical);
    for (one, other) in neighbours(pairs) {
        clusters.link(one, other);
    }
    clusters.join();
    clusters.groups
}

/// Pairs of nearly the very same question are together from the start, however many they are.
fn identical(pairs: &[PairView]) -> Vec<Vec<usize>> {
    let mut roots: Vec<usize> = (0..pairs.len()).collect();
    let mut same_mail: HashMap<i64, usize> = HashMap::new();
    let mut postings: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        let first = *same_mail.entry(pair.question).or_insert(index);
        join(&mut roots, first, index);
        for (stem, _) in pair.sides.question.0.iter().take(PROBES) {
            postings.entry(*stem).or_default().push(index);
        }
    }
    for posting in postings.values() {
        for (position, one) in posting.iter().enumerate() {
            for other in posting[position + 1..].iter().take(NEIGHBOURS) {
                if root(&mut roots, *one) != root(&mut roots, *other)
                    && pairs[*one].sides.is_nearly(&pairs[*other].sides)
                {
                    join(&mut roots, *one, *other);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..pairs.len() {
        groups
            .entry(root(&mut roots, index))
            .or_default()
            .push(index);
    }
    groups.into_values().collect()
}

fn root(roots: &mut [usize], mut index: usize) -> usize {
    while roots[index] != index {
        roots[index] = roots[roots[index]];
        index = roots[index];
    }
    index
}

/// The least index of a group stands for it, so that the order of joining cannot be read off it.
fn join(roots: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(roots, one), root(roots, other));
    roots[one.max(other)] = one.min(other);
}

/// The pairs that are worth comparing.
fn neighbours(pairs: &[PairView]) -> BTreeSet<(usize, usize)> {
    let mut shared: Vec<HashMap<usize, f32>> = Vec::new();
    shared.resize_with(pairs.len(), HashMap::new);
    let sides: [fn(&PairView) -> &Vector; 2] =
        [|pair| &pair.sides.question, |pair| &pair.sides.answer];
    for side in sides {
        let mut postings: BTreeMap<u32, Vec<(usize, f32)>> = BTreeMap::new();
        for (index, pair) in pairs.iter().enumerate() {
            for (stem, weight) in most_telling(side(pair)) {
                postings.entry(stem).or_default().push((index, weight));
            }
        }
        for posting in postings.values() {
            for (position, (one, weight)) in posting.iter().enumerate() {
                for (other, others) in posting[position + 1..].iter().take(WINDOW) {
                    *shared[*one].entry(*other).or_default() += weight * others;
                }
            }
        }
    }
    let most = |(index, shared): (usize, HashMap<usize, f32>)| {
        let mut shared: Vec<(usize, f32)> = shared.into_iter().collect();
        shared.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        shared.truncate(NEIGHBOURS);
        shared.into_iter().map(move |(other, _)| (index, other))
    };
    shared.into_iter().enumerate().flat_map(most).collect()
}

fn most_telling(side: &Vector) -> Vec<(u32, f32)> {
    let mut stems = side.0.clone();
    stems.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    stems.truncate(PROBES);
    stems
}

/// Groups that are being joined.
struct Clusters<'a> {
    pairs: &'a [PairView],
    groups: Vec<Vec<usize>>,
    group_of: Vec<usize>,
    /// How alike the pairs of two groups are on average.
    links: Vec<BTreeMap<usize, f64>>,
}

impl<'a> Clusters<'a> {
    fn new(pairs: &'a [PairView], groups: Vec<Vec<usize>>) -> Self {
        let mut group_of = vec![0; pairs.len()];
        for (group, members) in groups.iter().enumerate() {
            for member in members {
                group_of[*member] = group;
            }
        }
        Self {
            pairs,
            group_of,
            links: vec![BTreeMap::new(); groups.len()],
            groups,
        }
    }

    /// Notes that the groups of two pairs may be joined, if the pairs are half as alike as they would have to be.
    fn link(&mut self, one: usize, other: usize) {
        let (left, right) = (self.group_of[one], self.group_of[other]);
        let alike = || self.pairs[one].sides.likeness(&self.pairs[other].sides);
        if left != right && !self.links[left].contains_key(&right) && alike() >= SAME / 2.0 {
            let mean = self.mean(left, right);
            self.links[left].insert(right, mean);
            self.links[right].insert(left, mean);
        }
    }

    fn mean(&self, left: usize, right: usize) -> f64 {
        let witnesses = |group: usize| self.groups[group].iter().take(WITNESSES);
        let likeness =
            |one: &usize, other: &usize| self.pairs[*one].sides.likeness(&self.pairs[*other].sides);
        let sum: f64 = witnesses(left)
            .map(|one| {
                witnesses(right)
                    .map(|other| likeness(one, other))
                    .sum::<f64>()
            })
            .sum();
        sum / (witnesses(left).len() * witnesses(right).len()) as f64
    }

    fn candidate(&self, left: usize, right: usize) -> Option<Candidate> {
        let mean = *self.links[left].get(&right)?;
        (mean >= SAME).then_some(Candidate { mean, left, right })
    }

    /// Joins the most alike two groups until none are alike enough; the empty ones go.
    fn join(&mut self) {
        let mut candidates = BinaryHeap::new();
        for left in 0..self.groups.len() {
            let rights = self.links[left].range(left + 1..);
            candidates.extend(rights.filter_map(|(right, _)| self.candidate(left, *right)));
        }
        while let Some(next) = candidates.pop() {
            // What was joined since has another mean, or is gone.
            if self.candidate(next.left, next.right) == Some(next) {
                self.merge(next.left, next.right);
                let others = self.links[next.left].keys();
                candidates.extend(others.filter_map(|other| {
                    self.candidate(next.left.min(*other), next.left.max(*other))
                }));
            }
        }
        self.groups.retain(|members| !members.is_empty());
        self.groups.sort();
    }

    fn merge(&mut self, into: usize, from: usize) {
        let others: BTreeSet<usize> = self.links[into]
            .keys()
            .chain(self.links[from].keys())
            .copied()
            .filter(|other| *other != into && *other != from)
            .collect();
        for other in others {
            let weighted = |group: usize| {
                let known = self.links[group].get(&other).copied();
                known.unwrap_or_else(|| self.mean(group, other)) * self.groups[group].len() as f64
            };
            let all = self.groups[into].len() + self.groups[from].len();
            let mean = (weighted(into) + weighted(from)) / all as f64;
            self.links[into].insert(other, mean);
            self.links[other].insert(into, mean);
            self.links[other].remove(&from);
        }
        self.links[into].remove(&from);
        self.links[from].clear();
        let members = std::mem::take(&mut self.groups[from]);
        self.groups[into].extend(members);
        self.groups[into].sort_unstable();
    }
}

/// Two groups that may be joined.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    mean: f64,
    left: usize,
    right: usize,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean
            .total_cmp(&other.mean)
            .then_with(|| (other.left, other.right).cmp(&(self.left, self.right)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[(&str, &str)]) -> Vec<PairView> {
        let of = |((question, answer), n): (&(&str, &str), i64)| {
            PairView::new(n, n, n, n, question, answer)
        };
        texts.iter().zip(1..).map(of).collect()
    }

    const MAILS: [(&str, &str); 6] = [
        (
            "ship switzerland long take",
            "ship switzerland flat rate 14.90 5 7 work day custom",
        ),
        (
            "deliver zurich possible",
            "yes switzerland flat rate 14.90 take 5 7 day",
        ),
        (
            "ship uk long take",
            "ship uk flat rate 17.90 6 8 work day custom",
        ),
        ("open hour saturday", "saturday ten two door bell friend"),
        (
            "invoice vat number",
            "send name address pdf tomorrow office",
        ),
        ("broken hook spare", "hook replace free shelf rail wheel"),
    ];

    #[test]
    fn the_same_answer_joins_and_other_figures_part() {
        let mut pairs = pairs(&MAILS);
        assert_eq!(
            groups(&mut pairs),
            [vec![0, 1], vec![2], vec![3], vec![4], vec![5]]
        );
    }

    #[test]
    fn the_order_of_learning_does_not_matter() {
        let (mut one, mut other) = (pairs(&MAILS), pairs(&MAILS));
        other.reverse();
        assert_eq!(groups(&mut one), groups(&mut other));
    }

    #[test]
    fn what_is_asked_very_often_is_still_one_pattern() {
        let mut texts = MAILS.to_vec();
        let names = ["ada", "bob", "cem", "dora", "eve", "finn", "gus", "hal"];
        let often: Vec<String> = (0..80)
            .map(|n| format!("park near shop where {}{n}", names[n % names.len()]))
            .collect();
        texts.extend(
            often
                .iter()
                .map(|question| (question.as_str(), "behind church free two hour disc")),
        );
        let mut pairs = pairs(&texts);
        let largest = groups(&mut pairs)
            .into_iter()
            .map(|group| group.len())
            .max();
        assert_eq!(largest, Some(80));
    }

    #[test]
    fn a_short_thank_you_joins_nothing() {
        let mut pairs = pairs(&[("invoice vat", "thank"), ("parcel where", "thank")]);
        assert_eq!(groups(&mut pairs).len(), 2);
    }
}
