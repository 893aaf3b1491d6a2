//! `Vary`: which request headers an answer depends on, so that no cache gives it to another site.

use guestlist::ListType;
use http::header::{HeaderMap, HeaderValue, VARY};

/// Adds what a list of this type looks at. What is there stays as it is, and is not repeated.
pub(crate) fn add(headers: &mut HeaderMap, list_type: ListType) {
    let mut lacks_origin = true;
    let mut lacks_referer = list_type == ListType::Delivery;
    for value in headers.get_all(VARY) {
        for name in value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if name == b"*" {
                return;
            }
            lacks_origin &= !name.eq_ignore_ascii_case(b"origin");
            lacks_referer &= !name.eq_ignore_ascii_case(b"referer");
        }
    }
    let lacking = match (lacks_origin, lacks_referer) {
        (true, true) => "Origin, Referer",
        (true, false) => "Origin",
        (false, true) => "Referer",
        (false, false) => return,
    };
    // Fails only where the service behind has set some 24,000 headers, which no server sends.
    let _ = headers.try_append(VARY, HeaderValue::from_static(lacking));
}

#[cfg(test)]
mod tests {
    use guestlist::ListType;
    use http::header::{HeaderMap, HeaderValue, VARY};

    use super::add;

    #[track_caller]
    fn check(list_type: ListType, before: &[&'static [u8]], after: &[&[u8]]) {
        let mut headers = HeaderMap::new();
        for value in before {
            headers.append(VARY, HeaderValue::from_bytes(value).unwrap());
        }
        add(&mut headers, list_type);
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
        add(&mut headers, ListType::Upload);
        assert_eq!(headers.len(), before);
    }
}
