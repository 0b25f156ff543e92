//! What nodes keep for the conditions of a pattern. Reading a path takes a step a node: that is cheap, unless a stage that
//! occurs many times lies on it. What would be read over many nodes has a place among the words of each node instead.

use super::resolve::Resolver;
use super::{CompiledPattern, family};
use crate::expr::{Expr, Kept, Node, Pick};
use crate::ids::{PatternId, StageId};
use crate::pattern::{Body, Element, Pattern, Repeat};

/// What nodes of a pattern keep, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningPlan {
    /// Words a node: as many as the pattern of the family takes that takes most.
    pub(crate) stride: usize,
    /// By stage.
    by_stage: Vec<Vec<(u16, Kept)>>,
}

impl RunningPlan {
    /// What the conditions of a pattern ask for, in order; none where that is nothing.
    pub(super) fn of(pattern: &Pattern, resolver: &Resolver<'_>) -> Option<Self> {
        let mut plan = Self { by_stage: vec![Vec::new(); pattern.stages().len()], ..Self::default() };
        for (top, element) in pattern.sequence.iter().enumerate() {
            let reach = Reach::of(&pattern.sequence[..=top]);
            let mut conditions = Vec::new();
            family::of_element(element, &mut conditions);
            for condition in conditions {
                condition.walk(&mut |expr| {
                    if let Some(kept) = asked(expr, &reach, resolver) {
                        plan.add(kept);
                    }
                });
            }
        }
        (plan.stride > 0).then_some(plan)
    }

    fn add(&mut self, kept: Kept) {
        let of_stage = &mut self.by_stage[kept.stage.index()];
        // What finds no place is walked for.
        let Ok(place) = u16::try_from(self.stride) else { return };
        if of_stage.iter().all(|(_, known)| *known != kept) {
            self.stride += kept.width();
            of_stage.push((place, kept));
        }
    }

    /// The place of what is kept for an expression.
    pub(super) fn place(&self, node: &Node) -> Option<u16> {
        let wanted = Kept::of(node)?;
        self.of_stage(wanted.stage).iter().find(|(_, kept)| *kept == wanted).map(|(place, _)| *place)
    }

    /// What an event of a stage is added to.
    pub(crate) fn of_stage(&self, stage: StageId) -> &[(u16, Kept)] {
        &self.by_stage[stage.index()]
    }
}

/// Which stages may lie on the path of a partial match at some element, many times.
struct Reach<'a> {
    many: Vec<&'a str>,
}

impl<'a> Reach<'a> {
    /// So many nodes are walked as fast as words are kept.
    const FEW: u32 = 8;

    fn of(before: &'a [Element]) -> Self {
        let mut many = Vec::new();
        before.iter().for_each(|element| repeating(element, 1, &mut many));
        Self { many }
    }

    /// Whether any other stage lies there many times.
    fn any_but(&self, stage: &str) -> bool {
        self.many.iter().any(|name| *name != stage)
    }
}

fn repeating<'a>(element: &'a Element, around: u32, many: &mut Vec<&'a str>) {
    let most = match element.quantifier.repeat {
        Repeat::Once => 1,
        Repeat::Times { to, .. } => to,
        Repeat::AtLeast(_) => u32::MAX,
    };
    let most = around.saturating_mul(most);
    match &element.body {
        Body::Group(inner) => inner.iter().for_each(|element| repeating(element, most, many)),
        Body::Stage { name, .. } if most > Reach::FEW => many.push(name),
        Body::Stage { .. } => {}
    }
}

/// What has to be kept for an expression, if it would be read over many nodes.
fn asked(expr: &Expr, reach: &Reach<'_>, resolver: &Resolver<'_>) -> Option<Kept> {
    let far = match expr {
        Expr::Captured { stage, pick: Pick::Last, .. } => reach.any_but(stage),
        Expr::Captured { .. } | Expr::Count(_) | Expr::StageExists(_) | Expr::Aggregate { .. } => {
            !reach.many.is_empty()
        }
        _ => false,
    };
    if !far {
        return None;
    }
    let count = |stage: &String| Expr::Count(stage.clone());
    let node = match expr {
        Expr::StageExists(stage) => resolver.resolve(&count(stage)),
        _ => resolver.resolve(expr),
    };
    // A mistake is reported where the whole condition is resolved.
    Kept::of(&node.ok()?.0)
}

