//! The files as streams: what each declares, and its rows as batches.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Watermarks};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp};

use crate::data::File;

/// Rows a batch.
const BATCH: usize = 4096;

/// Rows of a file, its header left out, as batches of the only stream of a program, with their watermarks.
#[must_use]
pub fn batches(program: &Program, file: File, rows: impl Iterator<Item = String>) -> Vec<EventBatch> {
    let (name, schema, _) = declared(file);
    let id = program.streams().id(name).expect("the program reads the file's stream");
    let mut builder = BatchBuilder::new(id, Arc::new(schema.clone()), 0);
    let mut watermarks = Watermarks::bounded(Duration(0));
    let mut batches = Vec::new();
    for line in rows {
        let cells = line.split(',').zip(schema.fields());
        let row: Vec<_> = cells.map(|(text, field)| datum(text, &field.ty.data)).collect();
        let Datum::Timestamp(time) = row[0] else { unreachable!("the first column is the time") };
        builder.push_row(time, watermarks.observe(time), &row).expect("generated rows fit");
        if builder.len() == BATCH {
            batches.push(builder.take());
        }
    }
    batches.push(builder.finish());
    batches
}

/// A file as a stream: its name, its columns, and those that are its key.
pub(crate) fn declared(file: File) -> (&'static str, Schema, &'static [&'static str]) {
    let schema = Schema::new().with("ts", DataType::Timestamp);
    let text = DataType::String;
    match file {
        File::Txn | File::TxnMillionKeys => (
            "txn",
            schema.with("card", text.clone()).with("amount", DataType::Float).with("kind", text),
            &["card"],
        ),
        File::Stock => {
            let schema =
                schema.with("symbol", text).with("price", DataType::Float).with("volume", DataType::Int);
            ("stock", schema, &["symbol"])
        }
        File::Sensor => (
            "sensor",
            schema.with("machine", text.clone()).with("temp", DataType::Float).with("status", text),
            &["machine"],
        ),
        File::Letters => ("letters", schema.with("type", text).with("value", DataType::Int), &[]),
    }
}

fn datum<'a>(text: &'a str, data: &DataType) -> Datum<'a> {
    match data {
        DataType::Timestamp => {
            Datum::Timestamp(Timestamp(text.parse().expect("generated times are integers")))
        }
        DataType::Int => Datum::Int(text.parse().expect("generated integers")),
        DataType::Float => Datum::Float(text.parse().expect("generated numbers")),
        _ => Datum::Str(text.into()),
    }
}
