//! An editor talks to the server: over a channel, message by message, as editors do.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod client;
mod completion;
mod files;
mod hover;
mod mistakes;
mod robust;

/// The line and character of a piece of a text, counted in UTF-16, and so many bytes behind its beginning.
fn place(text: &str, piece: &str, skip: usize) -> (u32, u32) {
    let at = text.find(piece).unwrap_or_else(|| panic!("no `{piece}`")) + skip;
    let before = &text[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

const TEXT: &str = "\
/// Payments of all cards.
stream txn { card: string  amount: float  ts: timestamp } key card time ts
param most: float = 500.0
table cards { card: string  limit: float } key card from \"file:cards.csv\"

/// A card is tried, then emptied.
pattern emptied on txn by card {
  begin small times 2 where amount < 1
  followed by any large where amount > most and small.last.amount < amount
  within 10m
  emit emptied { card: large.card, limit: cards[large.card].limit }
}
";
