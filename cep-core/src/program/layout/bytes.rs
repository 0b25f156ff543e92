//! Layouts as bytes, and back: docs/state-format.md, 2.

use super::{ColumnLayout, FamilyLayout, Form, GroupLayout, InputLayout, Layout, MemberLayout};
use crate::bytes::{FORMAT_VERSION, Reader, RecordError, Sum, text, uint};
use crate::event::{read_type, write_type};
use crate::program::Members;

impl Layout {
    /// The layout as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT_VERSION];
        list(&mut out, &self.families, family);
        Sum::default().seal(&mut out, 0);
        out
    }

    /// The layout that bytes say.
    ///
    /// # Errors
    /// Where they say none.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut reader = Sum::default().open(bytes)?;
        let families = reader.list(read_family)?;
        reader.end()?;
        Ok(Self { families })
    }
}

fn list<T>(out: &mut Vec<u8>, items: &[T], mut item: impl FnMut(&mut Vec<u8>, &T)) {
    uint(out, items.len() as u64);
    items.iter().for_each(|one| item(out, one));
}

fn family(out: &mut Vec<u8>, family: &FamilyLayout) {
    out.extend_from_slice(&family.id);
    list(out, &family.inputs, |out, input| {
        text(out, &input.stream);
        list(out, &input.columns, |out, column| {
            text(out, &column.name);
            write_type(out, &column.data);
        });
    });
    list(out, &family.groups, |out, group| {
        out.extend_from_slice(&group.shape);
        out.push(match group.form {
            Form::Runs => 0,
            Form::Sets => 1,
        });
        list(out, &group.members, |out, member| {
            text(out, &member.pattern);
            list(out, &member.stages, |out, stage| text(out, stage));
            out.extend_from_slice(&member.body);
        });
    });
}

fn read_family(reader: &mut Reader<'_>) -> Result<FamilyLayout, RecordError> {
    let id = reader.array()?;
    let inputs = reader.list(|reader| {
        let stream = reader.string()?;
        let columns =
            reader.list(|reader| Ok(ColumnLayout { name: reader.string()?, data: read_type(reader)? }))?;
        Ok(InputLayout { stream, columns })
    })?;
    Ok(FamilyLayout { id, inputs, groups: reader.list(read_group)? })
}

fn read_group(reader: &mut Reader<'_>) -> Result<GroupLayout, RecordError> {
    let shape = reader.array()?;
    let form = match reader.u8()? {
        0 => Form::Runs,
        1 => Form::Sets,
        _ => return Err(reader.corrupt("a form that there is not")),
    };
    let members = reader.list(|reader| {
        let pattern = reader.string()?;
        let stages = reader.list(Reader::string)?;
        Ok(MemberLayout { pattern, stages, body: reader.array()? })
    })?;
    let most = if form == Form::Sets { 1 } else { Members::MOST };
    reader.expect((1..=most).contains(&members.len()), "a group of no or too many patterns")?;
    Ok(GroupLayout { shape, form, members })
}
