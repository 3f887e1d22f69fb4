//! A small fuzzer: it changes the inputs of a corpus and looks for a panic.
//!
//! What a target answers is a sign of how far the input came. An input with a sign that none had before joins those that are
//! changed further, so that the search goes where something happens. The same seed makes the same inputs in the same order.
//!
//! - `WAMP_FUZZ_SECONDS`: how long each target is fuzzed, 1 unless said otherwise.
//! - `WAMP_FUZZ_SEED`: where the random numbers start, 0 unless said otherwise.
//! - `WAMP_FUZZ_KEEP=1`: inputs that brought something new are added to the corpus, as far as they are short.
//!
//! The input at hand is written to a file first, in `target/tmp/fuzz`: there it is found after a crash that no test survives,
//! such as an overflow of the stack. An input that panics stays there under a name of its own.

use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// Fuzzes `target` with the corpus of this name. `words` are what its grammar has: they are put in at random.
pub(crate) fn fuzz<S: Hash>(name: &str, words: &[&[u8]], mut target: impl FnMut(&[u8]) -> S) {
    let mut fuzzer = Fuzzer::new(name, words);
    let seeds = corpus(name);
    assert!(!seeds.is_empty(), "{name} has no corpus");
    for seed in seeds {
        fuzzer.run(&seed, &mut target);
        fuzzer.pool.push(seed);
    }
    let seeds = fuzzer.pool.len();
    fuzzer.seeds = seeds;
    let (started, time) = (Instant::now(), seconds());
    while started.elapsed() < time {
        let input = fuzzer.next();
        if fuzzer.run(&input, &mut target) {
            fuzzer.keep(input);
        }
    }
    let Fuzzer {
        runs,
        pool,
        signs,
        slowest,
        ..
    } = &fuzzer;
    println!(
        "fuzz {name}: {runs} inputs in {:.1?}, a corpus of {seeds} that grew to {}, {} outcomes, the slowest took {slowest:.1?}",
        started.elapsed(),
        pool.len(),
        signs.len()
    );
}

/// Whether the targets are fuzzed for longer than in passing.
fn seconds() -> Duration {
    Duration::from_secs(number("WAMP_FUZZ_SECONDS").unwrap_or(1))
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

/// A sign of how something ended, for errors with a text: which error it is, whatever it quotes and whatever numbers it has.
#[allow(dead_code, reason = "not every target has errors with a text")]
pub(crate) fn sign_of(error: &impl ToString) -> String {
    let text = error.to_string();
    let quotes = ['"', '`'];
    let before = text.split(quotes).next().unwrap_or_default();
    let after = text.rsplit(quotes).next().unwrap_or_default();
    let all = [before, after].concat();
    let without_numbers = all.chars().filter(|each| !each.is_ascii_digit());
    without_numbers.take(120).collect()
}

struct Fuzzer<'w> {
    name: String,
    words: &'w [&'w [u8]],
    random: Rng,
    /// The inputs that are changed: first those of the corpus.
    pool: Vec<Vec<u8>>,
    /// How many those of the corpus are.
    seeds: usize,
    /// What the targets have answered so far, as hashes.
    signs: HashSet<u64>,
    runs: u64,
    slowest: Duration,
    /// The input at hand.
    current: File,
    folder: PathBuf,
}

