//! A verdict → the ACK frame that tells HAProxy of it, as variables of the transaction.

use spop::{FrameType, VarScope, encode_varint_into};

use super::wire::Frame;
use crate::check::Verdict;

/// Writes the ACK of a NOTIFY frame behind what `output` holds. Without a verdict it says only that the frame was read.
pub(super) fn acknowledge(output: &mut Vec<u8>, frame: &Frame<'_>, verdict: Option<Verdict>) {
    const FIN: u32 = 1;
    let start = output.len();
    output.extend_from_slice(&[0; size_of::<u32>()]);
    output.push(FrameType::Ack.to_u8());
    output.extend_from_slice(&FIN.to_be_bytes());
    encode_varint_into(frame.stream, output);
    encode_varint_into(frame.id, output);
    if let Some(verdict) = verdict {
        set(output, "allow", Value::Truth(verdict.lets_through()));
        set(output, "decision", Value::Text(verdict.decision()));
        set(output, "reason", Value::Text(verdict.reason().code()));
        if let Some(rule) = verdict.rule() {
            set(output, "rule", Value::Number(rule.get().into()));
        }
        if verdict.would_deny() {
            set(output, "would_deny", Value::Text(verdict.reason().code()));
        }
    }
    let length = output.len().saturating_sub(start).saturating_sub(size_of::<u32>());
    // An ACK has some hundred bytes: the length fits, and is below the smallest limit that may be agreed on.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if let Some(place) = output[start..].first_chunk_mut() {
        *place = length.to_be_bytes();
    }
}

/// What a variable is set to.
#[derive(Clone, Copy)]
enum Value {
    Truth(bool),
    Number(u64),
    Text(&'static str),
}

/// The action SET-VAR.
fn set(output: &mut Vec<u8>, name: &str, value: Value) {
    const SET_VAR: u8 = 1;
    const ITS_ARGUMENTS: u8 = 3;
    output.extend_from_slice(&[SET_VAR, ITS_ARGUMENTS, VarScope::Transaction.to_u8()]);
    text(output, name);
    // Types as `wire` reads them; the flag of a truth value is its value.
    match value {
        Value::Truth(truth) => output.push(1 | u8::from(truth) << 4),
        Value::Number(number) => {
            output.push(5);
            encode_varint_into(number, output);
        }
        Value::Text(value) => {
            output.push(8);
            text(output, value);
        }
    }
}

fn text(output: &mut Vec<u8>, text: &str) {
    encode_varint_into(text.len() as u64, output);
    output.extend_from_slice(text.as_bytes());
}
