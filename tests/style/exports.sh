#!/bin/sh
# exports.sh LIBRARY TOOL...: the shared library exports mi_* and nothing else, and of these what the tools call and what a
# program needs beyond that, for the reasons given here.
set -eu
library=$1
shift
# A set from arrays to numbers; joints of more variables than a set has; effective ranks of plain arrays.
arrays='mi_sample_of mi_entropy mi_information mi_status_text mi_run_threads
    mi_mat_alloc mi_mat_view mi_mat_view_f64 mi_groups_of_bytes mi_groups_of_rows mi_groups_free mi_rows_mark mi_rows_look
    mi_rows_check mi_rows_check_squares
    mi_kernel_parse mi_kernel_resolve mi_var_real mi_var_discrete mi_var_free mi_sample_var
    mi_align mi_joint_entropies mi_joint_find mi_entropy_of_eigenvalues mi_permutation_null
    mi_expression_parse mi_expression_vars
    mi_quantity_entropy mi_quantity_correlation mi_quantity_value mi_quantity_half_width
    mi_effranks_of mi_rankme mi_participation_ratio mi_participation_ratio_of_rows mi_effective_rank mi_nesum mi_components
    mi_condition mi_alpha_req mi_lidar mi_singular_values mi_align'
# Features read, mapped and written by a program of its own (a training loop, an importer); its own columns, accuracies,
# correlations.
files='mi_sink_floats mi_sink_bytes mi_writer_tensor mi_writer_texts mi_tensors_open mi_tensors_close mi_tensors_has
    mi_tensors_shape mi_tensors_read mi_tensors_real mi_tensors_text mi_tensors_texts mi_ridge_accuracy
    mi_sample_load mi_set_attr mi_label_name mi_features_rows mi_features_each_block mi_replace_patience mi_writer_member
    mi_writer_member_like mi_writer_attributes mi_writer_integer mi_writer_real mi_writer_text
    mi_sink_reals mi_sink_integers mi_sink_copy mi_sink_free
    mi_foreign_open mi_foreign_close mi_foreign_read mi_foreign_shape
    mi_table_attr_column mi_table_attr_text mi_table_attr_int mi_table_attr_real mi_table_attr_decimal
    mi_op_name mi_table_find mi_table_same mi_wilson mi_effective_rows mi_term_is_information'
# A training loop: the gradient of its bottleneck, one task beside another, its settings as text (libmi-train).
training='mi_information_gradient mi_number_print mi_grow mi_beside_start mi_beside_finish'
# `import libmi` leaves the threads of the process's BLAS as they were, and names arguments where a tool names options.
python='mi_blas_threads mi_blas_set_threads mi_blas_threads_are_own mi_set_phrases'
# What MI_NEW and MI_TRY expand to, and messages of a program in the library's way.
macros='mi_fail_allocation mi_memory_free_bytes mi_warn'

exported() {
    nm -D --defined-only "$library" | awk '$2 ~ /[TDBRVWi]/ {print $3}'
}
called() {
    for tool; do nm -D --undefined-only "$tool"; done | awk '{print $2}' | sed 's/@.*//'
}
{
    exported | sed 's/^/exported /'
    called "$@" | sed 's/^/called /'
    printf 'named %s\n' $arrays $files $training $python $macros
} | awk '
    {is[$1, $2] = 1}
    $1 == "exported" {name[n++] = $2}
    $1 == "named" {word[m++] = $2}
    END {
        for (k = 0; k < n; k++)
            if (name[k] !~ /^mi_/)
                say("exported beside mi_*: " name[k])
            else if (!(("called", name[k]) in is) && !(("named", name[k]) in is))
                say(name[k] ": exported, called by no tool, and not named in exports.sh")
        for (k = 0; k < m; k++)
            if (!(("exported", word[k]) in is))
                say(word[k] ": named in exports.sh, not exported")
        exit bad
    }
    function say(text) {
        print text
        bad = 1
    }'
