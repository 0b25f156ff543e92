//! Messages of maps that are asked page by page, and of indexes.

use super::read::{Items, structure};
use super::table::{replies, requests};
use super::{CodecError, Fixed, Put, Take};
use crate::data::Data;
use crate::frame::{Flags, Frames, Writer};

requests! {
    0x012900 MapAddIndex<'a> Safe {} { name: &'a str, index: &'a WireIndex<'a> } -> ();
    0x013400 MapKeysPage<'a> Safe {} { name: &'a str, page: &'a WirePage<'a> } -> Page;
    0x013500 MapValuesPage<'a> Safe {} { name: &'a str, page: &'a WirePage<'a> } -> Page;
    0x013600 MapEntriesPage<'a> Safe {} { name: &'a str, page: &'a WirePage<'a> } -> EntryPage;
}

replies! {
    Page {} { items: Vec<Data>, anchors: Anchors };
    EntryPage {} { entries: Vec<(Data, Data)>, anchors: Anchors };
}

/// The last entries of pages, by which members find the pages behind them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Anchors {
    pages: Vec<i32>,
    entries: Vec<(Option<Data>, Option<Data>)>,
}

impl Put for Anchors {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        writer.frame(Flags::NONE, |out| self.pages.iter().for_each(|page| Fixed::put(page, out)));
        self.entries[..].put(writer);
        writer.mark(Flags::END);
    }
}

impl Take for Anchors {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let pages: Items<i32> = Take::take(frames)?;
            let entries: Vec<_> = Take::take(frames)?;
            if pages.0.len() != entries.len() {
                return Err(CodecError::Lengths);
            }
            Ok(Self { pages: pages.0, entries })
        })
    }
}

/// Which page is wanted.
#[derive(Clone, Debug)]
pub(crate) struct WirePage<'a> {
    pub(crate) size: i32,
    pub(crate) number: i32,
    /// What is ordered: 0 keys, 1 values, 2 entries.
    pub(crate) iteration: u8,
    pub(crate) anchors: &'a Anchors,
    pub(crate) predicate: Option<&'a Data>,
    pub(crate) comparator: Option<&'a Data>,
}

impl Put for WirePage<'_> {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        writer.frame(Flags::NONE, |out| {
            Fixed::put(&self.size, out);
            Fixed::put(&self.number, out);
            Fixed::put(&self.iteration, out);
        });
        self.anchors.put(writer);
        self.predicate.put(writer);
        self.comparator.put(writer);
        // No partition in particular: neither the old field nor the new one.
        writer.mark(Flags::NULL);
        writer.mark(Flags::NULL);
        writer.mark(Flags::END);
    }
}

/// An index as members are told of it.
#[derive(Clone, Debug)]
pub(crate) struct WireIndex<'a> {
    pub(crate) kind: i32,
    pub(crate) name: &'a str,
    pub(crate) attributes: &'a [String],
    /// Of a bitmap: the attribute that tells entries apart, and what is made of it.
    pub(crate) unique: Option<(&'a str, i32)>,
}

impl Put for WireIndex<'_> {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        writer.frame(Flags::NONE, |out| Fixed::put(&self.kind, out));
        self.name.put(writer);
        writer.mark(Flags::BEGIN);
        self.attributes.iter().for_each(|attribute| attribute.as_str().put(writer));
        writer.mark(Flags::END);
        match self.unique {
            None => writer.mark(Flags::NULL),
            Some((key, transformation)) => {
                writer.mark(Flags::BEGIN);
                writer.frame(Flags::NONE, |out| Fixed::put(&transformation, out));
                key.put(writer);
                writer.mark(Flags::END);
            }
        }
        writer.mark(Flags::END);
    }
}
