//! The groups of a namespace, each a step of its own: made, removed, raised, looked at.

use cep_engine::store::{GroupId, Header, Namespace, StoreError, StoreErrorKind, Version, check_owner};
use redis::Value;

use crate::failure::Act;
use crate::keys::GroupKeys;
use crate::reply::{self, Bad, Said};
use crate::root::{self, FORMAT};
use crate::script;
use crate::servers::Servers;

/// A group, where it lies.
#[derive(Debug)]
pub(crate) struct GroupAt<'s> {
    pub(crate) servers: &'s Servers,
    pub(crate) group: GroupId,
    pub(crate) keys: GroupKeys,
}

/// What became of raising a group's epoch.
#[derive(Debug)]
pub(crate) enum Raised {
    Done(Header),
    /// The group is at this epoch already, or beyond it: another opener, or a root that rolled back.
    Behind(u64),
    /// There is no header of this life: the namespace was removed in between, or has lost it.
    Missing,
}

impl<'s> GroupAt<'s> {
    pub(crate) fn new(servers: &'s Servers, namespace: &Namespace, group: GroupId) -> Self {
        Self { servers, group, keys: GroupKeys::of(namespace, group) }
    }

    /// Makes the group anew and empty, whatever is left of earlier lives, or removes it where no birth is given.
    ///
    /// What is replaced has to be what was seen just before. A step that was given up and comes late finds what came after
    /// it, and does nothing.
    pub(crate) async fn replace(&self, birth: Option<&str>) -> Result<(), StoreError> {
        loop {
            let mut look = redis::cmd("HGET");
            look.arg(&self.keys.header).arg("b");
            let seen = self.servers.ask(self.keys.slot, look, Act::Read).await?;
            let seen = self.good(reply::maybe_bytes(seen))?.unwrap_or_default();
            let mut call = script::REPLACE.call(&self.keys.all());
            call.arg(&*seen);
            if let Some(birth) = birth {
                call.arg(FORMAT).arg(birth);
            }
            let answer = self.servers.ask(self.keys.slot, call, Act::Repeatable).await?;
            if self.good(Said::new(answer))?.word == "ok" {
                return Ok(());
            }
        }
    }

    /// Raises the epoch, if it is lower, and reads the header.
    pub(crate) async fn raise(&self, birth: &str, epoch: u64) -> Result<Raised, StoreError> {
        let mut call = script::RAISE.call(&[&self.keys.header, &self.keys.staged]);
        call.arg(FORMAT).arg(birth).arg(epoch);
        let answer = self.servers.ask(self.keys.slot, call, Act::Repeatable).await?;
        let mut said = self.good(Said::new(answer))?;
        match said.word.as_str() {
            "ok" => {
                let fields: [Value; 7] = std::array::from_fn(|_| said.next());
                let (_, header) = self.good(header(fields))?;
                Ok(Raised::Done(header))
            }
            "behind" => Ok(Raised::Behind(self.good(reply::number(said.next()))?)),
            "format" => Err(root::newer(&self.good(reply::text(said.next()))?)),
            _ => Ok(Raised::Missing),
        }
    }

    /// Reads the header; none where there is none of this life.
    pub(crate) async fn look(&self, birth: &str) -> Result<Option<Header>, StoreError> {
        let mut command = redis::cmd("HMGET");
        command.arg(&self.keys.header).arg(&["f", "b", "e", "s", "n", "o", "x"]);
        let answer = self.servers.ask(self.keys.slot, command, Act::Read).await?;
        let fields: [Value; 7] = self.good(seven(answer))?;
        if fields[1] == Value::Nil {
            return Ok(None);
        }
        let format = self.good(reply::text(fields[0].clone()))?;
        if format != FORMAT {
            return Err(root::newer(&format));
        }
        let (found, header) = self.good(header(fields))?;
        Ok((found == birth).then_some(header))
    }

    /// Whether an owner that has just read may have: epochs never fall, so whose the group is now it was then.
    pub(crate) async fn check_owner(&self, owner: Option<Version>) -> Result<(), StoreError> {
        if owner.is_none() {
            return Ok(());
        }
        let mut command = redis::cmd("HMGET");
        command.arg(&self.keys.header).arg(&["e", "s"]);
        let answer = self.servers.ask(self.keys.slot, command, Act::Read).await?;
        let mut fields = self.good(reply::list(answer))?.into_iter();
        let mut number = || self.good(reply::number(fields.next().unwrap_or(Value::Nil)));
        check_owner(owner, Version { epoch: number()?, seq: number()? })
    }

    /// The error for a namespace that is there and has lost the header of this group.
    pub(crate) fn lost(&self) -> StoreError {
        let what = format!("the header of group {} is missing: `{}`", self.group.0, self.keys.header);
        StoreError::new(StoreErrorKind::Corrupt, what).with_help(
            "restore the server's data, or drop the namespace and replay (keys may have been evicted, or one server of a \
             cluster may have lost more than the others)",
        )
    }

    pub(crate) fn good<T>(&self, answer: Result<T, Bad>) -> Result<T, StoreError> {
        answer.map_err(|bad| bad.told(&self.keys.header))
    }
}

fn seven(answer: Value) -> Result<[Value; 7], Bad> {
    let mut fields = reply::list(answer)?.into_iter();
    Ok(std::array::from_fn(|_| fields.next().unwrap_or(Value::Nil)))
}

/// Birth and header from the fields format, birth, epoch, seq, next and first outbox number, state.
fn header(fields: [Value; 7]) -> Result<(String, Header), Bad> {
    let [_, birth, epoch, seq, next, first, state] = fields;
    let header = Header {
        version: Version { epoch: reply::number(epoch)?, seq: reply::number(seq)? },
        next_outbox: reply::number(next)?,
        first_outbox: reply::number(first)?,
        state: reply::bytes(state)?,
    };
    Ok((reply::text(birth)?, header))
}
