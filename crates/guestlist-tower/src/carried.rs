//! [`Carriers`]: where requests carry their policies, and what one carries there. The check server reads by this too.

use std::borrow::Cow;

use guestlist_policy::{Presented, SignedRef};
use http::header::HeaderName;

use crate::count::Count;
use crate::{percent, query};

/// The header of a policy, if policies are read in headers.
pub const POLICY_HEADER: HeaderName = HeaderName::from_static("x-security-policy");
/// The header of its signature.
pub const SIGNATURE_HEADER: HeaderName = HeaderName::from_static("x-security-signature");

/// The places where policies are looked for. A request may carry one, in one of them: whoever reads only some of the places must find no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carriers {
    in_query: bool,
    in_path: bool,
    in_headers: bool,
}

impl Default for Carriers {
    /// Query and path, where a browser can put them in every URL.
    fn default() -> Carriers {
        Carriers::none().in_query().in_path()
    }
}

impl Carriers {
    /// No place.
    pub const fn none() -> Carriers {
        Carriers { in_query: false, in_path: false, in_headers: false }
    }

    /// Also in the query: `?policy=P&signature=S`.
    #[must_use]
    pub const fn in_query(self) -> Carriers {
        Carriers { in_query: true, ..self }
    }

    /// Also in a segment of the path: `/security=policy:P,signature:S/`.
    #[must_use]
    pub const fn in_path(self) -> Carriers {
        Carriers { in_path: true, ..self }
    }

    /// Also in [`POLICY_HEADER`] and [`SIGNATURE_HEADER`]. A browser asks for permission before it sends such headers to another site, in a request that has them not.
    #[must_use]
    pub const fn in_headers(self) -> Carriers {
        Carriers { in_headers: true, ..self }
    }

    /// Whether a segment of a path may be a policy.
    pub const fn reads_paths(self) -> bool {
        self.in_path
    }

    /// Whether headers may be policies.
    pub const fn reads_headers(self) -> bool {
        self.in_headers
    }

    /// What a request carries. Allocates where there are escapes, and for a policy in the path. Cost: linear in what is looked at.
    pub fn read<'r>(
        self,
        path: &'r [u8],
        query: &'r [u8],
        header: impl Fn(&HeaderName) -> Count<&'r [u8]>,
    ) -> Carried<'r> {
        let mut carried = Carried::default();
        if self.in_query {
            // Neither Base64 has a blank in it: a `+` is a letter of one of them, whether it was escaped or not.
            carried.take_policy(query::parameter(query, b"policy").map(percent::decode));
            carried.take_signature(query::parameter(query, b"signature").map(percent::decode));
        }
        if self.in_path {
            for segment in path.split(|byte| *byte == b'/') {
                carried.take_segment(segment);
            }
        }
        if self.in_headers {
            carried.take_policy(header(&POLICY_HEADER).map(|value| value.trim_ascii().into()));
            carried.take_signature(header(&SIGNATURE_HEADER).map(|value| value.trim_ascii().into()));
        }
        carried
    }
}

/// What a request carries, without its escapes: of a policy with its signature that is both.
#[derive(Clone, Debug, Default)]
pub struct Carried<'r> {
    policy: Option<Cow<'r, [u8]>>,
    signature: Option<Cow<'r, [u8]>>,
    /// Whether another reader could find another.
    is_repeated: bool,
}

/// How a segment with a policy begins.
const SECURITY: &[u8] = b"security=";

/// Whether this segment of a path is read as a policy.
pub fn is_policy_segment(segment: &[u8]) -> bool {
    percent::Unescape::path(segment).take(SECURITY.len()).eq(SECURITY.iter().copied())
}

impl<'r> Carried<'r> {
    fn take_policy(&mut self, found: Count<Cow<'r, [u8]>>) {
        self.is_repeated |= is_second(found, &mut self.policy);
    }

