//! The columns of some rows of a batch as bytes, and back. A column that nobody filled stays so.

use std::sync::Arc;

use crate::bytes::{Reader, RecordError, text, uint};
use crate::event::{
    BatchBuilder, DataType, EventBatch, Schema, Slot, bits, read_bits, read_datum, read_type, stands,
    write_datum, write_type,
};
use crate::ids::{ColumnId, StreamId};
use crate::time::{Timestamp, Watermark};

pub(super) fn write_columns(schema: &Schema, batch: &EventBatch, rows: &[u32], out: &mut Vec<u8>) {
    let fields = || schema.fields().iter().zip(batch.columns()).filter(|(_, column)| !column.is_absent());
    uint(out, fields().count() as u64);
    for (field, column) in fields() {
        text(out, &field.name);
        write_type(out, &field.ty.data);
        let is_null = |row: &u32| !stands(&field.ty.data, &column.get(*row as usize));
        let any = rows.iter().any(is_null);
        out.push(any.into());
        if any {
            bits(out, rows.iter().map(is_null));
        }
        for row in rows.iter().filter(|row| !is_null(row)).map(|row| *row as usize) {
            write_datum(out, &column.get(row), batch.time(row));
        }
    }
}

/// The rows of some times as a batch of a stream, if it has one, columns that are not there left out.
pub(super) fn read_columns(
    reader: &mut Reader<'_>,
    stream: Option<(StreamId, &Arc<Schema>)>,
    times: &[Timestamp],
) -> Result<Option<EventBatch>, RecordError> {
    let mut builder = stream.map(|(id, schema)| BatchBuilder::new(id, Arc::clone(schema), 0));
    let mut filled = vec![false; stream.map_or(0, |(_, schema)| schema.fields().len())];
    for _ in 0..reader.count()? {
        let name = reader.text()?;
        let data = read_type(reader)?;
        let values = read_values(reader, &data, times)?;
        let Some((builder, (_, schema))) = builder.as_mut().zip(stream) else { continue };
        let fits = |column: &ColumnId| schema.fields()[column.index()].ty.data == data;
        let Some(column) = schema.column(name).filter(fits) else { continue };
        let is_new = !std::mem::replace(&mut filled[column.index()], true);
        reader.expect(is_new, "a column that is there twice")?;
        let column = builder.column_mut(column);
        for value in &values {
            match value {
                Some(value) => {
                    column.push(&value.as_datum());
                }
                None => column.push_null(),
            }
        }
    }
    Ok(builder.map(|mut builder| {
        for column in (0..filled.len()).filter(|column| !filled[*column]) {
            builder.leave_out(ColumnId::new(column));
        }
        builder.finish_rows(times, |_| Watermark::MIN);
        builder.finish()
    }))
}

/// The values of a column, in the order of rows; none where one is null.
fn read_values<'a>(
    reader: &mut Reader<'a>,
    data: &DataType,
    times: &[Timestamp],
) -> Result<Vec<Option<Slot<'a>>>, RecordError> {
    let has_nulls = reader.below(2, "nulls that are there and are not")? == 1;
    let nulls = if has_nulls { read_bits(reader, times.len())? } else { &[] };
    let value = |(row, time): (usize, &Timestamp)| {
        let is_null = nulls.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
        (!is_null).then(|| read_datum(reader, data, *time)).transpose()
    };
    times.iter().enumerate().map(value).collect()
}
