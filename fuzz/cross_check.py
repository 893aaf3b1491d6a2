"""Holds the prover's answers against greenery, an implementation of finite automata that shares nothing with it.

Reads lines such as `cargo run --release -p guestlist-fuzz --example questions` prints from standard input. The languages are built from the text of
the patterns alone, as docs/SPEC.md describes them: sets of texts `host` and `host:port`. Exit 1 if an answer is not what greenery computes.
"""

import json
import sys
from functools import lru_cache, reduce
from multiprocessing import Pool

from greenery import Fsm, parse
from greenery.fsm import crawl

ANY = "[a-z0-9_\\-]"
DIGIT = "[0-9]"
LABEL = f"{ANY}+"
OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])"
PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"


def reversed_by_index(self):
    """What greenery computes by looking at every state for each state and symbol, in less time: half of all it does is this."""
    before = {symbol: {} for symbol in self.alphabet}
    for state, ways in self.map.items():
        for symbol, to in ways.items():
            before[symbol].setdefault(to, set()).add(state)

    def follow(current, symbol):
        return frozenset().union(*(before[symbol].get(state, ()) for state in current))

    return crawl(self.alphabet, frozenset(self.finals), lambda state: self.initial in state, follow)


Fsm.reversed = reversed_by_index


def fsm(regex):
    return parse(regex).to_fsm()


def valid():
    """All hosts that requests can have, without and with a port; but for labels that begin with `xn--`, and for lengths (SPEC section 4)."""
    name = fsm(f"({LABEL}\\.)*{LABEL}")
    number = fsm(f"({LABEL}\\.)*([0-9]+|0x[0-9a-f]*)")
    coded = fsm(f"({LABEL}\\.)*xn--{ANY}*(\\.{LABEL})*")
    address = fsm(f"{OCTET}(\\.{OCTET}){{3}}")
    return name - number - coded | address


VALID = valid()
VALID_WITH_PORT = VALID + fsm(f"(:{PORT})?")
NOBODY = fsm("[]")
# A host and whatever port, and a host with no more than two labels.
HOST = fsm("[a-z0-9_.\\-]*")
TWO_LABELS = fsm("[a-z0-9_\\-]*(\\.[a-z0-9_\\-]*)?")


