//! A member that is none: it sends what real ones never do. The client tells so, and goes on where it can.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod credentials;
mod hostile;
mod member;
mod odd;
mod public;
mod reconnect;
