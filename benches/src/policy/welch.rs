//! Welch's t-test over two classes of times.

/// The sums of one class: count, mean, and squared distances from it (Welford, "Note on a method for calculating corrected sums of squares and products", 1962).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Sums {
    pub(super) fn push(&mut self, value: f64) {
        self.count += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    fn variance_of_mean(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

/// How many standard errors lie between the means of the two; `None` where there are too few.
pub(super) fn t([one, other]: [Sums; 2]) -> Option<f64> {
    const FEW: f64 = 1000.0;
    let error = (one.variance_of_mean() + other.variance_of_mean()).sqrt();
    (one.count >= FEW && other.count >= FEW && error > 0.0).then(|| (one.mean - other.mean) / error)
}

#[cfg(test)]
mod tests {
    use super::{Sums, t};

    #[test]
    fn two_classes_are_told_apart_by_their_means() {
        let sums = |add: f64| {
            let mut sums = Sums::default();
            (0..2000).for_each(|at| sums.push(f64::from(at % 3) + add));
            sums
        };
        assert_eq!(t([sums(0.0), sums(0.0)]), Some(0.0));
        // By hand: variance 0.6669 of each, so that the error is sqrt(2 × 0.6669 / 2000) = 0.02582.
        let far = t([sums(1.0), sums(0.0)]).unwrap();
        assert!((far - 38.7).abs() < 0.1, "{far}");
        assert_eq!(t([sums(0.0), Sums::default()]), None);
    }
}
