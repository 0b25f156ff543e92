//! The order in which definitions that need one another can be looked at, and the cycles that have none.

/// Definitions by number: those in order, each after all it needs, and the cycles.
pub(crate) struct Order {
    pub(crate) order: Vec<usize>,
    /// Each cycle once, in the direction of need.
    pub(crate) cycles: Vec<Vec<usize>>,
}

/// Orders definitions; `needs[i]` are those that `i` needs. Without cycles, what needs nothing keeps its place as far as
/// possible.
pub(crate) fn order(needs: &[Vec<usize>]) -> Order {
    let mut state = vec![State::New; needs.len()];
    let mut result = Order { order: Vec::new(), cycles: Vec::new() };
    for start in 0..needs.len() {
        if state[start] == State::New {
            visit(start, needs, &mut state, &mut result);
        }
    }
    result
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Depth first, with its own stack: chains may be longer than a thread's stack bears.
fn visit(start: usize, needs: &[Vec<usize>], state: &mut [State], result: &mut Order) {
    let mut path = vec![(start, 0)];
    state[start] = State::Open;
    while let Some((node, next)) = path.last_mut() {
        let Some(needed) = needs[*node].get(*next).copied() else {
            state[*node] = State::Done;
            result.order.push(*node);
            path.pop();
            continue;
        };
        *next += 1;
        match state[needed] {
            State::Done => {}
            State::New => {
                state[needed] = State::Open;
                path.push((needed, 0));
            }
            State::Open => {
                let from = path.iter().position(|(node, _)| *node == needed).unwrap_or(0);
                result.cycles.push(path[from..].iter().map(|(node, _)| *node).collect());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let found = order(&[vec![2], vec![0], vec![]]);
        assert_eq!(found.order, [2, 0, 1]);
        assert!(found.cycles.is_empty());
    }

    #[test]
    fn a_cycle_is_found_once() {
        let found = order(&[vec![1], vec![2], vec![1], vec![0]]);
        assert_eq!(found.cycles, [vec![1, 2]]);
        assert_eq!(order(&[vec![0]]).cycles, [vec![0]]);
    }

    #[test]
    fn long_chains_do_not_recurse() {
        let needs: Vec<_> =
            (0..200_000_usize).map(|node| if node == 199_999 { vec![] } else { vec![node + 1] }).collect();
        assert_eq!(order(&needs).order.len(), 200_000);
    }
}
