//! The reference held against tables of cases and against hostile input.

mod api;
mod hard;
mod hostile;
mod limits;
mod shared;
mod table;
mod witness;
