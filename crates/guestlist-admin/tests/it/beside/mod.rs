//! What the console has beside its editors, as a browser without a script has it.

mod activity;
mod configured;
mod history;
mod hostile;
mod log;
mod policies;
mod scopes;
mod settings;
mod tester;
mod tokens;

use crate::console::Page;

impl Page {
    /// That it is there and says all of this.
    fn says(&self, status: u16, texts: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        for text in texts {
            assert!(self.has(text), "{text}: {}", self.text);
        }
    }

    /// What the hidden field says that names the version that was seen, the first of them.
    fn seen_first(&self) -> &str {
        self.between(r#"name="seen" value=""#, "\"")
    }
}
