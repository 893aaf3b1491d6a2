//! Each lint where it fires, and near misses where it must not.

use guestlist::{Budget, List, ListType, Origin};
use guestlist_proof::lint::{self, Basis, Code, Finding, Options, Severity, Suggestion};

fn list(texts: &[&str]) -> List {
    List::builder(ListType::Upload).patterns(texts).build().unwrap()
}

fn lint(texts: &[&str]) -> Vec<Finding> {
    let list = list(texts);
    let findings = lint::lint(&list, &Options::default()).findings;
    for finding in &findings {
        hold(&list, finding);
    }
    findings
}

/// What holds of every finding.
fn hold(list: &List, finding: &Finding) {
    let rule = finding.rule.map(|rule| list.rules()[rule].pattern());
    let of_rule = rule.map(|pattern| self::list(&[pattern.canonical()]));
    let admits = |list: &List, text: &str| list.is_match(&Origin::from_host(text.as_bytes()).unwrap());
    // Who is said to get in does, by this rule, and does not with what is written instead.
    let new = match &finding.suggestion {
        Some(Suggestion::Replace(text) | Suggestion::Form(text)) => Some(self::list(&[text])),
        _ => None,
    };
    let shown = finding.admits.iter().map(ToString::to_string).chain(finding.example.clone());
    for host in shown {
        assert!(of_rule.as_ref().is_some_and(|list| admits(list, &host)), "{finding:?} {host}");
        assert!(!new.as_ref().is_some_and(|new| admits(new, &host)), "{finding:?} {host}");
    }
    // Whoever is said to stay out does.
    if let Some(denies) = &finding.denies {
        let origin = match denies.contains("://") {
            true => Origin::from_origin_header(denies.as_bytes()).unwrap(),
            false => Origin::from_host(denies.as_bytes()).unwrap(),
        };
        assert!(!list.is_match(&origin), "{finding:?}");
    }
    if let (Some(span), Some(rule)) = (finding.span, rule) {
        assert!(rule.source().get(span.range()).is_some_and(|text| !text.is_empty()), "{finding:?}");
    }
    assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{finding:?}");
    // What is suggested has no stranger in it.
    if let Some(new) = new {
        let again = lint::lint(&new, &Options::default());
        assert!(again.worst() < Some(Severity::Error), "{finding:?} {again:?}");
    }
}

/// The codes with their rules, from 1, and what is marked.
fn codes(texts: &[&str]) -> Vec<(usize, Code)> {
    lint(texts).iter().map(|finding| (finding.rule.map_or(0, |rule| rule + 1), finding.code)).collect()
}

/// The only finding about this pattern: where it points, who gets in (the shortest, and a telling one), what to write.
#[track_caller]
fn check(text: &str, code: Code, marked: &str, admits: &str, example: &str, suggestion: &str) {
    let findings = lint(&[text]);
    let [finding] = findings.as_slice() else { panic!("{text}: {findings:#?}") };
    assert_eq!((finding.code, finding.severity), (code, Severity::Error), "{text}");
    let span = finding.span.unwrap();
    assert_eq!(&text[span.range()], marked, "{text}");
    assert_eq!(finding.admits.as_ref().map(ToString::to_string).as_deref(), Some(admits), "{text}");
    assert_eq!(finding.example.as_deref().unwrap_or_default(), example, "{text}");
    let written = match finding.suggestion.clone().unwrap() {
        Suggestion::Replace(text) => text,
        Suggestion::Form(text) => format!("such as {text}"),
        other => format!("{other:?}"),
    };
    assert_eq!(written, suggestion, "{text}");
}

