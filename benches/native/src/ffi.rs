//! RE2 and Vectorscan, called: the one module with `unsafe` code. Texts go in as slices, handles are freed when they are dropped.

#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{self, NonNull};

/// A compiled `RE2::Set`.
#[derive(Debug)]
pub(crate) struct Re2Set(NonNull<c_void>);

impl Re2Set {
    /// None if a pattern is refused, or if all of them take more than `max_mem` bytes.
    pub(crate) fn new(patterns: &[String], max_mem: i64) -> Option<Re2Set> {
        let texts: Vec<*const c_char> = patterns.iter().map(|text| text.as_ptr().cast()).collect();
        let lengths: Vec<usize> = patterns.iter().map(String::len).collect();
        // SAFETY: both arrays have as many elements as is said, each text as many bytes, and all outlive the call, which keeps none of them.
        let set = unsafe { re2_set_new(texts.as_ptr(), lengths.as_ptr(), patterns.len(), max_mem) };
        NonNull::new(set).map(Re2Set)
    }

    /// Whether any pattern matches; none if the automaton outgrew its memory.
    pub(crate) fn is_match(&self, text: &str) -> Option<bool> {
        // SAFETY: the set was made by `re2_set_new` and lives until it is dropped; the text has as many bytes as is said.
        match unsafe { re2_set_is_match(self.0.as_ptr(), text.as_ptr().cast(), text.len()) } {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Drop for Re2Set {
    fn drop(&mut self) {
        // SAFETY: the set was made by `re2_set_new`, and nobody has it after this.
        unsafe { re2_set_free(self.0.as_ptr()) }
    }
}

/// A Vectorscan database for whole texts, with the scratch space of one thread.
#[derive(Debug)]
pub(crate) struct Database {
    database: NonNull<c_void>,
    scratch: NonNull<c_void>,
}

impl Database {
    /// None if an expression is refused, or all of them are too large together.
    pub(crate) fn new(expressions: &[String]) -> Option<Database> {
        let texts: Option<Vec<CString>> =
            expressions.iter().map(|text| CString::new(text.as_str()).ok()).collect();
        let texts = texts?;
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        // The first match of any expression ends a scan, so that more of the same are not looked for.
        let flags = vec![HS_FLAG_SINGLEMATCH; texts.len()];
        let count = c_uint::try_from(texts.len()).ok()?;
        let (mut database, mut error) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: both arrays have `count` elements, the texts end with a zero and outlive the call; without ids and platform, it takes
        // zero for each and this machine.
        let status = unsafe {
            hs_compile_multi(
                pointers.as_ptr(),
                flags.as_ptr(),
                ptr::null(),
                count,
                HS_MODE_BLOCK,
                ptr::null(),
                &mut database,
                &mut error,
            )
        };
        if let Some(error) = NonNull::new(error) {
            // SAFETY: `hs_compile_multi` made it, and nobody has it after this.
            unsafe { hs_free_compile_error(error.as_ptr()) };
        }
        let database = NonNull::new(database).filter(|_| status == 0)?;
        let mut scratch = ptr::null_mut();
        // SAFETY: the database was compiled just now, and a null scratch is one to be made.
        let status = unsafe { hs_alloc_scratch(database.as_ptr(), &mut scratch) };
        let Some(scratch) = NonNull::new(scratch).filter(|_| status == 0) else {
            // SAFETY: nobody has the database after this.
            unsafe { hs_free_database(database.as_ptr()) };
            return None;
        };
        Some(Database { database, scratch })
    }

    /// Whether any expression matches; none if the scan failed. It borrows the scratch space alone, as Vectorscan demands.
    pub(crate) fn is_match(&mut self, text: &str) -> Option<bool> {
        let length = c_uint::try_from(text.len()).ok()?;
        // SAFETY: database and scratch belong together and live as long as this; `&mut self` keeps a second scan away from the scratch. The
        // callback takes no context.
        let status = unsafe {
            hs_scan(
                self.database.as_ptr(),
                text.as_ptr().cast(),
                length,
                0,
                self.scratch.as_ptr(),
                stop,
                ptr::null_mut(),
            )
        };
        match status {
            0 => Some(false),
            HS_SCAN_TERMINATED => Some(true),
            _ => None,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: both were made by Vectorscan, and nobody has them after this.
        unsafe {
            hs_free_scratch(self.scratch.as_ptr());
            hs_free_database(self.database.as_ptr());
        }
    }
}

/// Ends the scan at the first match.
extern "C" fn stop(
    _id: c_uint,
    _from: c_ulonglong,
    _to: c_ulonglong,
    _flags: c_uint,
    _context: *mut c_void,
) -> c_int {
    1
}

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

// From hs_compile.h and hs_common.h.
const HS_FLAG_SINGLEMATCH: c_uint = 8;
const HS_MODE_BLOCK: c_uint = 1;
const HS_SCAN_TERMINATED: c_int = -3;

unsafe extern "C" {
    fn re2_set_new(
        patterns: *const *const c_char,
        lengths: *const usize,
        count: usize,
        max_mem: i64,
    ) -> *mut c_void;
    fn re2_set_is_match(set: *const c_void, text: *const c_char, length: usize) -> c_int;
    fn re2_set_free(set: *mut c_void);

    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut c_void,
    ) -> c_int;
    fn hs_free_compile_error(error: *mut c_void) -> c_int;
    fn hs_free_database(database: *mut c_void) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_free_scratch(scratch: *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
}
