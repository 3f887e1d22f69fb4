//! How an operation is timed, and its allocations counted.

use std::time::{Duration, Instant};

use wampkit::proto::Serializer;

/// What one operation costs.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    fastest: f64,
    median: f64,
    allocations: f64,
}

impl Cost {
    /// What each of so many that are one operation costs.
    pub(super) fn divided_by(self, many: u32) -> Self {
        let [fastest, median, allocations] =
            [self.fastest, self.median, self.allocations].map(|cost| cost / f64::from(many));
        Self {
            fastest,
            median,
            allocations,
        }
    }

    /// What is left of it without a part that costs that much.
    pub(super) fn less(self, part: Self) -> Self {
        Self {
            fastest: self.fastest - part.fastest,
            median: self.median - part.median,
            allocations: self.allocations - part.allocations,
        }
    }
}

/// One row: an operation in each serializer.
pub(super) fn row(name: &str, cost: impl Fn(Serializer) -> Cost) {
    print!("{name:<40}");
    for serializer in Serializer::ALL {
        let Cost {
            fastest,
            median,
            allocations,
        } = cost(serializer);
        print!("{fastest:>10.0}{median:>8.0}{allocations:>7.1}");
    }
    println!();
}

pub(super) fn measure(mut operation: impl FnMut()) -> Cost {
    let mut repeat = |times: u32| {
        for _ in 0..times {
            operation();
        }
    };
    repeat(COUNTED);
    let counted = allocation_counter::measure(|| repeat(COUNTED));
    let mut time = |times| {
        let started = Instant::now();
        repeat(times);
        started.elapsed().as_secs_f64() * 1e9 / f64::from(times)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive count of operations in milliseconds"
    )]
    let times = (ROUND.as_secs_f64() * 1e9 / time(COUNTED)) as u32 + 1;
    let mut rounds = [(); ROUNDS].map(|()| time(times));
    rounds.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let allocations = counted.count_total as f64 / f64::from(COUNTED);
    Cost {
        fastest: rounds[0],
        median: rounds[ROUNDS / 2],
        allocations,
    }
}

/// What each of two operations costs that go on in turn only, as an answer does after its question. Each is so many at a
/// time that reading the clock is no part of it; what `prepare` does before them is not counted.
pub(super) fn measure_turns<S>(
    state: &mut S,
    prepare: impl Fn(&mut S),
    turns: [fn(&mut S); 2],
) -> [Cost; 2] {
    let mut time = |times: u32| {
        let mut sums = [Duration::ZERO; 2];
        for _ in 0..times {
            prepare(state);
            for (turn, sum) in turns.into_iter().zip(&mut sums) {
                let started = Instant::now();
                turn(state);
                *sum += started.elapsed();
            }
        }
        sums.map(|sum| sum.as_secs_f64() * 1e9 / f64::from(times))
    };
    let warm: f64 = time(COUNTED).into_iter().sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive count of operations in milliseconds"
    )]
    let times = (2.0 * ROUND.as_secs_f64() * 1e9 / warm) as u32 + 1;
    let rounds = [(); ROUNDS].map(|()| time(times));
    let mut allocations = [0; 2];
    for _ in 0..COUNTED {
        prepare(state);
        for (turn, sum) in turns.into_iter().zip(&mut allocations) {
            *sum += allocation_counter::measure(|| turn(state)).count_total;
        }
    }
    [0, 1].map(|turn| {
        let mut rounds = rounds.map(|both| both[turn]);
        rounds.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let allocations = allocations[turn] as f64 / f64::from(COUNTED);
        Cost {
            fastest: rounds[0],
            median: rounds[ROUNDS / 2],
            allocations,
        }
    })
}

pub(super) const ROUNDS: usize = 15;
/// Long enough for the clock, short enough for a round to go by without an interruption now and then.
const ROUND: Duration = Duration::from_millis(2);
/// So many operations that what is allocated once, tables that grow, is a small part of it.
const COUNTED: u32 = 1_000;
