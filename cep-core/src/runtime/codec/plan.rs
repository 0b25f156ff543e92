//! How records of a layout are read by a program: which input, column, group and pattern of the one is which of the other.

use crate::event::DataType;
use crate::program::{FamilyLayout, Form, GroupLayout, InputLayout, MemberLayout, Members};

/// How records of a family are read.
#[derive(Debug)]
pub(in crate::runtime) struct FamilyPlan {
    /// By input of the layout.
    pub(super) inputs: Vec<InputPlan>,
    /// By group of the layout.
    pub(super) groups: Vec<GroupPlan>,
}

/// How events of an input are read.
#[derive(Debug)]
pub(super) struct InputPlan {
    /// The same input of the program's family.
    pub(super) own: usize,
    /// By column that was kept.
    pub(super) columns: Vec<ColumnPlan>,
    /// How many columns the program keeps.
    pub(super) width: usize,
}

/// How values of a column are read.
#[derive(Debug)]
pub(super) struct ColumnPlan {
    pub(super) data: DataType,
    /// Where the program keeps it, if it does.
    pub(super) slot: Option<usize>,
}

/// How the partial matches of a group are read.
#[derive(Debug)]
pub(super) struct GroupPlan {
    pub(super) form: Form,
    pub(super) stages: usize,
    /// The patterns, by place.
    pub(super) members: Vec<String>,
    /// The groups that take any of them over, ascending.
    pub(super) targets: Vec<Target>,
}

/// A group that takes over partial matches.
#[derive(Debug)]
pub(super) struct Target {
    /// Its place in the program's family.
    pub(super) group: usize,
    /// By place of a pattern in the layout's group: its place in this one.
    places: Vec<Option<usize>>,
    /// Whether all keep their places.
    is_same: bool,
}

impl FamilyPlan {
    /// How records of a layout are read into what the program's own layout says; none where they are of other inputs.
    pub(super) fn new(
        from: &FamilyLayout,
        to: &FamilyLayout,
        takes: impl Fn(&MemberLayout, &MemberLayout) -> bool,
    ) -> Option<Self> {
        let inputs = from.inputs.iter().map(|input| InputPlan::new(input, to)).collect::<Option<Vec<_>>>()?;
        let groups = from.groups.iter().map(|group| GroupPlan::new(group, to, &takes)).collect();
        Some(Self { inputs, groups })
    }
}

impl InputPlan {
    fn new(from: &InputLayout, to: &FamilyLayout) -> Option<Self> {
        let own = to.inputs.iter().position(|input| input.stream == from.stream)?;
        let kept = &to.inputs[own].columns;
        let columns = from.columns.iter().map(|column| ColumnPlan {
            data: column.data.clone(),
            slot: kept.iter().position(|known| known == column),
        });
        Some(Self { own, columns: columns.collect(), width: kept.len() })
    }
}

impl GroupPlan {
    fn new(
        from: &GroupLayout,
        to: &FamilyLayout,
        takes: &impl Fn(&MemberLayout, &MemberLayout) -> bool,
    ) -> Self {
        let alike = |group: &&GroupLayout| group.shape == from.shape && group.form == from.form;
        let targets = to.groups.iter().enumerate().filter(|(_, group)| alike(group));
        let targets = targets.filter_map(|(place, group)| Target::new(place, from, group, takes));
        Self {
            form: from.form,
            stages: from.members[0].stages.len(),
            members: from.members.iter().map(|member| member.pattern.clone()).collect(),
            targets: targets.collect(),
        }
    }

    /// All patterns of the layout's group.
    pub(super) fn all(&self) -> Members {
        Members::first(self.members.len())
    }

    /// Those of some patterns that nobody takes over.
    pub(super) fn left_out(&self, members: Members) -> Members {
        let is_left = |place: &usize| self.targets.iter().all(|target| target.places[*place].is_none());
        let left = members.iter().filter(is_left).map(Members::only);
        left.fold(Members::NONE, Members::or)
    }
}

impl Target {
    fn new(
        place: usize,
        from: &GroupLayout,
        group: &GroupLayout,
        takes: &impl Fn(&MemberLayout, &MemberLayout) -> bool,
    ) -> Option<Self> {
        let place_of = |member: &MemberLayout| group.members.iter().position(|known| takes(member, known));
        let places: Vec<_> = from.members.iter().map(place_of).collect();
        let is_same = places.iter().enumerate().all(|(from, to)| *to == Some(from));
        places.iter().any(Option::is_some).then_some(Self { group: place, places, is_same })
    }

    /// Whether it takes over what any pattern holds.
    pub(super) fn takes_all(&self) -> bool {
        self.places.iter().all(Option::is_some)
    }

    /// The places of some patterns in the group that takes them over.
    pub(super) fn members(&self, members: Members) -> Members {
        if self.is_same {
            return members;
        }
        let places = members.iter().filter_map(|place| self.places[place]).map(Members::only);
        places.fold(Members::NONE, Members::or)
    }
}
