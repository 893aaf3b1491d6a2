//! gzip as `gzip -d` reads it: members one behind the other, and zeros at the end, with which tapes and backups are padded.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// The unpacked text of all members.
pub(super) struct Members<R> {
    /// Nothing once the last member is read.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    /// Begins at a member.
    pub(super) fn new(raw: R) -> Members<R> {
        Members { member: Some(GzDecoder::new(raw)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let Some(ended) = self.member.take() else { break };
            let mut raw = ended.into_inner();
            if !skip_zeros(&mut raw)? {
                self.member = Some(GzDecoder::new(raw));
            }
        }
        Ok(0)
    }
}

/// Skips zeros; true if nothing follows.
fn skip_zeros(raw: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let ahead = raw.fill_buf()?;
        if ahead.is_empty() {
            return Ok(true);
        }
        let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
        let is_end = zeros < ahead.len();
        raw.consume(zeros);
        if is_end {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn pack(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Members::new(packed).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn members_follow_each_other_and_zeros_end_the_last() {
        let members = [pack("one "), pack(""), pack("two")].concat();
        assert_eq!(unpack(&members).unwrap(), "one two");
        assert_eq!(unpack(&[members.clone(), vec![0; 1000]].concat()).unwrap(), "one two");
        assert!(unpack(&[members.clone(), b"rubbish".to_vec()].concat()).is_err());
        assert!(unpack(&members[..members.len() - 3]).is_err());
    }
}
