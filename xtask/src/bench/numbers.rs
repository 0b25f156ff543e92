//! Numbers as people read them.

/// With commas: `16,344`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Events a second: `7.5 M`, `150 k`, `25`.
pub(super) fn rate(number: f64) -> String {
    match number {
        1e6.. => format!("{} M", three_digits(number / 1e6)),
        1e3.. => format!("{} k", three_digits(number / 1e3)),
        _ => format!("{number:.0}"),
    }
}

/// Memory: `1.2 GB`, `18 MB`, `640 kB`.
pub(super) fn bytes(number: u64) -> String {
    let number = number as f64;
    match number {
        1e9.. => format!("{} GB", three_digits(number / 1e9)),
        1e6.. => format!("{} MB", three_digits(number / 1e6)),
        _ => format!("{} kB", three_digits(number / 1e3)),
    }
}

/// How many times: `63×`, `0.85×`.
pub(super) fn ratio(number: f64) -> String {
    match number {
        1e3.. => format!("{}×", count(number.round() as u64)),
        _ => format!("{}×", three_digits(number)),
    }
}

fn three_digits(number: f64) -> String {
    match number {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}").trim_end_matches(".0").to_owned(),
        _ => format!("{number:.2}").trim_end_matches(".00").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keep_three_digits() {
        assert_eq!([count(0), count(999), count(17_012_589)], ["0", "999", "17,012,589"]);
        assert_eq!([rate(7_512_000.0), rate(150_400.0), rate(25.2)], ["7.51 M", "150 k", "25"]);
        assert_eq!([bytes(1_230_000_000), bytes(18_000_000), bytes(640_000)], ["1.23 GB", "18 MB", "640 kB"]);
        assert_eq!([ratio(0.847), ratio(63.04), ratio(980_000.0)], ["0.85×", "63×", "980,000×"]);
    }
}