/// Gives the nodes of all patterns of a family as many words, as they stand in one buffer; tells how many.
pub(super) fn widen(members: &[PatternId], compiled: &mut [Option<CompiledPattern>]) -> usize {
    let stride = |pattern: &PatternId| Some(compiled[pattern.index()].as_ref()?.running.as_ref()?.stride);
    let widest = members.iter().filter_map(stride).max().unwrap_or(0);
    for pattern in members {
        if let Some(plan) = compiled[pattern.index()].as_mut().and_then(|pattern| pattern.running.as_mut()) {
            plan.stride = widest;
        }
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{DataType, Schema};
    use crate::expr::{Aggregate, count, field, stage};
    use crate::pattern::{Definitions, GroupBuilder, PatternBuilder, StreamDef};
    use crate::program::Program;

    fn compile(patterns: impl IntoIterator<Item = PatternBuilder>) -> Program {
        let schema = Schema::new().with("x", DataType::Float).with("ts", DataType::Timestamp);
        let patterns = patterns.into_iter().enumerate();
        let definitions = Definitions {
            streams: vec![StreamDef::new("s", schema, "ts")],
            patterns: patterns
                .map(|(at, pattern)| pattern.on("s").build(format!("p{at}")).unwrap())
                .collect(),
            ..Definitions::default()
        };
        Program::compile(definitions, &Default::default()).unwrap()
    }

    /// Words a node, and how many values are in them.
    fn kept(pattern: PatternBuilder) -> Option<(usize, usize)> {
        let program = compile([pattern]);
        let plan = program.patterns[0].running.as_ref()?;
        Some((plan.stride, plan.by_stage.iter().map(Vec::len).sum()))
    }

    fn above(value: Expr) -> Expr {
        field("x").gt(value)
    }

    #[test]
    fn what_is_near_is_not_kept() {
        let three = Pattern::begin("a").next("b").filter(above(stage("a").last("x")));
        assert_eq!(kept(three.next("c").filter(above(stage("a").avg("x")))), None);
        let own = Pattern::begin("a").next("b").filter(above(stage("b").last("x"))).one_or_more();
        assert_eq!(kept(own.next("c").filter(above(stage("b").last("x")))), None);
        let few = Pattern::begin("a").filter(above(stage("a").sum("x"))).times(8);
        assert_eq!(kept(few), None);
        let before = Pattern::begin("a").next("b").filter(above(stage("a").last("x")));
        assert_eq!(kept(before.next("c").one_or_more()), None);
        let walked =
            Pattern::begin("a").filter(above(stage("a").aggregate(Aggregate::Stddev, "x"))).one_or_more();
        assert_eq!(kept(walked), None);
        let calculated = Pattern::begin("a").filter(above(stage("a").at(count("a").sub(2), "x")));
        assert_eq!(kept(calculated.one_or_more()), Some((1, 1)), "the count alone");
        let emitted = Pattern::begin("a").one_or_more().emit("out", [("sum", stage("a").sum("x"))]);
        assert_eq!(kept(emitted), None);
    }

    #[test]
    fn what_is_far_is_kept_once() {
        let asked = above(stage("a").avg("x")).and(above(stage("a").sum("x"))).and(count("a").lt(9));
        let again = above(stage("a").avg("x").add(1.0)).or(stage("a").exists());
        let pattern = Pattern::begin("a").filter(asked).one_or_more().next("b").filter(again);
        assert_eq!(kept(pattern), Some((4, 3)));
        let behind = Pattern::begin("a").next("b").filter(above(stage("a").last("x"))).one_or_more();
        assert_eq!(kept(behind), Some((1, 1)));
        let over = Pattern::begin("a").one_or_more().next("b").next("c").filter(above(stage("b").last("x")));
        assert_eq!(kept(over), Some((1, 1)));
        let third = Pattern::begin("a").filter(above(stage("a").at(2, "x"))).one_or_more();
        assert_eq!(kept(third), Some((2, 1)));
        let grouped = GroupBuilder::begin("a").next("b").filter(above(stage("a").last("x")));
        assert_eq!(kept(Pattern::begin_group(grouped).times(9)), Some((1, 1)));
    }

    #[test]
    fn nodes_of_one_family_have_as_many_words() {
        let sum = Pattern::begin("a").filter(above(stage("a").sum("x"))).one_or_more();
        let mean = Pattern::begin("a").filter(above(stage("a").avg("x"))).one_or_more();
        let program = compile([sum, Pattern::begin("a"), mean]);
        let strides: Vec<_> =
            program.patterns.iter().map(|pattern| pattern.running.as_ref().map(|plan| plan.stride)).collect();
        assert_eq!(strides, [Some(2), None, Some(2)]);
    }
}
