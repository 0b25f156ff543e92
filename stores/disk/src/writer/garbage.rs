//! Clears away what dropped namespaces have left, a piece at a time, while nobody waits.

use redb::{Key, ReadableTable, Table, Value};

use crate::database::Database;
use crate::error::Failed;
use crate::keys::{self, SpaceId};
use crate::tables::Tables;

/// Keys that go at once: a commit that comes meanwhile waits for no more than that.
const PIECE: usize = 2_000;

/// Clears a piece; true where there is nothing left, or nothing to be done about it now.
pub(crate) fn clear_some(database: &Database) -> bool {
    // An error here is nobody's: the garbage is found again when the folder is next opened.
    clear(database).unwrap_or(true)
}

fn clear(database: &Database) -> Result<bool, Failed> {
    let transaction = database.begin_write()?;
    let mut tables = Tables::open(&transaction)?;
    let Some(space) = first(&tables)? else { return Ok(true) };
    let mut left = PIECE;
    clear_table(&mut tables.records, space, &mut left)?;
    clear_table(&mut tables.due, space, &mut left)?;
    clear_table(&mut tables.outbox, space, &mut left)?;
    if left > 0 {
        tables.meta.remove(&keys::garbage(space)[..])?;
    }
    drop(tables);
    transaction.commit().map_err(|error| Failed::Broken(error.into()))?;
    Ok(false)
}

fn first(tables: &Tables<'_>) -> Result<Option<SpaceId>, Failed> {
    let found = tables.meta.range::<&[u8]>(keys::GARBAGE..)?.next().transpose()?;
    Ok(found.and_then(|(key, _)| keys::garbage_space(key.value())))
}

fn clear_table<V: Value + 'static>(
    table: &mut Table<'_, &'static [u8], V>,
    space: SpaceId,
    left: &mut usize,
) -> Result<(), Failed>
where
    &'static [u8]: Key,
{
    let prefix = space.prefix();
    let mut gone = Vec::new();
    for found in table.range::<&[u8]>(&prefix[..]..)?.take(*left) {
        let (key, _) = found?;
        if !key.value().starts_with(&prefix) {
            break;
        }
        gone.push(key.value().to_vec());
    }
    for key in &gone {
        table.remove(&key[..])?;
    }
    *left -= gone.len();
    Ok(())
}
