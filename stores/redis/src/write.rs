//! What is written to a group by its owner, and what the scripts' refusals mean.

use cep_engine::store::{Changes, StoreError, StoreErrorKind, Version};
use redis::Value;

use crate::commit::{Commit, LIMITS};
use crate::failure::{Act, NEEDED};
use crate::group::GroupAt;
use crate::reply::{self, Bad, Said};
use crate::script;

/// How a write ended that no error of the server or the network ended.
#[derive(Debug)]
pub(crate) enum Written {
    Done,
    /// The group is of another life of the namespace.
    OtherLife,
    /// The group has no header.
    Missing,
    Refused(StoreError),
}

impl GroupAt<'_> {
    pub(crate) async fn commit(
        &self,
        birth: &str,
        expected: Version,
        changes: &Changes,
    ) -> Result<Written, StoreError> {
        let commit = Commit { keys: &self.keys, birth, expected, changes };
        let answer = self.servers.send_once(self.keys.slot, commit.commands(LIMITS)).await?;
        self.good(self.written(answer, expected))
    }

    pub(crate) async fn trim(&self, birth: &str, epoch: u64, below: u64) -> Result<Written, StoreError> {
        let mut call = script::TRIM.call(&[&self.keys.header, &self.keys.outbox]);
        call.arg(birth).arg(epoch).arg(below);
        let answer = self.servers.ask(self.keys.slot, call, Act::Repeatable).await?;
        self.good(self.written(answer, Version { epoch, seq: 0 }))
    }

    fn written(&self, answer: Value, expected: Version) -> Result<Written, Bad> {
        let mut said = Said::new(answer)?;
        let refused = match said.word.as_str() {
            "ok" => return Ok(Written::Done),
            "missing" => return Ok(Written::Missing),
            "other" => return Ok(Written::OtherLife),
            "version" => StoreError::refused(expected, version(&mut said)?),
            "number" => {
                let what = format!("outbox entries where number {} comes next", reply::text(said.next())?);
                StoreError::new(StoreErrorKind::Misuse, what)
            }
            "type" => {
                let (key, kind) = (reply::text(said.next())?, reply::text(said.next())?);
                StoreError::new(
                    StoreErrorKind::Corrupt,
                    format!("`{key}` holds a {kind}, which we never put there"),
                )
                .with_help("find out who writes to keys that begin with `cep:`")
            }
            "denied" => {
                let what = format!("Redis does not allow the user to {}", reply::text(said.next())?);
                StoreError::new(StoreErrorKind::Setup, what)
                    .with_help(format!("ACL SETUSER the-user {NEEDED}"))
            }
            // Whoever may write here was pushed aside between two parts, by an opening or by the hour.
            "staged" => StoreError::new(
                StoreErrorKind::Unavailable,
                format!(
                    "parts of a large commit to group {} were removed before it was complete",
                    self.group.0
                ),
            ),
            _ => return Err(Bad::new("an answer of a script")),
        };
        Ok(Written::Refused(refused))
    }
}

fn version(said: &mut Said) -> Result<Version, Bad> {
    Ok(Version { epoch: reply::number(said.next())?, seq: reply::number(said.next())? })
}
