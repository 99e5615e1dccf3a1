/* What tests of alikeness share: kernels, terms to be computed, a call that must work. */
#ifndef ALIGNED_H
#define ALIGNED_H

#include "draw.h"

#include "libmi/align/private.h"

static const mi_run run = {.threads = 2, .seed = 1};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3.5};

static mi_align_opts opts_of(unsigned terms)
{
    mi_align_opts o;
    mi_align_opts_default(&o);
    o.terms = terms;
    return o;
}

static void align(mi_alignment *r, const mi_sample *s, const mi_align_opts *o)
{
    CHECK(mi_align(r, NULL, s, MI_Z1, s, MI_Z2, o, &run));
}

#endif
