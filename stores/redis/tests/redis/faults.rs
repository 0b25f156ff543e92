//! Kills, roll-backs, owners that do not know that they are none any more, and broken connections.
