//! Held against Python's `hmac`, `hashlib`, `base64` and `json`: what either signs the other would have signed.

use std::io::Write;
use std::process::{Command, Stdio};

use guestlist_policy::{Call, Policy, Secret, webhook};

/// Reads cases, one a line: the secret in hexadecimal digits, what is signed as JSON or a time with a body, and what was made of it. Says what is different.
const CHECK: &str = r#"
import base64, hashlib, hmac, json, sys
count = 0
for line in sys.stdin:
    kind, secret, first, second, signature = line.rstrip("\n").split("\t")
    secret = bytes.fromhex(secret)
    if kind == "policy":
        text = base64.urlsafe_b64encode(bytes.fromhex(first))
        assert text.decode() == second, (line, text)
        json.loads(bytes.fromhex(first))
    else:
        text = first.encode() + b"." + bytes.fromhex(second)
    expected = hmac.new(secret, text, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, signature), (line, expected)
    count += 1
print(count)
"#;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn python_signs_the_same() {
    let python =
        Command::new("python3").args(["-c", CHECK]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut python = match python {
        Ok(python) => python,
        Err(_) if std::env::var_os("GUESTLIST_REQUIRE_PYTHON").is_none() => {
            println!("skipped: there is no python3");
            return;
        }
        Err(error) => panic!("python3 cannot be started: {error}"),
    };
    let mut random = fastrand::Rng::with_seed(3);
    let mut lines = String::new();
    for number in 0..2000 {
        // Around the size of a block, too, from where a key is hashed first.
        let secret: Vec<u8> = (0..random.usize(1..200)).map(|_| random.u8(..)).collect();
        let hmac = Secret::new(&secret).unwrap();
        if number % 4 == 0 {
            let (time, body) =
                (random.u64(..), (0..random.usize(0..300)).map(|_| random.u8(..)).collect::<Vec<u8>>());
            let signature = webhook::sign(&hmac, time, &body);
            lines += &format!("webhook\t{}\t{time}\t{}\t{signature}\n", hex(&secret), hex(&body));
            continue;
        }
        let mut policy = Policy::expires_at(random.u64(..));
        if random.bool() {
            policy = policy.calls(Call::ALL.into_iter().filter(|_| random.bool()));
        }
        if random.bool() {
            policy = policy.handle((0..random.usize(0..60)).map(|_| random.char(..)).collect::<String>());
        }
        if random.bool() {
            policy = policy.url(r"https://[a-z]+\.example/\w{1,3}").min_size(1).max_size(random.u64(2..));
        }
        let signed = policy.sign(&hmac).unwrap();
        let json = policy.to_json();
        lines += &format!(
            "policy\t{}\t{}\t{}\t{}\n",
            hex(&secret),
            hex(json.as_bytes()),
            signed.policy(),
            signed.signature()
        );
    }
    python.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "2000");
}