#[test]
fn a_wildcard_in_the_name_that_is_registered() {
    let stranger = |text, marked, admits, example, suggestion| {
        check(text, Code::WildcardInName, marked, admits, example, suggestion);
    };
    stranger("*domain.com", "*domain", "adomain.com", "evil-domain.com", "{,*.}domain.com");
    stranger("domain*.com", "domain*", "domaina.com", "domain-evil.com", "domain.com");
    stranger("*domain*.com", "*domain*", "domaina.com", "evildomain.com", "{,*.}domain.com");
    stranger("*domain.co.uk", "*domain", "adomain.co.uk", "evil-domain.co.uk", "{,*.}domain.co.uk");
    stranger(
        "*domain.com:8080",
        "*domain",
        "adomain.com:8080",
        "evil-domain.com:8080",
        "{,*.}domain.com:8080",
    );
    stranger("www.*domain.com", "*domain", "www.adomain.com", "www.evil-domain.com", "www.domain.com");
    stranger("my*app.com", "my*app", "myaapp.com", "myevilapp.com", "such as my-mine-app.com");
    stranger("*-shop.com", "*-shop", "a-shop.com", "evil-shop.com", "such as mine-shop.com");
    stranger("?omain.com", "?omain", "aomain.com", "", "such as my-domain.com");
    stranger("[a-z]omain.com", "[a-z]omain", "aomain.com", "", "such as my-domain.com");
    // Braces and sets hide nothing.
    stranger("{*,www.}domain.com", "*,www.}domain", "adomain.com", "evil-domain.com", "{,*.}domain.com");
    stranger("*{domain}.{com}", "*{domain", "adomain.com", "evil-domain.com", "{,*.}domain.com");
    stranger("*domain.[c][o][m]", "*domain", "adomain.com", "evil-domain.com", "{,*.}domain.com");
    stranger("{a*.com,b.org}", "a*", "aa.com", "a-evil.com", "{a.com,b.org}");
    // Who is written out beside is meant.
    stranger("{*,a}b.com", "*,a}b", "bb.com", "evil-b.com", "{{,*.}b.com,ab.com}");
    for near in [
        "www*.domain.com",
        "*domain.example",
        "app-[1-3].com",
        "{domain,domains,mydomain}.com",
        "*.domain.com",
        "*-app.mycompany.vercel.app",
        "*.*.domain.co.uk",
        "*x.localhost",
    ] {
        assert!(!codes(&[near]).iter().any(|(_, code)| code.severity() == Severity::Error), "{near}");
    }
}

#[test]
fn an_open_ending() {
    let stranger = |text, marked, admits, example, suggestion| {
        check(text, Code::OpenEnding, marked, admits, example, suggestion);
    };
    stranger("example.*", "*", "example.a", "example.xyz", "such as example.{com,net}");
    stranger("www.example.*", "*", "www.example.a", "www.example.xyz", "such as www.example.{com,net}");
    // CVE-2026-34157, and CVE-2019-25211 with a pattern that is not refused.
    stranger("https://myapp.com*", "com*", "myapp.coma", "myapp.community", "myapp.com");
    stranger("https://example.com*", "com*", "example.coma", "example.community", "example.com");
    stranger("app.{co,de}*", "co,de}*", "app.coa", "app.community", "{app.co,app.de}");
    assert!(codes(&["example.{com,net,org}"]).is_empty());
    assert!(codes(&["example.co[m]"]).is_empty());
    // `https://example.com/*` is no pattern at all.
    let error = List::builder(ListType::Upload).pattern("https://example.com/*").build().unwrap_err();
    assert_eq!(error.patterns().len(), 1);
}

#[test]
fn a_whole_public_suffix() {
    let stranger = |text, marked, admits, example, suggestion| {
        check(text, Code::PublicSuffix, marked, admits, example, suggestion);
    };
    stranger("*.com", "*", "a.com", "evil.com", "such as {,*.}my-domain.com");
    stranger("*.co.uk", "*", "a.co.uk", "evil.co.uk", "such as {,*.}my-domain.co.uk");
    stranger("*.*", "*", "a.a", "evil.xyz", "such as {,*.}my-domain.com");
    stranger("*", "*", "a", "evil", "such as {,*.}my-domain.com");
    stranger("*.*.com", "*", "a.a.com", "evil.evil.com", "such as {,*.}my-domain.com");
    stranger("*:8080", "*", "a:8080", "evil:8080", "such as {,*.}my-domain.com:8080");
    stranger("{*}.{com,com}", "*", "a.com", "evil.com", "such as {,*.}my-domain.com");
    for near in ["*.example.com", "*.example", "*.example.co.uk", "*.internal"] {
        assert!(!codes(&[near]).iter().any(|(_, code)| code.severity() == Severity::Error), "{near}");
    }
    let finding = &lint(&["*.co.uk"])[0];
    assert_eq!(finding.basis, Basis::PublicSuffixList);
    assert_eq!(lint(&["*.com"])[0].basis, Basis::Exact);
}