impl<'w> Fuzzer<'w> {
    fn new(name: &str, words: &'w [&'w [u8]]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tmp/fuzz");
        fs::create_dir_all(&folder).unwrap();
        Self {
            name: name.to_owned(),
            words,
            random: Rng::with_seed(number("WAMP_FUZZ_SEED").unwrap_or(0)),
            pool: Vec::new(),
            seeds: 0,
            signs: HashSet::new(),
            runs: 0,
            slowest: Duration::ZERO,
            current: File::create(folder.join(format!("{name}-current"))).unwrap(),
            folder,
        }
    }

    /// Gives the target an input, and answers whether it led to something new.
    fn run<S: Hash>(&mut self, input: &[u8], target: &mut impl FnMut(&[u8]) -> S) -> bool {
        self.current.set_len(0).unwrap();
        self.current.write_all_at(input, 0).unwrap();
        let started = Instant::now();
        let sign = catch_unwind(AssertUnwindSafe(|| target(input)));
        let took = started.elapsed();
        let text = input.escape_ascii();
        let sign = sign.unwrap_or_else(|panic| {
            let path = self.folder.join(self.name_of(input));
            fs::write(&path, input).unwrap();
            eprintln!("fuzz {}: {}: b\"{text}\"", self.name, path.display());
            resume_unwind(panic);
        });
        assert!(
            took < TOO_LONG,
            "fuzz {}: {took:.1?} for b\"{text}\"",
            self.name
        );
        self.runs += 1;
        self.slowest = self.slowest.max(took);
        self.signs.insert(hash(&sign))
    }

    /// Takes an input among those that are changed.
    fn keep(&mut self, input: Vec<u8>) {
        if input.len() <= SHORT && env::var_os("WAMP_FUZZ_KEEP").is_some() {
            fs::write(folder_of(&self.name).join(self.name_of(&input)), &input).unwrap();
        }
        if self.pool.len() < MOST {
            self.pool.push(input);
        } else {
            let at = self.random.usize(self.seeds..MOST);
            self.pool[at] = input;
        }
    }

    fn name_of(&self, input: &[u8]) -> String {
        format!("{}-{:016x}", self.name, hash(&input))
    }

    /// An input that there was, changed.
    fn next(&mut self) -> Vec<u8> {
        // The latest half of the time: it led somewhere new.
        let latest = self.pool.len().saturating_sub(16);
        let at = if self.random.bool() {
            self.random.usize(..self.pool.len())
        } else {
            self.random.usize(latest..self.pool.len())
        };
        let mut input = self.pool[at].clone();
        let changes = 1 << self.random.u8(..4);
        for _ in 0..self.random.u8(1..=changes) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let random = &mut self.random;
        let at = random.usize(..=input.len());
        let end = (at + random.usize(1..=8)).min(input.len());
        match random.u8(..13) {
            0 if end > at => input[at] ^= 1 << random.u8(..8),
            1 if end > at => input[at] = random.u8(..),
            2 => input.insert(at, random.u8(..)),
            3 => drop(input.drain(at..end)),
            4 => {
                let piece = input[at..end].to_vec();
                for _ in 0..random.usize(1..=3) {
                    input.splice(at..at, piece.iter().copied());
                }
            }
            5 | 6 if !self.words.is_empty() => {
                let word = self.words[random.usize(..self.words.len())];
                input.splice(at..at, word.iter().copied());
            }
            7 if !self.words.is_empty() => {
                let word = self.words[random.usize(..self.words.len())];
                input.splice(at..end, word.iter().copied());
            }
            8 => {
                // A number as lengths are written, whatever its width.
                let width = 1 << random.u8(..4);
                let number = NUMBERS[random.usize(..NUMBERS.len())].to_be_bytes();
                let end = (at + width).min(input.len());
                input.splice(at..end, number[8 - width..].iter().copied());
            }
            9 => {
                let other = &self.pool[random.usize(..self.pool.len())];
                let from = random.usize(..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            10 => {
                let other = &self.pool[random.usize(..self.pool.len())];
                let from = random.usize(..=other.len());
                let to = (from + random.usize(1..=32)).min(other.len());
                input.splice(at..at, other[from..to].iter().copied());
            }
            11 => input.truncate(at),
            12 if end > at && random.u8(..8) == 0 => {
                // Deep, or long.
                let piece = input[at..end].repeat(random.usize(1..=200));
                input.splice(at..at, piece);
            }
            _ => {}
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The inputs that are in the tree, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder_of(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| fs::read(path).unwrap())
        .collect()
}

fn folder_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name)
}

/// Lengths at which something ends.
const NUMBERS: [u64; 14] = [
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    1 << 24,
    (1 << 24) - 1,
    0x7FFF_FFFF,
    0xFFFF_FFFF,
    1 << 53,
    1 << 63,
    u64::MAX,
];

/// How many inputs are changed at the most: from then on a new one takes the place of one that was found before.
const MOST: usize = 2_000;

/// The longest input that is made.
const LONGEST: usize = 16 << 10;

/// The longest input that is kept in the tree.
const SHORT: usize = 256;

/// What an input of that length may not take, even on a machine with other things to do.
const TOO_LONG: Duration = Duration::from_secs(10);
