"""What schemathesis has to be told about the API: who asks, and what there is to ask about."""

import itertools
import os
import re
import zlib

import schemathesis

# The numbers of these tokens are the first ones of the store.
TOKENS = os.environ["GUESTLIST_TOKENS"].split(",")
# An app that is there from the beginning to the end.
APP = os.environ["GUESTLIST_APP"]

PATTERNS = ["*.example.com", "{,www.}Example.org", "localhost:300?", "*", "bücher.example", "[::1]"]

turns = itertools.cycle(TOKENS)


@schemathesis.auth(refresh_interval=None)
class Token:
    """Tokens in turn: each may change something only so often, and this asks faster than people do."""

    def get(self, case, context):
        return next(turns)

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def map_path_parameters(context, parts):
    """Every other key is that of the app, since of keys by chance none is there. What everything stands on stays: the tokens, and the app."""
    operation = name(context.operation)
    key = (parts or {}).get("key")
    if isinstance(key, str) and operation != "remove_app" and zlib.crc32(key.encode("utf-8", "replace")) % 2:
        parts["key"] = APP
    number = (parts or {}).get("number")
    if operation == "revoke_token" and isinstance(number, int) and number > 0:
        parts["number"] = number + len(TOKENS)
    return parts


@schemathesis.hook
def filter_case(context, case):
    """The same of what comes from the answers to earlier requests."""
    operation = name(case.operation)
    parts = case.path_parameters or {}
    if operation == "revoke_token":
        number = str(parts.get("number"))
        return not (number.isdecimal() and int(number) <= len(TOKENS))
    return operation != "remove_app" or parts.get("key") != APP


def name(operation):
    return operation.definition.raw.get("operationId")


@schemathesis.hook
def map_headers(context, headers):
    """Low numbers of versions, some of which are there; of secrets also that of none."""
    lowest = 0 if name(context.operation) == "rotate_secret" else 1
    for header, value in (headers or {}).items():
        if header.lower() == "if-match" and re.fullmatch(r'"[0-9]{1,9}"', str(value), re.ASCII):
            headers[header] = f'"{int(value[1:-1]) % 3 + lowest}"'
    return headers


@schemathesis.hook
def map_body(context, body):
    """Lists that can be saved, every other time: hardly any text by chance is a pattern."""
    patterns = body.get("patterns") if isinstance(body, dict) else None
    if isinstance(patterns, list) and all(isinstance(pattern, str) for pattern in patterns):
        chance = [zlib.crc32(pattern.encode("utf-8", "replace")) for pattern in patterns]
        if sum(chance) % 2:
            body["patterns"] = [PATTERNS[number % len(PATTERNS)] for number in chance]
    return whole(body)


def whole(body):
    """JSON Schema says that 7.0 is an integer, and serde that it is none. Nobody writes it."""
    if isinstance(body, dict):
        return {name: whole(value) for name, value in body.items()}
    return int(body) if isinstance(body, float) and body.is_integer() else body
