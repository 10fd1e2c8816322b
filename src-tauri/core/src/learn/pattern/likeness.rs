//! How alike two pairs are: the cosine of their weighted stems (Salton, Buckley: Term-weighting Approaches in Automatic
//! Text Retrieval, 1988), and whether their answers state the same figures.

use std::collections::HashMap;

use crate::learn::stem::is_figure;

/// Pairs this alike ask the same thing.
pub(crate) const SAME: f64 = 0.3;

/// What the questions have in common speaks half as loud as what the owner answered: people ask in their own words.
const QUESTION_WEIGHT: f64 = 0.5;

/// Questions this alike are the same question, whatever was answered ...
const SAME_QUESTION: f64 = 0.7;
/// ... if they have so many stems.
pub(super) const QUESTION_STEMS: usize = 3;

/// Questions that share so many of their stems (Jaccard) ask the same in the same words, but for a name or a number ...
const NEARLY_SAME_QUESTION: f64 = 0.6;
/// ... if the answers share so many of theirs.
const NEARLY_SAME_ANSWER: f64 = 0.4;

/// Answers with fewer stems say nothing, since "Thanks!" answers everything.
const ANSWER_STEMS: usize = 6;

/// Two answers that both state figures must share so many of those of the one that states fewer: "to Switzerland, 14.90"
/// is not "to the UK, 17.90".
const SHARED_FIGURES: f64 = 0.34;

/// A stem as comparison sees it.
type Stem = u32;

/// How many pairs have a stem in their question, and in their answer.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    pairs: usize,
    questions: HashMap<Stem, u32>,
    answers: HashMap<Stem, u32>,
}

impl Frequencies {
    /// Of so many pairs, with none of their stems yet.
    pub(crate) fn new(pairs: usize) -> Self {
        Self {
            pairs,
            ..Self::default()
        }
    }

    /// Notes in how many questions and in how many answers a stem stands.
    pub(crate) fn note(&mut self, stem: &str, questions: u32, answers: u32) {
        self.questions.insert(hash(stem), questions);
        self.answers.insert(hash(stem), answers);
    }

    /// Counts a pair's.
    pub(super) fn count(&mut self, sides: &Sides) {
        self.pairs += 1;
        for (stem, _) in &sides.question.0 {
            *self.questions.entry(*stem).or_default() += 1;
        }
        for (stem, _) in &sides.answer.0 {
            *self.answers.entry(*stem).or_default() += 1;
        }
    }
}

/// Both sides of a pair.
#[derive(Debug)]
pub(crate) struct Sides {
    pub(super) question: Vector,
    pub(super) answer: Vector,
    figures: Vec<Stem>,
}

impl Sides {
    /// Of stems one blank apart; not weighted yet.
    pub(crate) fn new(question: &str, answer: &str) -> Self {
        let mut figures: Vec<Stem> = split(answer)
            .filter(|stem| is_figure(stem))
            .map(hash)
            .collect();
        figures.sort_unstable();
        figures.dedup();
        Self {
            question: Vector::counted(question),
            answer: Vector::counted(answer),
            figures,
        }
    }

    /// Weighted by how rare each stem is.
    pub(crate) fn weigh(&mut self, frequencies: &Frequencies) {
        self.question
            .weigh(frequencies.pairs, &frequencies.questions);
        self.answer.weigh(frequencies.pairs, &frequencies.answers);
    }

    /// How alike two weighted pairs are: above [`SAME`] where they ask the same thing.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let questions = self.question.cosine(&other.question);
        if questions >= SAME_QUESTION && self.question.0.len() >= QUESTION_STEMS {
            return 1.0;
        }
        if self.contradicts(other) {
            return 0.0;
        }
        let telling = self.answer.0.len().min(other.answer.0.len()) >= ANSWER_STEMS;
        let answers = if telling {
            self.answer.cosine(&other.answer)
        } else {
            0.0
        };
        answers + QUESTION_WEIGHT * questions
    }

    /// Whether both ask nearly the same in the same words, and neither answer speaks against it. Counted, not weighted: it
    /// comes before anybody knows what is rare.
    pub(super) fn is_nearly(&self, other: &Self) -> bool {
        let questions = self.question.shared(&other.question);
        let answers = self.answer.shared(&other.answer);
        let short = self.answer.0.len().min(other.answer.0.len()) < ANSWER_STEMS;
        questions.count >= QUESTION_STEMS
            && questions.share >= NEARLY_SAME_QUESTION
            && (short || answers.share >= NEARLY_SAME_ANSWER)
            && !self.contradicts(other)
    }

    fn contradicts(&self, other: &Self) -> bool {
        let fewer = self.figures.len().min(other.figures.len());
        let shared = self
            .figures
            .iter()
            .filter(|figure| other.figures.binary_search(figure).is_ok())
            .count();
        fewer > 0 && (shared as f64) < SHARED_FIGURES * fewer as f64
    }
}

/// Stems and their weights, in the order of the stems.
#[derive(Debug)]
pub(super) struct Vector(pub(super) Vec<(Stem, f32)>);

impl Vector {
    fn counted(stems: &str) -> Self {
        let mut hashes: Vec<Stem> = split(stems).map(hash).collect();
        hashes.sort_unstable();
        let runs = hashes.chunk_by(|one, other| one == other);
        Self(runs.map(|run| (run[0], run.len() as f32)).collect())
    }

    fn weigh(&mut self, pairs: usize, frequencies: &HashMap<Stem, u32>) {
        for (stem, weight) in &mut self.0 {
            let having = frequencies.get(stem).copied().unwrap_or(0).max(1);
            let rare = ((pairs as f64 + 1.0) / f64::from(having)).ln();
            *weight = ((1.0 + f64::from(*weight).ln()) * rare.max(0.0)) as f32;
        }
        let length = self.dot(self).sqrt();
        if length > 0.0 {
            for (_, weight) in &mut self.0 {
                *weight = (f64::from(*weight) / length) as f32;
            }
        }
    }

    fn shared(&self, other: &Self) -> Shared {
        let count = self
            .0
            .iter()
            .filter(|(stem, _)| {
                other
                    .0
                    .binary_search_by_key(stem, |(stem, _)| *stem)
                    .is_ok()
            })
            .count();
        let all = self.0.len() + other.0.len() - count;
        Shared {
            count,
            share: count as f64 / all.max(1) as f64,
        }
    }

    fn cosine(&self, other: &Self) -> f64 {
        self.dot(other)
    }

    fn dot(&self, other: &Self) -> f64 {
        let (mut left, mut right, mut sum) = (0, 0, 0.0);
        while let (Some((a, one)), Some((b, two))) = (self.0.get(left), other.0.get(right)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => left += 1,
                std::cmp::Ordering::Greater => right += 1,
                std::cmp::Ordering::Equal => {
                    sum += f64::from(*one) * f64::from(*two);
                    left += 1;
                    right += 1;
                }
            }
        }
        sum
    }
}

/// How many stems two texts share, and which share of all of theirs.
struct Shared {
    count: usize,
    share: f64,
}

fn split(stems: &str) -> impl Iterator<Item = &str> {
    stems.split(' ').filter(|stem| !stem.is_empty())
}

/// FNV-1a: the same on every machine, unlike the hash of the standard library.
fn hash(stem: &str) -> Stem {
    stem.bytes().fold(0x811C_9DC5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
