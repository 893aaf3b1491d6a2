//! Patterns as pictures that people can read: railroad diagrams whose steps are labels.
