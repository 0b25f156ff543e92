//! The list of all tests.

use crate::world::World;
use crate::{
    Case, Harness, Ran, atomic, creating, dropped, due, durable, fenced, misuse, model, namespaces, opening,
    outbox, owned, pipelined, quarantine, reading, scan, sizes, unpolled,
};

/// Seeds of one case of the random operations.
const CHUNK: u64 = 10;

macro_rules! list {
    ($cases:ident: $($module:ident: $($name:ident),+;)+) => {
        $($($cases.push(Case::new(concat!(stringify!($module), "::", stringify!($name)), || {
            $module::$name::<H>(World::new());
            Ran::Passed
        }));)+)+
    };
}

/// All cases, promise by promise.
pub(crate) fn all<H: Harness>() -> Vec<Case> {
    let mut cases = Vec::new();
    committing::<H>(&mut cases);
    owning::<H>(&mut cases);
    looking::<H>(&mut cases);
    asking::<H>(&mut cases);
    durable::<H>(&mut cases);
    random::<H>(&mut cases);
    cases
}

fn committing<H: Harness>(cases: &mut Vec<Case>) {
    list! { cases:
        atomic:
            a_commit_writes_entries_deadlines_outbox_and_header,
            a_refused_commit_writes_nothing_of_it,
            readers_see_a_commit_whole_or_not_at_all,
            an_entry_moved_to_another_key_is_never_there_twice_or_not_at_all;
        fenced:
            a_commit_at_the_expected_version_raises_seq_by_one,
            a_commit_that_writes_nothing_raises_seq_as_well,
            a_commit_of_an_older_epoch_is_fenced,
            a_commit_behind_its_own_epoch_is_told_that_the_store_is_ahead,
            a_commit_beyond_what_is_there_is_told_that_the_store_rolled_back,
            each_group_has_a_version_of_its_own,
            of_commits_at_one_version_exactly_one_succeeds;
        owned:
            an_owner_reads_at_its_version_and_behind_it,
            an_old_owner_reads_nothing,
            an_owner_that_knows_more_is_told_that_the_store_rolled_back;
        unpolled:
            what_nobody_polls_holds_up_nobody;
        pipelined:
            commits_in_flight_together_all_succeed_in_order,
            the_order_of_the_first_polls_counts_and_not_that_of_the_calls,
            commits_polled_out_of_order_are_refused,
            those_behind_a_fenced_one_fail,
            those_behind_one_with_a_wrong_seq_fail,
            those_behind_one_with_a_wrong_outbox_number_fail,
            those_behind_one_with_too_long_a_key_fail,
            groups_are_pipelined_side_by_side,
            a_chain_that_meets_an_opening_is_cut_at_one_place,
            loads_may_be_in_flight_with_commits;
    }
}

fn owning<H: Harness>(cases: &mut Vec<Case>) {
    list! { cases:
        opening:
            the_first_epoch_is_1_and_its_groups_are_empty,
            opening_raises_the_epoch_of_every_group_and_keeps_seq,
            opening_reads_what_was_committed_last,
            opening_twice_with_one_handle_refuses_what_the_first_opening_gave,
            opening_again_does_not_change_what_the_namespace_was_made_with,
            looking_raises_nothing,
            what_is_read_after_opening_does_not_change_any_more,
            of_many_that_open_at_once_one_owns_each_group,
            a_namespace_may_have_many_groups;
        creating:
            a_namespace_is_there_with_all_its_groups_or_not_at_all,
            of_many_that_open_at_once_one_makes_it,
            a_dropped_creation_is_whole_or_not_there;
        dropped:
            a_dropped_commit_is_whole_or_not_there,
            a_dropped_commit_never_comes_behind_the_opening_of_another,
            a_commit_dropped_in_a_pipeline_leaves_a_beginning_of_it,
            a_dropped_opening_never_fences_a_later_one,
            a_dropped_trim_never_comes_behind_a_later_opening,
            a_dropped_amendment_never_comes_behind_a_later_opening,
            a_dropped_removal_never_comes_behind_a_later_opening;
    }
    cases.push(Case::new("creating::a_lost_header_is_corruption_and_never_a_new_group", || {
        creating::a_lost_header_is_corruption_and_never_a_new_group::<H>(World::new())
    }));
}

