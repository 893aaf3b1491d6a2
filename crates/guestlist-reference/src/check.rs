//! Every alternative, once written out, must be able to match a valid host (SPEC §2; `docs/semantics.md`, items 6 to
//! 10).

use crate::host::{LONGEST_HOST, LONGEST_LABEL, is_ipv4_part, is_its_own_ascii_form, read_name};
use crate::pattern::{Atom, Node, Refused, refuse_if};

/// How many alternatives there are, written out: braces add, neighbours multiply.
pub(crate) fn count_alternatives(nodes: &[Node]) -> usize {
    nodes.iter().fold(1, |product: usize, node| match node {
        Node::Atom(_) => product,
        Node::Braces(alternatives) => {
            let sum = alternatives
                .iter()
                .fold(0, |sum: usize, alternative| sum.saturating_add(count_alternatives(alternative)));
            product.saturating_mul(sum)
        }
    })
}

/// Refuses the pattern if one of its alternatives can never match. To be called once their number is known to be
/// within the limit.
pub(crate) fn check(after_address: bool, nodes: &[Node]) -> Result<(), Refused> {
    for alternative in write_out(nodes) {
        let colon = alternative.iter().position(|atom| matches!(atom, Atom::Colon));
        let (host, port) = match colon {
            Some(at) => (&alternative[..at], Some(&alternative[at + 1..])),
            None => (&alternative[..], None),
        };
        if after_address {
            refuse_if(!host.is_empty(), || "only a port can stand after an IPv6 address".to_owned())?;
        } else {
            check_host(host)?;
        }
        if let Some(port) = port {
            check_port(port)?;
        }
    }
    Ok(())
}

/// One alternative, its braces written out.
type Alternative<'a> = Vec<&'a Atom>;

fn write_out(nodes: &[Node]) -> Vec<Alternative<'_>> {
    let mut written: Vec<Alternative<'_>> = vec![Vec::new()];
    for node in nodes {
        match node {
            Node::Atom(atom) => written.iter_mut().for_each(|alternative| alternative.push(atom)),
            Node::Braces(alternatives) => {
                let inner: Vec<Alternative<'_>> =
                    alternatives.iter().flat_map(|alternative| write_out(alternative)).collect();
                written = written
                    .iter()
                    .flat_map(|front| inner.iter().map(|back| [front.as_slice(), back.as_slice()].concat()))
                    .collect();
            }
        }
    }
    written
}

fn check_host(host: &[&Atom]) -> Result<(), Refused> {
    refuse_if(host.is_empty(), || "an alternative has no host".to_owned())?;
    let labels: Vec<&[&Atom]> = host.split(|atom| matches!(atom, Atom::Dot)).collect();

    let mut shortest_host = labels.len() - 1;
    for label in &labels {
        let shortest = shortest_text(label);
        refuse_if(shortest == 0, || "an alternative has an empty label".to_owned())?;
        refuse_if(shortest > LONGEST_LABEL, || format!("a label is longer than {LONGEST_LABEL} bytes"))?;
        shortest_host += shortest;
    }
    refuse_if(shortest_host > LONGEST_HOST, || format!("a host is longer than {LONGEST_HOST} bytes"))?;

    for label in &labels {
        let holds_foreign = label.iter().any(|atom| matches!(atom, Atom::Foreign(_)));
        refuse_if(holds_foreign && label.len() > 1, || {
            "non-ASCII characters must be a whole label, without wildcard, set or range".to_owned()
        })?;
        if let Some(text) = plain_text(label)
            && text.starts_with("xn--")
        {
            refuse_if(!is_its_own_ascii_form(&text), || format!("`{text}` is not a valid A-label"))?;
        }
    }
    // A label that runs from right to left sets rules for all others, so the plain ones are looked at together.
    let plain: Vec<String> = labels.iter().filter_map(|label| plain_text(label)).collect();
    if plain.iter().any(|label| label.starts_with("xn--")) {
        let text = plain.join(".");
        refuse_if(!is_its_own_ascii_form(&text), || format!("the labels of `{text}` do not go together"))?;
    }
    if let Some(text) = plain_text(host) {
        refuse_if(read_name(text.as_bytes()).is_none(), || format!("`{text}` is not a valid host"))?;
    }
    if let Some(last) = labels.last()
        && can_only_be_a_number(last, LONGEST_HOST - shortest_host)
    {
        let is_ipv4 = labels.len() == 4 && labels.iter().all(|label| can_be_an_ipv4_part(label));
        refuse_if(!is_ipv4, || {
            "the last label is a number, so the host must be four numbers from 0 to 255".to_owned()
        })?;
    }
    Ok(())
}

fn check_port(port: &[&Atom]) -> Result<(), Refused> {
    refuse_if(port.is_empty(), || "`:` without a port after it".to_owned())?;
    let in_form = port.iter().all(|atom| match atom {
        Atom::Char(character) => character.is_ascii_digit(),
        Atom::Set(set) => set.members.iter().all(char::is_ascii_digit),
        Atom::Any | Atom::One => true,
        Atom::Foreign(_) | Atom::Dot | Atom::Colon => false,
    });
    refuse_if(!in_form, || "a port holds digits, `*`, `?`, sets of digits and braces only".to_owned())?;
    let can_match = smallest_number(port).is_some_and(|number| number <= 65_535);
    refuse_if(!can_match, || "a port must be able to be 1 to 65535, without leading zeros".to_owned())
}