def close(text, start):
    """Where the brace that opens here is closed."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError(text)


def split(text):
    """The alternatives in a brace."""
    depth, parts = 0, [""]
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def written_out(text):
    """A pattern without its braces: several."""
    start = text.find("{")
    if start < 0:
        return [text]
    end = close(text, start)
    insides = [way for part in split(text[start + 1 : end]) for way in written_out(part)]
    behind = written_out(text[end + 1 :])
    return [text[:start] + inside + rest for inside in insides for rest in behind]


def regex(text, wild):
    """A pattern without braces, as a regular expression; `wild` is what a wildcard takes."""
    parts, at = [], 0
    while at < len(text):
        character = text[at]
        if character == "[":
            end = text.index("]", at)
            inside = text[at + 1 : end]
            last = "\\-" if inside.endswith("-") else ""
            parts.append(f"[{inside.removesuffix('-')}{last}]")
            at = end
        else:
            parts.append({"*": f"{wild}*", "?": wild, ".": "\\."}.get(character, character))
        at += 1
    return "".join(parts)


@lru_cache(maxsize=None)
def language(pattern, with_ports):
    """The texts that a pattern admits; hosts alone, where no port of any pattern is asked for."""
    if not with_ports:
        return fsm("|".join(f"({regex(way, ANY)})" for way in written_out(pattern))) & VALID
    regexes = []
    for way in written_out(pattern):
        host, colon, port = way.partition(":")
        ports = f":{regex(port, DIGIT)}" if colon else "(:[0-9]+)?"
        regexes.append(f"{regex(host, ANY)}{ports}")
    return fsm("|".join(f"({one})" for one in regexes)) & VALID_WITH_PORT


@lru_cache(maxsize=None)
def union(patterns, with_ports):
    return reduce(Fsm.union, (language(pattern, with_ports) for pattern in patterns), NOBODY)


def step(automaton, state, character):
    for symbols, to in automaton.map[state].items():
        if symbols.accepts(character):
            return to
    raise ValueError(character)


def hosts(automaton):
    """The hosts that stand in these texts, with a port or without."""
    ends = {
        state
        for state in automaton.states
        if state in automaton.finals or automaton.islive(step(automaton, state, ":"))
    }
    bare = Fsm(
        alphabet=automaton.alphabet,
        states=automaton.states,
        initial=automaton.initial,
        finals=ends,
        map=automaton.map,
    )
    return bare & HOST


def shortest(automaton):
    """The length of the shortest host; none if there is no host."""
    level, seen, length = {automaton.initial}, set(), 0
    while level:
        if level & automaton.finals:
            return length
        seen |= level
        level = {to for state in level for to in automaton.map[state].values()} - seen
        length += 1
    return None


def size(automaton):
    try:
        return str(automaton.cardinality())
    except OverflowError:
        return None


def check_shown(question, automaton, shown, with_ports):
    """Who is shown is in the language, with the ports that are named, and nobody there is shorter."""
    length = shortest(hosts(automaton) if with_ports else automaton)
    if shown is None:
        return [] if length is None else [f"{question}: nobody, but one of {length} characters"]
    host, port = shown["host"], shown["port"]
    if length is None:
        return [f"{question}: {shown}, but nobody"]
    wrong = [] if len(host) == length else [f"{question}: {shown}, but one of {length} characters"]
    if not with_ports:
        right = port == "any" and automaton.accepts(host)
    elif isinstance(port, int):
        right = automaton.accepts(f"{host}:{port}")
    else:
        texts = {host} | {f"{host}:{port}" for port in (443, 80, 1, 8, 3000, 65535)}
        admitted = {text for text in texts if automaton.accepts(text)}
        right = admitted == (texts if port == "any" else {host})
    return wrong if right else wrong + [f"{question}: {shown}, but not with this port"]


def check(case):
    with_ports = any(":" in text for text in case["a"] + case["b"])
    a, b = (union(tuple(case[key]), with_ports) for key in ("a", "b"))
    only_a, only_b, both = a - b, b - a, a & b
    wrong = check_shown("an example of a", a, case["example"], with_ports)
    wrong += check_shown("only in a", only_a, case["only_a"], with_ports)
    wrong += check_shown("only in b", only_b, case["only_b"], with_ports)
    wrong += check_shown("in both", both, case["both"], with_ports)
    difference, ways = case["difference"], [case[key] for key in ("only_a", "only_b") if case[key]]
    if difference is None:
        if not a.equivalent(b):
            wrong.append("difference: nobody, but they are not equal")
    elif all(check_shown("difference", way, difference, with_ports) for way in (only_a, only_b)):
        wrong.append(f"difference: {difference}, but neither way")
    elif len(difference["host"]) != min((len(way["host"]) for way in ways), default=0):
        wrong.append(f"difference: {difference}, but {ways}")

    rules = [language(text, with_ports) for text in case["a"] + case["b"]]

    def covers(rule, others):
        return (rules[rule] - reduce(Fsm.union, (rules[other] for other in others), NOBODY)).empty()

    for rule, by in enumerate(case["redundant"]):
        if by is None:
            if covers(rule, [other for other in range(len(rules)) if other != rule]):
                wrong.append(f"rule {rule}: needed, but the others cover it")
        elif rule in by or not covers(rule, by):
            wrong.append(f"rule {rule}: covered by {by}, but they do not cover it")
        elif any(covers(rule, [other for other in by if other != left_out]) for left_out in by):
            wrong.append(f"rule {rule}: covered by {by}, but by fewer as well")
    counted = hosts(a) if with_ports else a
    for key, automaton in (("count", counted), ("count_two", counted & TWO_LABELS)):
        if case[key] != size(automaton):
            wrong.append(f"{key} of a: {case[key]}, but {size(automaton)}")
    return wrong


def main():
    count = failures = nobody = equal = counted = needless = 0
    cases = [json.loads(line) for line in sys.stdin]
    with Pool() as pool:
        verdicts = pool.map(check, cases, chunksize=1)
    for case, wrong in zip(cases, verdicts, strict=True):
        count += 1
        nobody += sum(case[question] is None for question in ("only_a", "only_b", "both"))
        equal += case["difference"] is None
        counted += case["count"] is not None
        needless += sum(by is not None for by in case["redundant"])
        if wrong:
            failures += 1
            print(f"{case['a']} and {case['b']}:", *wrong, sep="\n    ")
    print(
        f"{count} pairs of lists: {nobody} times nobody, {equal} equal, {counted} of them counted, {needless} rules needless; "
        f"{failures} on which greenery disagrees"
    )
    # A check of nothing is no check.
    return 1 if failures or not (nobody and equal and counted and needless) else 0


if __name__ == "__main__":
    sys.exit(main())