fn looking<H: Harness>(cases: &mut Vec<Case>) {
    list! { cases:
        reading:
            every_handle_sees_each_completed_commit,
            load_answers_in_the_order_of_the_keys,
            load_answers_any_number_of_keys,
            an_entry_replaced_or_deleted_is_seen_so,
            groups_do_not_see_one_another;
        quarantine:
            a_record_that_cannot_be_read_stops_the_engine_and_is_as_it_was,
            a_record_that_cannot_be_read_is_set_aside_and_its_key_diverted;
        due:
            due_keys_are_ordered_by_deadline_then_key,
            due_is_at_or_before_until,
            a_key_is_due_once_under_its_latest_deadline,
            a_key_without_deadline_is_never_due,
            deadlines_reach_2_to_the_53_either_way,
            a_cursor_need_not_be_there,
            keys_that_go_between_pages_do_not_shift_the_next,
            many_changing_deadlines_leave_nothing_behind;
        scan:
            every_entry_is_scanned,
            a_prefix_may_be_any_bytes,
            bytes_that_mean_something_in_patterns_are_bytes_in_a_prefix,
            what_stays_is_scanned_while_others_come_and_go,
            a_scanned_entry_has_its_deadline,
            ten_thousand_entries_are_scanned_in_pages;
        outbox:
            a_commit_appends_exactly_the_next_numbers,
            it_is_read_from_any_number_on_and_pages_are_full,
            trim_removes_from_the_front_alone,
            trim_can_be_repeated_and_never_brings_anything_back,
            numbers_go_on_after_everything_was_trimmed,
            trim_is_refused_from_an_owner_of_an_older_epoch,
            trim_changes_no_version_and_nothing_else,
            a_wrong_number_is_refused_and_appends_nothing,
            a_new_owner_finds_what_was_not_taken,
            ten_thousand_entries_in_one_commit;
    }
}

fn asking<H: Harness>(cases: &mut Vec<Case>) {
    list! { cases:
        misuse:
            a_key_that_is_too_long_is_refused,
            a_key_of_the_most_length_is_taken,
            a_deadline_beyond_2_to_the_53_is_refused,
            a_value_above_64_mib_is_refused,
            a_group_that_is_not_there_is_refused,
            a_namespace_without_groups_is_refused_and_not_made,
            a_bad_commit_of_a_large_batch_writes_nothing_of_it;
        namespaces:
            namespaces_do_not_see_one_another,
            dropping_one_leaves_the_others,
            all_namespaces_are_listed_sorted,
            a_dropped_namespace_leaves_nothing_behind,
            dropping_one_that_is_not_there_does_nothing,
            whoever_owned_a_dropped_namespace_is_refused,
            a_large_namespace_is_dropped_whole,
            amending_replaces_what_it_says_of_itself,
            amending_another_version_is_refused,
            of_many_that_amend_at_once_one_succeeds;
        sizes:
            values_of_any_size_come_back_as_they_were,
            many_large_values_in_one_commit,
            ten_thousand_entries_in_one_commit,
            large_headers_outbox_entries_and_abouts,
            keys_are_any_bytes,
            values_are_any_bytes;
    }
}

fn durable<H: Harness>(cases: &mut Vec<Case>) {
    let first = cases.len();
    list! { cases:
        durable:
            what_was_committed_is_there_after_a_restart,
            epochs_go_on_rising_after_a_restart,
            an_opening_alone_is_there_after_a_restart,
            what_was_trimmed_amended_or_dropped_stays_so_after_a_restart,
            many_commits_in_flight_are_there_after_a_restart;
    }
    if !H::TRAITS.survives_reopen {
        for case in &mut cases[first..] {
            case.run = Box::new(|| Ran::Skipped("the store ends with its process"));
        }
    }
}

fn random<H: Harness>(cases: &mut Vec<Case>) {
    for first in (0..H::SEEDS).step_by(usize::try_from(CHUNK).expect("a small number")) {
        let seeds = first..H::SEEDS.min(first + CHUNK);
        let name = format!("model::random_operations_agree_with_it_seeds_{first}_to_{}", seeds.end - 1);
        cases.push(Case::new(name, move || {
            seeds.for_each(model::run::<H>);
            Ran::Passed
        }));
    }
}
