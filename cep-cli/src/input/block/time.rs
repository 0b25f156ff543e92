//! RFC 3339 as programs print it: `2018-01-31T01:49:59Z`, perhaps with milliseconds. Whatever looks otherwise is none here,
//! and is read by `scalar`, with the same result.

/// Milliseconds since the epoch.
pub(in crate::input) fn rfc_3339(text: &[u8]) -> Option<i64> {
    let millis = match *text {
        [.., b'Z'] if text.len() == 20 => 0,
        [.., b'.', a, b, c, b'Z'] if text.len() == 24 => 10 * pair(a, b)? + digit(c)?,
        _ => return None,
    };
    let [a, b, c, d, b'-', e, f, b'-', g, h, b'T', i, j, b':', k, l, b':', m, n, ..] = *text else {
        return None;
    };
    let (year, month, day) = (100 * pair(a, b)? + pair(c, d)?, pair(e, f)?, pair(g, h)?);
    let (hour, minute, second) = (pair(i, j)?, pair(k, l)?, pair(m, n)?);
    // A leap second is left to those who know what it is.
    let sound = (1..=12).contains(&month) && (1..=last_day(year, month)).contains(&day);
    if !sound || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = 86_400 * days(year, month, day) + 3_600 * hour + 60 * minute + second;
    Some(1_000 * seconds + millis)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn pair(tens: u8, ones: u8) -> Option<i64> {
    Some(10 * digit(tens)? + digit(ones)?)
}

fn last_day(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the epoch; years are counted from March, so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::scalar;
    use super::*;

    #[test]
    fn usual_times_are_read() {
        assert_eq!(rfc_3339(b"2018-01-31T01:49:59Z"), Some(1_517_363_399_000));
        assert_eq!(rfc_3339(b"2018-01-31T01:49:59.650Z"), Some(1_517_363_399_650));
        for text in
            ["2018-02-29T01:49:59Z", "2018-01-31T01:49:60Z", "2018-01-31T01:49:59.6Z", "2018-01-31 01:49:59Z"]
        {
            assert_eq!(rfc_3339(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn times_are_those_of_the_careful_reader(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{3})?Z") {
            if let Some(found) = rfc_3339(text.as_bytes()) {
                prop_assert_eq!(Ok(found), scalar::timestamp(text.as_bytes()));
            } else {
                let left = scalar::timestamp(text.as_bytes());
                prop_assert!(left.is_err() || text.contains(":60"), "{} is {:?}", text, left);
            }
        }
    }
}