#[test]
fn an_open_middle() {
    let stranger = |text, marked, admits, example, suggestion| {
        check(text, Code::OpenMiddle, marked, admits, example, suggestion);
    };
    stranger("sub.*.com", "*", "sub.a.com", "sub.evil.com", "such as sub.my-domain.com");
    stranger("sub.*.co.uk", "*", "sub.a.co.uk", "sub.evil.co.uk", "such as sub.my-domain.co.uk");
    stranger("sub.*.*", "*", "sub.a.a", "sub.evil.xyz", "such as sub.my-domain.com");
    assert_eq!(codes(&["sub.*.example.com"]), []);
}

#[test]
fn shared_hosting() {
    let stranger = |text, marked, admits, example, suggestion| {
        check(text, Code::SharedHosting, marked, admits, example, suggestion);
    };
    stranger("*.vercel.app", "*", "a.vercel.app", "evil.vercel.app", "such as my-app.vercel.app");
    stranger("*.github.io", "*", "a.github.io", "evil.github.io", "such as my-app.github.io");
    stranger(
        "myapp-*.netlify.app",
        "myapp-*",
        "myapp-a.netlify.app",
        "myapp-evil.netlify.app",
        "such as myapp-mine.netlify.app",
    );
    stranger(
        "*--name.netlify.app",
        "*--name",
        "a--name.netlify.app",
        "evil--name.netlify.app",
        "such as mine--name.netlify.app",
    );
    stranger(
        "*.{vercel,netlify}.app",
        "*",
        "a.vercel.app",
        "evil.vercel.app",
        "such as {my-app.vercel.app,my-app.netlify.app}",
    );
    // Rules of the list with a star: each label below is somebody's.
    for text in ["*.compute-1.amazonaws.com", "ec2-*.compute-1.amazonaws.com", "*.s3.amazonaws.com"] {
        assert_eq!(codes(&[text]), [(1, Code::SharedHosting)], "{text}");
    }
    assert_eq!(codes(&["*.kawasaki.jp"]), [(1, Code::PublicSuffix)]);
    assert_eq!(codes(&["a-*.kawasaki.jp"]), [(1, Code::WildcardInName)]);
    assert_eq!(codes(&["my-app.vercel.app"]), []);
    assert_eq!(codes(&["*.my-app.vercel.app", "my-app.vercel.app"]), []);
    assert_eq!(lint(&["*.vercel.app"])[0].basis, Basis::PublicSuffixList);
}

#[test]
fn addresses_that_admit_names() {
    let octet = "{[0-9],[1-9][0-9],1[0-9][0-9],2[0-4][0-9],25[0-5]}";
    let of_rule = |text| lint(&[text]).into_iter().find(|finding| finding.code == Code::AddressAsText);
    let finding = of_rule("127.0.0.*").unwrap();
    assert_eq!(finding.admits.unwrap().to_string(), "127.0.0.a");
    assert_eq!(finding.example.as_deref(), Some("127.0.0.evil"));
    assert_eq!(finding.suggestion, Some(Suggestion::Replace(format!("127.0.0.{octet}"))));
    let finding = of_rule("8.8.*.*").unwrap();
    assert_eq!(finding.suggestion, Some(Suggestion::Replace(format!("8.8.{octet}.{octet}"))));
    assert_eq!(of_rule("8.8.8.?").unwrap().suggestion, Some(Suggestion::Replace("8.8.8.[0-9]".to_string())));
    for near in [
        "8.8.8.8",
        "8.8.8.[0-9]",
        &format!("8.8.8.{octet}"),
        &format!("{octet}.{octet}.{octet}.{octet}"),
        "8.8.8.example.com",
    ] {
        assert_eq!(of_rule(near), None, "{near}");
    }
}

