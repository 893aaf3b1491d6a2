//! `Vary`: which request headers an answer depends on, so that no cache gives it to another site.

use guestlist::ListType;
use http::header::{HeaderMap, HeaderValue, VARY};

use crate::judge::Judge;
use crate::policies::Policies;

/// What an answer depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Varies {
    pub(crate) list_type: ListType,
    /// Whether policies may stand in headers.
    pub(crate) by_policy_headers: bool,
}

impl<G> Judge<G> {
    pub(crate) fn varies(&self) -> Varies {
        let by_policy_headers = self.policies.as_ref().is_some_and(Policies::are_in_headers);
        Varies { list_type: self.list_type, by_policy_headers }
    }
}

/// Adds what is looked at. What is there stays as it is, and is not repeated.
pub(crate) fn add(headers: &mut HeaderMap, varies: Varies) {
    // Each name by its bit.
    const NAMES: [&str; 4] = ["Origin", "Referer", "X-Security-Policy", "X-Security-Signature"];
    let by_referer = varies.list_type == ListType::Delivery;
    let mut lacking = [true, by_referer, varies.by_policy_headers, varies.by_policy_headers];
    for value in headers.get_all(VARY) {
        for name in value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if name == b"*" {
                return;
            }
            for (is_lacking, known) in lacking.iter_mut().zip(NAMES) {
                *is_lacking &= !name.eq_ignore_ascii_case(known.as_bytes());
            }
        }
    }
    let line = match lacking {
        [false, false, false, false] => return,
        [true, true, false, false] => HeaderValue::from_static("Origin, Referer"),
        [true, false, false, false] => HeaderValue::from_static("Origin"),
        [false, true, false, false] => HeaderValue::from_static("Referer"),
        _ => {
            let names = NAMES.into_iter().zip(lacking).filter(|(_, is_lacking)| *is_lacking);
            let names: Vec<&str> = names.map(|(name, _)| name).collect();
            match HeaderValue::try_from(names.join(", ")) {
                Ok(line) => line,
                Err(_) => return,
            }
        }
    };
    // Fails only where the service behind has set some 24,000 headers, which no server sends.
    let _ = headers.try_append(VARY, line);
}

#[cfg(test)]
mod tests {
    use guestlist::ListType;
    use http::header::{HeaderMap, HeaderValue, VARY};

    use super::{Varies, add};

    #[track_caller]
    fn check(list_type: ListType, before: &[&'static [u8]], after: &[&[u8]]) {
        let mut headers = HeaderMap::new();
        for value in before {
            headers.append(VARY, HeaderValue::from_bytes(value).unwrap());
        }
        add(&mut headers, Varies { list_type, by_policy_headers: false });
        let values: Vec<&[u8]> = headers.get_all(VARY).iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(values, after);
    }

    #[test]
    fn nothing_is_lost_and_nothing_repeated() {
        use ListType::{Delivery, Upload};

        check(Upload, &[], &[b"Origin"]);
        check(Upload, &[b"Accept"], &[b"Accept", b"Origin"]);
        check(Upload, &[b"Accept", b"Cookie"], &[b"Accept", b"Cookie", b"Origin"]);
        check(Upload, &[b"origin"], &[b"origin"]);
        check(Upload, &[b"Accept", b"Cookie , ORIGIN"], &[b"Accept", b"Cookie , ORIGIN"]);
        check(Upload, &[b"*"], &[b"*"]);
        check(Upload, &[b"Accept, *"], &[b"Accept, *"]);
        check(Upload, &[b"Referer"], &[b"Referer", b"Origin"]);
        check(Upload, &[b"X-Origin, Origin-Agent-Cluster"], &[b"X-Origin, Origin-Agent-Cluster", b"Origin"]);
        check(Upload, &[b"\xff, ,"], &[b"\xff, ,", b"Origin"]);
        check(Delivery, &[], &[b"Origin, Referer"]);
        check(Delivery, &[b"Origin"], &[b"Origin", b"Referer"]);
        check(Delivery, &[b"accept,referer"], &[b"accept,referer", b"Origin"]);
        check(Delivery, &[b"referer", b"origin"], &[b"referer", b"origin"]);
        check(Delivery, &[b"*"], &[b"*"]);
    }

    #[test]
    fn headers_that_carry_policies_are_named_too() {
        let varies = Varies { list_type: ListType::Delivery, by_policy_headers: true };
        for (before, after) in [
            (&[][..], "Origin, Referer, X-Security-Policy, X-Security-Signature"),
            (&["accept, x-security-policy"], "Origin, Referer, X-Security-Signature"),
        ] {
            let mut headers = HeaderMap::new();
            for value in before {
                headers.append(VARY, HeaderValue::from_static(value));
            }
            add(&mut headers, varies);
            assert_eq!(headers.get_all(VARY).iter().next_back().unwrap(), after);
        }
    }

    #[test]
    fn a_map_that_is_full_stays_as_it_is() {
        let mut headers = HeaderMap::new();
        let mut number = 0_u32;
        while headers
            .try_append(
                http::HeaderName::try_from(format!("x-{number}")).unwrap(),
                HeaderValue::from_static(""),
            )
            .is_ok()
        {
            number += 1;
        }
        let before = headers.len();
        add(&mut headers, Varies { list_type: ListType::Upload, by_policy_headers: true });
        assert_eq!(headers.len(), before);
    }
}