/// The bytes of the shortest label that these atoms match, 0 if that is the empty text only.
fn shortest_text(label: &[&Atom]) -> usize {
    let holds_star = label.iter().any(|atom| matches!(atom, Atom::Any));
    let written: usize = label
        .iter()
        .map(|atom| match atom {
            Atom::Any => 0,
            Atom::Foreign(text) => text.len(),
            Atom::Char(_) | Atom::One | Atom::Set(_) | Atom::Dot | Atom::Colon => 1,
        })
        .sum();
    if holds_star { written.max(1) } else { written }
}

/// The text of atoms that are all plain characters and dots.
fn plain_text(atoms: &[&Atom]) -> Option<String> {
    atoms
        .iter()
        .map(|atom| match atom {
            Atom::Char(character) => Some(character.to_string()),
            Atom::Foreign(text) => Some(text.clone()),
            Atom::Dot => Some(".".to_owned()),
            Atom::Any | Atom::One | Atom::Set(_) | Atom::Colon => None,
        })
        .collect()
}

/// Whether each text of the label is digits, or `0x` and hexadecimal digits. `room` is how much longer than its
/// shortest text the host may be.
fn can_only_be_a_number(label: &[&Atom], room: usize) -> bool {
    let shortest = shortest_text(label);
    let holds_star = label.iter().any(|atom| matches!(atom, Atom::Any));
    let star_can_take_one = holds_star && shortest < LONGEST_LABEL && room > 0;
    // Each of these can take a letter that is no hexadecimal digit.
    if label.iter().all(|atom| matches!(atom, Atom::Any))
        || label.iter().any(|atom| matches!(atom, Atom::One))
        || star_can_take_one
    {
        return false;
    }
    // What is left is one choice of characters after another. A star that is left has no room to take any.
    let choices: Vec<Vec<char>> = label.iter().flat_map(|atom| choices_of(atom)).collect();
    let all_digits =
        |choices: &[Vec<char>]| choices.iter().all(|choice| choice.iter().all(char::is_ascii_digit));
    let all_hexadecimal =
        |choices: &[Vec<char>]| choices.iter().all(|choice| choice.iter().all(char::is_ascii_hexdigit));
    match choices.as_slice() {
        [zero, second, others @ ..] if *zero == ['0'] && second.contains(&'x') => {
            let only_x = *second == ['x'];
            let x_or_digit = second.iter().all(|&character| character == 'x' || character.is_ascii_digit());
            // `0[1x]f` can be `01f`, which is no number.
            (only_x && all_hexadecimal(others)) || (x_or_digit && all_digits(others))
        }
        choices => all_digits(choices),
    }
}

/// The characters that an atom can take, one choice for each place. No atom of a label is left out but the wildcards.
fn choices_of(atom: &Atom) -> Vec<Vec<char>> {
    match atom {
        Atom::Char(character) => vec![vec![*character]],
        Atom::Foreign(text) => text.chars().map(|character| vec![character]).collect(),
        Atom::Set(set) => vec![set.members.iter().copied().collect()],
        Atom::Any | Atom::One | Atom::Dot | Atom::Colon => Vec::new(),
    }
}

/// Whether the label can be a decimal number from 0 to 255 without leading zeros.
fn can_be_an_ipv4_part(label: &[&Atom]) -> bool {
    if let Some(text) = plain_text(label) {
        return is_ipv4_part(&text);
    }
    can_be_zero(label) || smallest_number(label).is_some_and(|number| number <= 255)
}

/// Whether the atoms match the text `0`.
fn can_be_zero(atoms: &[&Atom]) -> bool {
    let not_stars: Vec<&&Atom> = atoms.iter().filter(|atom| !matches!(atom, Atom::Any)).collect();
    match not_stars.as_slice() {
        [] => !atoms.is_empty(),
        [atom] => digits_of(atom).contains(&0),
        _ => false,
    }
}

/// The smallest number of one to five digits, the first of them not 0, that the atoms match.
///
/// For each number of digits it is enough to know the smallest number so far: of two numbers with as many digits, the
/// smaller one stays the smaller whatever digits follow both.
fn smallest_number(atoms: &[&Atom]) -> Option<u32> {
    // The smallest number by its number of digits; no digits at all are the number 0.
    let mut smallest: [Option<u32>; 6] = [Some(0), None, None, None, None, None];
    for atom in atoms {
        let digits = digits_of(atom);
        let before = smallest;
        if !matches!(atom, Atom::Any) {
            smallest = [None; 6];
        }
        for length in 1..smallest.len() {
            // A star can go on from what it has just taken, any other atom takes one digit.
            let front = if matches!(atom, Atom::Any) { smallest[length - 1] } else { before[length - 1] };
            let digit = digits.iter().find(|&&digit| length > 1 || digit != 0);
            if let (Some(front), Some(digit)) = (front, digit) {
                let number = front * 10 + digit;
                smallest[length] = Some(smallest[length].map_or(number, |known| known.min(number)));
            }
        }
    }
    smallest[1..].iter().flatten().min().copied()
}

/// The digits that an atom can take, in order.
fn digits_of(atom: &Atom) -> Vec<u32> {
    match atom {
        Atom::Any | Atom::One => (0..=9).collect(),
        Atom::Char(character) => character.to_digit(10).into_iter().collect(),
        Atom::Set(set) => set.members.iter().filter_map(|member| member.to_digit(10)).collect(),
        Atom::Foreign(_) | Atom::Dot | Atom::Colon => Vec::new(),
    }
}