#[test]
fn private_hosts() {
    for text in [
        "localhost",
        "localhost:3000",
        "*.localhost",
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.[1-9]",
        "172.31.0.1",
        "[::1]",
        "[fd00::1]:8080",
        "intranet",
        "*.local",
        "printer.lan",
        "shop.test",
    ] {
        let findings = lint(&[text]);
        assert!(
            findings
                .iter()
                .any(|finding| (finding.code, finding.severity) == (Code::PrivateHost, Severity::Warning)),
            "{text}: {findings:?}"
        );
    }
    for near in
        ["localhost.example.com", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "local.com", "{a,b}.test.com"]
    {
        assert_eq!(codes(&[near]), [], "{near}");
    }
}

#[test]
fn lookalikes() {
    let findings = lint(&["аррӏе.com", "gооgle.com"]);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`xn--80ak6aa92e` is `аррӏе` in letters that look like `apple`, and is another name",
            "`xn--ggle-55da` is `gооgle` in letters that look like `google`, and is another name",
        ]
    );
    assert!(
        findings.iter().all(|finding| (finding.code, finding.basis) == (Code::Lookalike, Basis::Unicode))
    );
    assert_eq!(codes(&["bücher.de", "пример.com", "例え.com", "{www.,}müller.com", "apple.com"]), []);
    assert_eq!(codes(&["bücherж.com"]), [(1, Code::Lookalike)]);
}

#[test]
fn rules_that_nobody_would_miss() {
    assert_eq!(codes(&["*.a.com", "www.a.com", "a.com"]), [(2, Code::Shadowed)]);
    let finding = &lint(&["a.com", "b.com", "{a,b}.com"])[0];
    assert_eq!(
        (finding.code, finding.rule, finding.rules.as_slice()),
        (Code::Shadowed, Some(2), &[0, 1][..])
    );
    assert_eq!(
        finding.message,
        "everyone whom it admits is admitted by rule 1 `a.com` and rule 2 `b.com` together"
    );
    assert_eq!(finding.suggestion, Some(Suggestion::Remove));
    assert_eq!(codes(&["{a,b}.com", "[ab].com"]), [(2, Code::Duplicate)]);
    assert_eq!(codes(&["a.com", "A.com"]), [(1, Code::Duplicate)]);
    assert_eq!(codes(&["xn--[a].com"]), [(1, Code::NeverMatches)]);
    assert_eq!(codes(&["a.com:8080", "a.com:9090", "*.a.com", "a.b.com"]), [(3, Code::ApexNotCovered)]);
    // What only a rule covers that has to be mended may be needed.
    let findings = lint(&["*.com", "a.com"]);
    assert_eq!(findings[1].code, Code::Shadowed);
    assert!(
        matches!(&findings[1].suggestion, Some(Suggestion::Advice(text)) if text.contains("mend rule 1 first")),
        "{findings:?}"
    );
}

