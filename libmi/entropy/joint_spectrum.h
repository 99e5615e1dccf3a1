/* joint_spectrum.h - eigenvalues of a joint.
 *
 * uses: entropy/joint spectrum/spectrum
 */
#ifndef MI_JOINT_SPECTRUM_H
#define MI_JOINT_SPECTRUM_H

#include "libmi/entropy/joint.h"
#include "libmi/spectrum/spectrum.h"

/* Eigenvalues of A of one joint, by the routes that take them: j->vars and j->route as in joint.h, j->s
 * is not used. Those of a discrete joint are the shares of its groups. Errors: as there; MI_EUSAGE
 * for the routes tiles and lanczos, which have no eigenvalues. Free with mi_spectrum_free. */
MI_CHECKED mi_status mi_joint_spectrum(mi_spectrum *out, mi_joint *j, const mi_var *var,
                                       size_t n_var, const mi_run *run);

#endif
