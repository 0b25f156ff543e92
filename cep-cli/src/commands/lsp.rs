//! `cep lsp`: the language server, for editors.

use super::complain;
use crate::explain::prose;
use crate::outcome::Outcome;

/// Serves until the editor says that it is done. Standard output is the conversation's alone.
pub(super) fn lsp() -> Outcome {
    match cep_lsp::serve_stdio(prose) {
        Ok(()) => Outcome::Done,
        Err(error) => {
            complain(&error, None);
            Outcome::Failed
        }
    }
}