#[test]
fn ports_and_the_domain_itself() {
    let finding = &lint(&["example.com:443"])[0];
    assert_eq!((finding.code, finding.severity), (Code::DefaultPort, Severity::Note));
    assert_eq!(finding.denies.as_deref(), Some("http://example.com"));
    assert_eq!(
        lint(&["*.example.com:80", "example.com"])[0].denies.as_deref(),
        Some("https://www.example.com")
    );
    assert_eq!(codes(&["example.com:{80,443}"]), []);
    assert_eq!(codes(&["example.com{,:443}"]), []);
    assert_eq!(codes(&["example.com:8080", "a.com:44?"]), []);

    let finding = &lint(&["*.example.com"])[0];
    assert_eq!((finding.code, finding.severity), (Code::ApexNotCovered, Severity::Note));
    assert_eq!(finding.denies.as_deref(), Some("example.com"));
    assert_eq!(finding.suggestion, Some(Suggestion::Replace("{,*.}example.com".to_string())));
    let finding = &lint(&["*.example.{com,de}"])[0];
    assert_eq!(finding.suggestion, Some(Suggestion::Replace("{,*.}example.{com,de}".to_string())));
    assert!(finding.message.ends_with("; and so for 1 more"), "{}", finding.message);
    let finding = &lint(&["{*.example.com,*.example.de}"])[0];
    assert_eq!(finding.suggestion, Some(Suggestion::Advice("add `example.com`, `example.de`".to_string())));
    // With whatever port it gets in, somebody thought of it.
    assert_eq!(codes(&["*.example.com", "example.com:443"]), [(2, Code::DefaultPort)]);
    let finding = &lint(&["{*.example.com,a.org}"])[0];
    assert_eq!(finding.suggestion, Some(Suggestion::Add("example.com".to_string())));
    let finding = &lint(&["*.example.com:8080", "example.com:9090"])[0];
    assert_eq!(finding.denies.as_deref(), Some("example.com:8080"));
    for near in [
        &["{,*.}example.com"][..],
        &["*.example.com", "example.com"],
        &["*.a.example.com", "{a,b}.example.com"],
        &["*.*.example.com"],
    ] {
        assert_eq!(codes(near), [], "{near:?}");
    }
}

#[test]
fn lists_that_are_too_much() {
    let adversarial: Vec<String> =
        ('a'..='t').map(|letter| format!("*{letter}??????????*{letter}.example.com")).collect();
    let budget = Budget::default().entries(0).states(10);
    let list = List::builder(ListType::Upload).patterns(&adversarial).budget(budget).build().unwrap();
    let codes = |options: &Options| -> Vec<Code> {
        lint::lint(&list, options).findings.iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&Options::default()), [Code::OverBudget]);
    let small = Options::default().budget(guestlist_proof::Budget::default().steps(1000));
    assert_eq!(codes(&small), [Code::OverBudget, Code::Undecided]);

    let list = List::builder(ListType::Upload).patterns(["a.com", "(a|b).com"]).restore();
    let findings = lint::lint(&list, &Options::default()).findings;
    assert_eq!(
        (findings[0].code, findings[0].rule, findings[0].pattern.as_deref()),
        (Code::Broken, None, Some("(a|b).com"))
    );
}

#[test]
fn levels_can_be_set() {
    let list = list(&["*.com", "*.a.example.com"]);
    let options =
        Options::default().level(Code::PublicSuffix, Some(Severity::Note)).level(Code::ApexNotCovered, None);
    let report = lint::lint(&list, &options);
    assert_eq!(
        report.findings.iter().map(|finding| (finding.code, finding.severity)).collect::<Vec<_>>(),
        [(Code::PublicSuffix, Severity::Note)]
    );
    assert_eq!(report.worst(), Some(Severity::Note));
    for code in Code::ALL {
        assert_eq!(code.as_str().parse(), Ok(*code));
        assert!(
            include_str!("../../../../docs/lints.md").contains(&format!("\n## {code}\n")),
            "{code} has no page"
        );
    }
}

#[test]
fn hostile_patterns_end_soon() {
    let wide = format!("{}.{}", "{a?,b?,c?,d?}".repeat(5), "[a-z][a-z].[a-z][a-z]");
    let octet = "{[0-9],[1-9][0-9],1[0-9][0-9],2[0-4][0-9],25[0-5]}";
    let all = format!("{octet}.{octet}.{octet}.{octet}");
    let list = List::builder(ListType::Upload).patterns([&wide, &all, &format!("*{wide}")]).build().unwrap();
    let report = lint::lint(&list, &Options::default());
    assert!(report.findings.len() < 10);
}