    fn take_signature(&mut self, found: Count<Cow<'r, [u8]>>) {
        self.is_repeated |= is_second(found, &mut self.signature);
    }

    /// `security=policy:P,signature:S`, in either order.
    fn take_segment(&mut self, segment: &[u8]) {
        if !is_policy_segment(segment) {
            return;
        }
        let segment = percent::decode(segment);
        for part in
            segment.strip_prefix(SECURITY).into_iter().flat_map(|parts| parts.split(|byte| *byte == b','))
        {
            // Whatever else there may be is no part of it, and not looked at.
            if let Some(policy) = part.strip_prefix(b"policy:") {
                self.take_policy(Count::One(policy.to_vec().into()));
            } else if let Some(signature) = part.strip_prefix(b"signature:") {
                self.take_signature(Count::One(signature.to_vec().into()));
            }
        }
    }

    /// To be verified.
    pub fn as_presented(&self) -> Presented<'_> {
        match (&self.policy, &self.signature) {
            _ if self.is_repeated => Presented::Several,
            (Some(policy), Some(signature)) => Presented::One(SignedRef { policy, signature }),
            _ => Presented::Nothing,
        }
    }
}

/// Puts what was found in its place; whether there is more than one.
fn is_second<'r>(found: Count<Cow<'r, [u8]>>, place: &mut Option<Cow<'r, [u8]>>) -> bool {
    match found {
        Count::None => false,
        Count::One(text) => place.replace(text).is_some(),
        Count::Several => true,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn carried(target: &str, headers: &[(&'static str, &'static str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let header = |name: &HeaderName| Count::of(map.get_all(name)).map(http::HeaderValue::as_bytes);
        let carriers = Carriers::default().in_headers();
        let carried = carriers.read(path.as_bytes(), query.as_bytes(), header);
        match carried.as_presented() {
            Presented::Nothing => "nothing".to_string(),
            Presented::Several => "several".to_string(),
            Presented::Unclear => unreachable!(),
            Presented::One(SignedRef { policy, signature }) => {
                format!("{} {}", String::from_utf8_lossy(policy), String::from_utf8_lossy(signature))
            }
        }
    }

    #[test]
    fn a_policy_is_found_in_one_place() {
        for (target, expected) in [
            ("/?policy=p&signature=s", "p s"),
            ("/a?signature=s&x=1&policy=cA%3D%3D", "cA== s"),
            // As it was meant: a blank is no letter of Base64.
            ("/?policy=a+b&signature=s", "a+b s"),
            ("/?policy=a%2Bb&signature=s", "a+b s"),
            ("/a/security=policy:cA==,signature:s/b", "cA== s"),
            ("/security=signature:s,policy:p", "p s"),
            ("/security%3Dpolicy%3Ap%2Csignature%3As/b", "p s"),
            ("/security=p:p,s:s/b", "nothing"),
            ("/?policy=p", "nothing"),
            ("/?signature=s", "nothing"),
            ("/", "nothing"),
            ("/?policy=p&policy=p&signature=s", "several"),
            ("/?policy=p&Policy=p&signature=s", "several"),
            ("/?policy=p&signature=s&signature[]=s", "several"),
            ("/security=policy:p,signature:s?policy=p&signature=s", "several"),
            ("/security=policy:p,policy:p,signature:s", "several"),
            ("/security=policy:p,signature:s/security=policy:p,signature:s", "several"),
        ] {
            assert_eq!(carried(target, &[]), expected, "{target}");
        }
        let (policy, signature) = (("x-security-policy", "p"), ("x-security-signature", "s"));
        assert_eq!(carried("/", &[policy, signature]), "p s");
        assert_eq!(carried("/", &[policy]), "nothing");
        assert_eq!(carried("/", &[policy, policy, signature]), "several");
        assert_eq!(carried("/?policy=p", &[policy, signature]), "several");
        // Half here and half there is whole: nobody could read another one.
        assert_eq!(carried("/?policy=p", &[signature]), "p s");
    }
}
